# SPDX-License-Identifier: Apache-2.0
"""A service that was started acts for its callers after their tokens, and gives the rights back."""

from __future__ import annotations

import json
import secrets
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import openstack
import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES, identity
from tests.cloud.serving import token_of
from tests.service.machine.served import started

from stackloom.local.access import Access
from stackloom.service.hooks import signature
from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_SCENARIO = "scenario: rights\nnetworks: {blue: {cidr: 10.10.1.0/24, mtu: 1400}}\n"
_SECONDS = 120.0
_ENDED = {"succeeded", "failed", "cancelled"}


@contextmanager
def _service(access: Access, folder: Path, **settings: str) -> Iterator[str]:
    """Start one; *settings* are named as in the environment, without their beginning."""
    variables = {f"STACKLOOM_{name}": value for name, value in settings.items()}
    variables["STACKLOOM_IDENTITY_AUTH_URL"] = access.auth_url
    folder.mkdir()
    with started(folder, "serve", "--listen", "127.0.0.1:0", **variables) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http"), (folder / "log").read_text()
        try:
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture
def service_user(admin: Connection, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return the settings of a service user, which has a role in its own project only."""
    keystone = identity(admin)
    name, password = f"stackloom-{secrets.token_hex(4)}", secrets.token_hex(8)
    user = keystone.create_user(name=name, password=password)
    project = keystone.find_project("service", ignore_missing=False)
    role = keystone.find_role("service", ignore_missing=False)
    keystone.assign_project_role_to_user(project.id, user.id, role.id)
    file = tmp_path / "service-password"
    file.write_text(password)
    file.chmod(0o600)
    yield {"IDENTITY_SERVICE_USER": name, "IDENTITY_SERVICE_PASSWORD_FILE": str(file)}
    keystone.delete_user(user.id)


class _Person:
    """A member of a project, at Keystone and at the service."""

    def __init__(self, project: OpenStackProject, url: str) -> None:
        self._project = project
        self._keystone = project.environment["OS_AUTH_URL"]
        self._earn()
        self.url = url

    def _earn(self) -> None:
        self.token = token_of(self._project.environment)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask the service."""
        headers = {"X-Auth-Token": self.token}
        answer = httpx2.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json()

    def revoke(self) -> None:
        """Revoke the token that was used so far, and get another."""
        headers = {"X-Auth-Token": self.token, "X-Subject-Token": self.token}
        answer = httpx2.delete(f"{self._keystone}/auth/tokens", headers=headers, timeout=60)
        assert answer.status_code == 204, answer.text
        self._earn()

    def given(self) -> list[str]:
        """Return the trusts and application credentials that there are of this person's."""
        own = self._project.user_id
        return [
            each["id"]
            for path, name in (
                (f"/OS-TRUST/trusts?trustor_user_id={own}", "trusts"),
                (f"/users/{own}/application_credentials", "application_credentials"),
            )
            for each in self._at_keystone(path)[name]
        ]

    def _at_keystone(self, path: str) -> Any:
        headers = {"X-Auth-Token": self.token}
        answer = httpx2.get(f"{self._keystone}{path}", headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json()

    def ended(self, run: Any) -> Any:
        """Wait until a run is over, and return it."""
        return _until(
            lambda: self.ask("GET", f"/v1/runs/{run['id']}"), lambda now: now["state"] in _ENDED
        )


def _until(look: Callable[[], Any], is_good: Callable[[Any], bool]) -> Any:
    """Look again and again until it is as it should be."""
    until = time.monotonic() + _SECONDS
    while not is_good(seen := look()):
        assert time.monotonic() < until, seen
        select.select([], [], [], 0.1)
    return seen


@pytest.mark.parametrize("way", ["trust", "application_credential"])
def test_a_run_outlives_the_token_it_was_asked_for_with(
    local_cloud: Access,
    openstack_project: OpenStackProject,
    service_user: dict[str, str],
    tmp_path: Path,
    way: str,
) -> None:
    """The token is revoked at once; what let the run act is gone when it is over."""
    settings = service_user if way == "trust" else {}
    with _service(local_cloud, tmp_path / "service", **settings) as url:
        person = _Person(openstack_project, url)
        scenario = person.ask("POST", "/v1/scenarios", {"source": {"text": _SCENARIO}})
        for operation in ("apply", "destroy"):
            wanted = {"scenario_id": scenario["id"], "operation": operation, "auto_approve": True}
            run = person.ask("POST", "/v1/runs", wanted)
            assert len(person.given()) == 1
            person.revoke()
            assert person.ended(run)["state"] == "succeeded"
            _until(person.given, lambda given: given == [])
        assert openstack_project.leftovers() == []
        log = (tmp_path / "service" / "log").read_text()
        assert person.token not in log


class _Portal:
    """Takes webhooks, as somebody's portal does."""

    def __init__(self) -> None:
        taken: list[tuple[dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204)
                self.end_headers()
                taken.append(({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self.taken = taken
        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def portal() -> Iterator[_Portal]:
    """Listen on the loopback."""
    made = _Portal()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_drift_is_sent_to_the_webhook(
    local_cloud: Access,
    openstack_project: OpenStackProject,
    portal: _Portal,
    tmp_path: Path,
) -> None:
    """What somebody has changed by hand, signed; a check that finds nothing sends nothing."""
    with _service(local_cloud, tmp_path / "s", WEBHOOKS_ALLOWED_HOSTS=portal.host) as url:
        person = _Person(openstack_project, url)
        check = {
            "every_seconds": 604_800,
            "webhook_url": f"http://{portal.host}/drift",
            "webhook_secret": "what the two of us know",
        }
        wanted = {"source": {"text": _SCENARIO}, "check": check}
        scenario = person.ask("POST", "/v1/scenarios", wanted)

        def run(operation: str) -> Any:
            body = {"scenario_id": scenario["id"], "operation": operation, "auto_approve": True}
            ended = person.ended(person.ask("POST", "/v1/runs", body))
            assert ended["state"] == "succeeded", ended
            return ended

        run("apply")
        run("check")
        with openstack.connect(**openstack_project.openstacksdk()) as connection:
            network = connection.network.find_network("blue", ignore_missing=False)
            connection.network.update_network(network, mtu=1300)
        drifted = run("check")
        _until(lambda: len(portal.taken), lambda number: number > 0)
        ((headers, body),) = portal.taken
        at = int(headers["x-stackloom-signature"].partition(",")[0].removeprefix("t="))
        assert headers["x-stackloom-signature"] == signature(b"what the two of us know", body, at)
        told = json.loads(body)
        assert (told["scenario_id"], told["run_id"]) == (scenario["id"], drifted["id"])
        assert [(each["address"], each["condition"]) for each in told["drift"]] == [
            ("network.blue", "changed")
        ]
        run("destroy")
