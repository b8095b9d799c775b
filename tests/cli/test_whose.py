# SPDX-License-Identifier: Apache-2.0
"""Whose a thing is, or where it is looked for: options that name a project or a user."""

from __future__ import annotations

import os
from urllib.parse import unquote

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer, body_of

_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_CINDER = {"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}
_PAIR = {"keypair": {"name": "k", "fingerprint": "f", "type": "ssh", "public_key": "p"}}
_SERVER = {"id": "s-1", "name": "web", "status": "ACTIVE"}


@pytest.fixture
def services(rules: FakeTransport, monkeypatch: pytest.MonkeyPatch) -> FakeTransport:
    """Return services with a domain, a project, a user, and a server of somebody."""
    monkeypatch.setenv("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE", os.environ["OS_AUTH_URL"])
    found = {
        "/v2.1/": _NOVA,
        "/v3/": _CINDER,
        "/v3/domains": {"domains": [{"id": "d-1", "name": "lab"}]},
        "/v3/projects": {"projects": [{"id": "p-1", "name": "web"}]},
        "/v3/users": {"users": [{"id": "u-1", "name": "alice"}]},
        "/v2.1/servers/detail": {"servers": [_SERVER]},
        "/v2.1/flavors/detail": {"flavors": [{"id": "f-1", "name": "small"}]},
        "/v2/images": {"images": [{"id": "i-1", "name": "web"}]},
        "/v2.1/os-keypairs/k": _PAIR,
        "/v2.1/limits": {"limits": {"absolute": {"a": 1}}},
        "/v3/limits": {"limits": {"absolute": {"b": 2}}},
    }
    for path, document in found.items():
        rules.on("GET", path, answer(200, document))
    return rules


def _sent(transport: FakeTransport) -> list[str]:
    """Return the requests that are no look-ups."""
    lines = [unquote(line) for line in transport.lines]
    looked = ("POST /v3/auth", "GET /v3/domains", "GET /v3/projects", "GET /v3/users")
    return [x for x in lines if not x.startswith(looked) and not x.endswith(("/v2.1/", "/v3/"))]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("keypair show k", ["GET /v2.1/os-keypairs/k"]),
        (
            "keypair show k --user alice --user-domain lab",
            ["GET /v2.1/os-keypairs/k?user_id=u-1"],
        ),
        (
            "limits show --project web",
            ["GET /v2.1/limits?tenant_id=p-1", "GET /v3/limits?project_id=p-1"],
        ),
        (
            "server show web --all-projects",
            ["GET /v2.1/servers/detail?name=^web$&all_tenants=true"],
        ),
    ],
)
def test_it_is_read_by_name(
    stackloom: CommandLine, services: FakeTransport, words: str, asked: list[str]
) -> None:
    """Projects and users by their names, in a domain where that is said."""
    assert stackloom(*words.split()).code == 0
    assert _sent(services) == asked


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        ("keypair delete k --user alice", "DELETE", "/v2.1/os-keypairs/k", None),
        (
            "flavor set small --project web --project-domain lab",
            "POST",
            "/v2.1/flavors/f-1/action",
            {"addTenantAccess": {"tenant": "p-1"}},
        ),
        (
            "flavor unset small --project web",
            "POST",
            "/v2.1/flavors/f-1/action",
            {"removeTenantAccess": {"tenant": "p-1"}},
        ),
        ("image add project web web", "POST", "/v2/images/i-1/members", {"member": "p-1"}),
        ("image remove project web web", "DELETE", "/v2/images/i-1/members/p-1", None),
        (
            "image set web --project web --os-distro debian --os-version=12 --architecture x86_64",
            "PATCH",
            "/v2/images/i-1",
            [
                {"op": "add", "path": "/architecture", "value": "x86_64"},
                {"op": "add", "path": "/os_distro", "value": "debian"},
                {"op": "add", "path": "/os_version", "value": "12"},
                {"op": "add", "path": "/owner", "value": "p-1"},
            ],
        ),
        (
            "image set web --project web --accept",
            "PUT",
            "/v2/images/i-1/members/p-1",
            {"status": "accepted"},
        ),
        ("server delete web --all-projects", "DELETE", "/v2.1/servers/s-1", None),
        (
            "server delete web --force",
            "POST",
            "/v2.1/servers/s-1/action",
            {"forceDelete": None},
        ),
        (
            "server stop web --all-projects",
            "POST",
            "/v2.1/servers/s-1/action",
            {"os-stop": None},
        ),
    ],
)
def test_it_is_changed_by_name(
    stackloom: CommandLine,
    services: FakeTransport,
    words: str,
    method: str,
    path: str,
    body: object,
) -> None:
    """What is sent has the ids."""
    services.on(method, path, answer(202 if body is None else 200, {}))
    assert stackloom(*words.split()) == Said(code=0, stdout="", stderr="")
    (request,) = services.sent(method, path)
    assert (None if request.body is None else body_of(request)) == body


@pytest.mark.slow
def test_a_server_in_another_project_is_awaited_there(
    stackloom: CommandLine, services: FakeTransport
) -> None:
    """Its project's list alone would never have it."""
    services.on("POST", "/v2.1/servers/s-1/action", answer(202, {}))
    said = stackloom("server", "start", "web", "--all-projects", "--wait")
    assert said == Said(code=0, stdout="", stderr="waiting for server web\n")
    assert _sent(services) == [
        "GET /v2.1/servers/detail?all_tenants=true&name=^web$",
        "POST /v2.1/servers/s-1/action",
        "GET /v2.1/servers/detail?all_tenants=true",
    ]


@pytest.mark.parametrize(
    ("option", "below"), [("--diagnostics", "diagnostics"), ("--topology", "topology")]
)
def test_what_the_hypervisor_knows_is_shown(
    stackloom: CommandLine, services: FakeTransport, option: str, below: str
) -> None:
    """As Nova tells it."""
    services.on("GET", f"/v2.1/servers/s-1/{below}", answer(200, {"state": "running"}))
    said = stackloom("server", "show", "web", option, "-f", "json")
    assert said == Said(code=0, stdout='{\n  "state": "running"\n}\n', stderr="")


def test_who_may_not_list_projects_is_told_to_say_an_id(
    stackloom: CommandLine, services: FakeTransport
) -> None:
    """Not that a role on the whole system is needed."""
    services.on("GET", "/v3/projects", answer(403, {"error": {"message": "not authorized"}}))
    said = stackloom("image", "add", "project", "web", "other")
    assert said == Said(
        code=3,
        stdout="",
        stderr="error: Keystone answered GET /v3/projects with: not authorized (HTTP 403)\n"
        "hint: who may not look at projects has to say the id\n",
    )


# --- backups --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "metadata"),
    [
        ("set --property a=2 --property c=3", {"a": "2", "b": "1", "c": "3"}),
        ("set --no-property --property c=3", {"c": "3"}),
        ("unset --property a --property nosuch", {"b": "1"}),
    ],
)
def test_metadata_of_backups_goes_out_whole(
    stackloom: CommandLine, services: FakeTransport, words: str, metadata: dict[str, str]
) -> None:
    """What is not named stays."""
    backup = {"id": "b-1", "name": "b", "metadata": {"a": "1", "b": "1"}}
    services.on("GET", "/v3/backups/detail", answer(200, {"backups": [backup]}))
    services.on("PUT", "/v3/backups/b-1", answer(200, {"backup": backup}))
    verb, *rest = words.split()
    assert stackloom("volume", "backup", verb, "b", *rest).code == 0
    (request,) = services.sent("PUT", "/v3/backups/b-1")
    assert body_of(request) == {"backup": {"metadata": metadata}}
