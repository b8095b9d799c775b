# SPDX-License-Identifier: Apache-2.0
"""``stackloom serve``: everything up with one command, whatever is killed, and ended in order."""

from __future__ import annotations

import os
import select
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psycopg
import pytest
from tests.fakes.certificates import make
from tests.fakes.http_bridge import served as answering
from tests.fakes.transport import FakeTransport
from tests.service.machine.served import (
    Served,
    children,
    served,
    stackloom,
    started,
    wait_for_end,
)

from stackloom.service.grant.key_file import write_new_key
from stackloom.transport.client import Answer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for the tests that leave it as it was."""
    with served(tmp_path_factory.mktemp("served")) as service:
        yield service


def _ask(service: Served, path: str, *, timeout_seconds: float = 60) -> httpx2.Response:
    headers = {"X-Auth-Token": service.bearer}
    return httpx2.get(f"{service.url}{path}", headers=headers, timeout=timeout_seconds)


@contextmanager
def _notices(path: Path) -> Iterator[socket.socket]:
    """What systemd would hear."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(path))
        notices.settimeout(60)
        yield notices


def test_one_command_starts_everything(service: Served) -> None:
    """Address and bearer are told; three parts run; tables are there; metrics are answered."""
    assert service.url.startswith("http://127.0.0.1:")
    assert sorted(service.parts()) == ["API", "database", "worker"]
    token = _ask(service, "/v1/token")
    assert (token.status_code, token.json()["roles"]) == (200, ["member", "reader"])
    scenarios = _ask(service, "/v1/scenarios")
    assert (scenarios.status_code, scenarios.json()["scenarios"]) == (200, [])
    stranger = httpx2.get(f"{service.url}/v1/token", headers={"X-Auth-Token": "guessed"})
    assert stranger.status_code == 401
    of_metrics = [each for each in service.messages() if each.startswith("metrics are at ")]
    assert len(of_metrics) == 2
    for each in of_metrics:
        answer = httpx2.get(each.removeprefix("metrics are at "))
        assert answer.status_code == 200
        assert "# TYPE stackloom_runs_total counter" in answer.text


def test_what_it_keeps_is_for_nobody_else(service: Served) -> None:
    """Folder, keys and bearer; the bearer is in no process's arguments or environment."""
    folder = service.log_file.parent / ".local/state/stackloom/service"
    files = [each for each in folder.iterdir() if each.is_file()]
    modes = {each.name: each.stat().st_mode & 0o777 for each in files}
    bearer_file = f"bearer-{service.url.rpartition(':')[2]}"
    names = [bearer_file, "keys", "lock", "postgres.log", ".s.PGSQL.5432.lock"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert modes == dict.fromkeys(names, 0o600)
    for pid in [service.process.pid, *service.parts().values()]:
        for file in ("cmdline", "environ"):
            assert service.bearer not in Path(f"/proc/{pid}/{file}").read_text()
    assert service.bearer not in service.log_file.read_text()


def test_kill_9_of_the_api(service: Served) -> None:
    """Who comes while it is started again waits, and is answered."""
    before = service.parts()["API"]
    os.kill(before, signal.SIGKILL)
    assert _ask(service, "/v1/token").status_code == 200
    assert service.parts()["API"] != before
    assert "the API ended with signal 9; it is started again" in service.messages()


def test_kill_9_of_the_worker(service: Served) -> None:
    """It is started again."""
    before = service.parts()["worker"]
    os.kill(before, signal.SIGKILL)
    service.wait_for("the worker is up again")
    assert service.parts()["worker"] not in {before, None}


def test_kill_9_of_the_postmaster(service: Served) -> None:
    """It is started again, and the API finds it by itself."""
    before = service.parts()["database"]
    os.kill(before, signal.SIGKILL)
    service.wait_for("the database is up again")
    assert service.parts()["database"] != before
    assert _ask(service, "/v1/scenarios").status_code == 200


def test_sigterm_ends_worker_api_and_database_in_this_order(tmp_path: Path) -> None:
    """With exit code 0, nothing running, no bearer kept; what was kept is there at the next."""
    with (
        _notices(tmp_path / "notify") as notices,
        served(tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify")) as service,
    ):
        assert notices.recv(200).decode() == f"READY=1\nSTATUS=answers at {service.url[7:]}"
        parts = service.parts()
        service.process.terminate()
        assert service.process.wait(60) == 0
        for pid in parts.values():
            wait_for_end(pid)
        ended = [each for each in service.messages() if each.endswith(" has ended")]
        assert ended == ["the worker has ended", "the API has ended", "the database has ended"]
        # Once: systemd hears from no child.
        assert notices.recv(200) == b"STOPPING=1\nSTATUS=brings its jobs to a safe point"
        notices.setblocking(False)
        with pytest.raises(BlockingIOError):
            notices.recv(200)
    folder = tmp_path / ".local/state/stackloom/service"
    assert not [*folder.glob("bearer-*")]
    keys = (folder / "keys").read_text()
    with served(tmp_path, "--no-worker") as service:
        assert sorted(service.parts()) == ["API", "database"]
        assert (folder / "keys").read_text() == keys
        assert _ask(service, "/v1/scenarios").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_end_comes_before_everything_is_up(number: signal.Signals, tmp_path: Path) -> None:
    """What was begun is ended, and the next start begins from there."""
    folder = tmp_path / ".local/state/stackloom/service"
    with started(tmp_path, "serve", "--listen", "127.0.0.1:0") as process:
        until = time.monotonic() + 60
        while not folder.exists():
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            select.select([], [], [], 0.005)
        begun = children(process.pid)
        process.send_signal(number)
        assert process.wait(60) == (0 if number is signal.SIGTERM else -number)
        for pid in begun:
            wait_for_end(pid)
        assert process.stdout is not None
        assert process.stdout.read() == ""
    assert not (folder / "data" / "postmaster.pid").exists()
    with served(tmp_path, "--no-worker") as service:
        assert _ask(service, "/v1/scenarios").status_code == 200


def test_sigterm_ends_streams_of_events(tmp_path: Path) -> None:
    """They would never end by themselves, and keep nobody waiting."""
    with served(tmp_path, "--no-worker") as service:
        headers = {"X-Auth-Token": service.bearer, "Accept": "text/event-stream"}
        with httpx2.stream(
            "GET", f"{service.url}/v1/events", headers=headers, timeout=60
        ) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            service.process.terminate()
            assert [line for line in lines if line.startswith("data:")] == []
        assert service.process.wait(60) == 0
    assert "Cancel 1 running task(s)" not in (tmp_path / "log").read_text()


def test_kill_9_of_the_parent_leaves_nothing(tmp_path: Path) -> None:
    """Its parts end with it, and the next start finds no obstacle."""
    with served(tmp_path) as service:
        parts = service.parts()
        assert len(parts) == 3
        service.process.kill()
        for pid in parts.values():
            wait_for_end(pid)
        service.process.wait()
    with served(tmp_path) as service:
        assert _ask(service, "/v1/scenarios").status_code == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user to change to")
def test_as_an_ordinary_user(tmp_path: Path) -> None:
    """Nothing of it needs root; a user namespace here stands for a person."""
    person = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
    with served(tmp_path, prefix=person) as service:
        assert sorted(service.parts()) == ["API", "database", "worker"]
        assert _ask(service, "/v1/scenarios").status_code == 200
        service.process.terminate()
        assert service.process.wait(60) == 0


def test_a_second_signal_ends_everything_at_once(tmp_path: Path) -> None:
    """Whatever still hangs; here it is the worker, which is paused."""
    with served(tmp_path) as service:
        parts = service.parts()
        os.kill(parts["worker"], signal.SIGSTOP)
        service.process.send_signal(signal.SIGINT)
        service.wait_for("SIGINT: worker, API and database end, in this order")
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(10) == 130
        for pid in parts.values():
            wait_for_end(pid)


def test_tls_grpc_and_traces(tmp_path: Path) -> None:
    """Everything that is off by default, at once."""
    certificate = make("localhost")
    (tmp_path / "certificate").write_bytes(certificate.pem)
    (tmp_path / "key").write_bytes(certificate.key_pem)
    collector = FakeTransport()
    collector.on("POST", "/v1/traces", Answer(status=200, headers={}, body=b""))
    with answering(collector) as traces:
        variables = {
            "STACKLOOM_SERVER_TLS_CERTIFICATE": str(tmp_path / "certificate"),
            "STACKLOOM_SERVER_TLS_KEY": str(tmp_path / "key"),
            "STACKLOOM_TELEMETRY_ENDPOINT": f"{traces}/v1/traces",
        }
        with served(tmp_path, "--grpc-listen", "127.0.0.1:0", "--no-worker", **variables) as it:
            assert it.url.startswith("https://127.0.0.1:")
            trusting = ssl.create_default_context(cadata=certificate.pem.decode())
            url = it.url.replace("127.0.0.1", "localhost")
            assert httpx2.get(f"{url}/livez", verify=trusting).status_code == 200
            it.process.terminate()
            assert it.process.wait(60) == 0
    assert any(b"GET /livez" in (each.body or b"") for each in collector.requests)


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    """The service does not start, and its own words say why."""
    for name in ("certificate", "key"):
        (tmp_path / name).write_text("nothing")
    ended = stackloom(
        tmp_path,
        *("serve", "--listen", "127.0.0.1:0", "--no-worker"),
        STACKLOOM_SERVER_TLS_CERTIFICATE=str(tmp_path / "certificate"),
        STACKLOOM_SERVER_TLS_KEY=str(tmp_path / "key"),
    )
    assert ended.returncode == 1
    assert "error: the API: [server] tls_certificate and tls_key cannot be used: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_elsewhere(empty_database_url: str, tmp_path: Path) -> None:
    """It is not brought up to date by whoever comes first; ``db upgrade`` does that."""
    keys = str(tmp_path / "keys")
    write_new_key(tmp_path / "keys")
    refused = stackloom(
        tmp_path,
        *("serve", "--listen", "127.0.0.1:0", "--database", empty_database_url),
        STACKLOOM_SECRETS_KEYS_FILE=keys,
    )
    assert refused.returncode == 1
    assert "the database is behind this version of stackloom" in refused.stderr
    assert refused.stderr.endswith("hint: stackloom db upgrade --database URL\n")
    first = stackloom(tmp_path, "db", "upgrade", "--database", empty_database_url)
    assert (first.returncode, first.stdout.splitlines()[0]) == (0, "stackloom 0001_tables")
    again = stackloom(tmp_path, "db", "upgrade", "--database", empty_database_url)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "it was up to date\n")
    with served(
        tmp_path, "--database", empty_database_url, STACKLOOM_SECRETS_KEYS_FILE=keys
    ) as service:
        assert sorted(service.parts()) == ["API", "worker"]
        assert _ask(service, "/v1/scenarios").status_code == 200


def test_a_worker_whose_database_is_away_or_behind(empty_database_url: str, tmp_path: Path) -> None:
    """It waits for one, and ends with words at the other."""
    write_new_key(tmp_path / "keys")
    variables = {"STACKLOOM_SECRETS_KEYS_FILE": str(tmp_path / "keys")}
    nowhere = f"postgresql://stackloom@/stackloom?host={tmp_path}"
    with started(tmp_path, "worker", "--database", nowhere, **variables) as process:
        worker = Served(process=process, log_file=tmp_path / "log")
        until = time.monotonic() + 60
        while not [each for each in worker.messages() if "the worker waits for it" in each]:
            assert time.monotonic() < until, worker.log_file.read_text()
            select.select([], [], [], 0.02)
        process.terminate()
        assert process.wait(30) == 0
    behind = stackloom(tmp_path, "worker", "--database", empty_database_url, **variables)
    assert behind.returncode == 1
    assert "error: the database is behind this version of stackloom" in behind.stderr


def test_a_worker_of_its_own(database_url: str, tmp_path: Path) -> None:
    """It tells systemd that it is up and that it ends, and registers in the database."""
    keys = str(tmp_path / "keys")
    write_new_key(tmp_path / "keys")
    with _notices(tmp_path / "notify") as notices:
        variables = {
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "STACKLOOM_DATABASE_URL": database_url,
            "STACKLOOM_SECRETS_KEYS_FILE": keys,
        }
        with started(tmp_path, "worker", **variables) as process:
            assert notices.recv(200) == b"READY=1\nSTATUS=works on jobs"
            process.terminate()
            assert process.wait(60) == 0
        assert notices.recv(200) == b"STOPPING=1\nSTATUS=brings its jobs to a safe point"
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from stackloom.scenarios").fetchone() == (0,)
