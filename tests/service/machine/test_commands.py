# SPDX-License-Identifier: Apache-2.0
"""``serve``, ``worker``, ``db`` and ``config check`` where they refuse, and what they tell."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from tests.fakes.http_bridge import served as answering
from tests.fakes.transport import FakeTransport
from tests.service.machine.served import stackloom

from stackloom.service.grant.key_file import read_keys, write_new_key
from stackloom.service.grant.seal import Seal
from stackloom.service.sealed import open_secrets, seal_secrets
from stackloom.transport.client import Answer

pytestmark = pytest.mark.slow


def test_serve_listens_to_nobody_whom_it_does_not_know(tmp_path: Path) -> None:
    """Before anything is started."""
    ended = stackloom(tmp_path, "serve", "--listen", "0.0.0.0:0")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "error: the service's settings do not go together:\n"
        "[server] listen: others can reach 0.0.0.0:0, which needs Keystone ([identity] auth_url) "
        "and TLS ([server] tls_certificate, tls_key); or --behind-proxy, where a proxy does TLS\n"
        "hint: stackloom config check shows every value and where it is from\n"
    )
    assert not (tmp_path / ".local").exists()


def test_serve_at_an_address_that_is_taken(tmp_path: Path) -> None:
    """It is named, and nothing is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = stackloom(tmp_path, "serve", "--listen", address)
    assert ended.stderr == (
        f"error: [server] listen: {address} cannot be listened at: Address already in use\n"
        "hint: name another address (STACKLOOM_SERVER_LISTEN); port 0 takes any that is free\n"
    )


def test_serve_without_a_cloud(tmp_path: Path) -> None:
    """What the API says of its start is what the person reads, once; the database ends."""
    ended = stackloom(tmp_path, "serve", "--listen", "127.0.0.1:0", "--os-cloud", "no-such")
    assert (ended.returncode, ended.stdout) == (1, "")
    # What the worker has noted meanwhile is JSON.
    told = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert [line.partition(":")[0] for line in told] == ["error", "hint"]
    assert 'cloud "no-such" is not known' in told[0]
    data = tmp_path / ".local/state/stackloom/service/data"
    assert not (data / "postmaster.pid").exists()


def test_a_worker_needs_a_database(tmp_path: Path) -> None:
    """It has none of its own."""
    ended = stackloom(tmp_path, "worker")
    assert ended.returncode == 2
    assert ended.stderr == (
        "error: a worker needs the PostgreSQL of its service\n"
        "hint: --database postgresql://…, or [database] url; stackloom serve has a worker\n"
    )


@pytest.mark.parametrize("words", ["serve", "worker", "db upgrade", "db reseal", "config check"])
def test_without_the_extra(tmp_path: Path, words: str) -> None:
    """What lacks is named, and how it is installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['uvicorn'] = sys.modules['psycopg'] = None\n"
    )
    ended = stackloom(tmp_path, *words.split(), PYTHONPATH=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "error: the service needs more than the command line: psycopg, uvicorn cannot be found\n"
        "hint: pip install 'stackloom[service]'\n"
    )


def test_db_upgrade_where_nobody_answers(tmp_path: Path) -> None:
    """No password of the address is told."""
    url = "postgresql://somebody:hidden@127.0.0.1:1/x"
    ended = stackloom(tmp_path, "db", "upgrade", "--database", url)
    assert ended.returncode == 1
    assert "error: the database cannot be reached" in ended.stderr
    assert "hidden" not in ended.stderr


def test_db_reseal(database_url: str, tmp_path: Path) -> None:
    """Everything opens with the new key alone; again does nothing; what is broken is told."""
    keys_file = tmp_path / "keys"
    write_new_key(keys_file)
    before = Seal(read_keys(keys_file))
    job_id, broken_id = uuid4(), uuid4()
    with psycopg.connect(database_url) as connection:
        connection.execute("insert into stackloom.projects (id) values ('blue')")
        for id in (job_id, broken_id):
            sealed = seal_secrets(before, {"password": "x"}, project_id="blue", job_id=job_id)
            connection.execute(
                "insert into stackloom.jobs (id, project_id, kind, secrets, global_request_id) "
                "values (%s, 'blue', 'plan', %s, '')",
                (id, sealed),
            )
    write_new_key(keys_file)
    words = ("db", "reseal", "--database", database_url)
    ended = stackloom(tmp_path, *words, STACKLOOM_SECRETS_KEYS_FILE=str(keys_file))
    newest = read_keys(keys_file)[0]
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f'1 sealed with the key "{newest.id}", 0 had been before',
        "error: 1 could not be opened:",
        f"jobs {broken_id}: what was sealed about blue jobs secrets {broken_id} cannot be opened",
        "hint: they are as they were; put the key that is named back into the file",
    ]
    with psycopg.connect(database_url) as connection:
        connection.execute("delete from stackloom.jobs where id = %s", (broken_id,))
        found = connection.execute("select secrets from stackloom.jobs").fetchone()
    assert found is not None
    opened = open_secrets(Seal([newest]), found[0], project_id="blue", job_id=job_id)
    assert opened == {"password": "x"}
    ended = stackloom(tmp_path, *words, STACKLOOM_SECRETS_KEYS_FILE=str(keys_file))
    assert (ended.returncode, ended.stderr) == (
        0,
        f'0 sealed with the key "{newest.id}", 1 had been before\n',
    )


def test_config_check_shows_values_sources_and_every_problem(tmp_path: Path) -> None:
    """Passwords are stars; a value that is wrong does not hide that Keystone is away."""
    config = tmp_path / "service.toml"
    config.write_text(
        "[runs]\nper_worker = 9\ntries = 0\n"
        '[database]\nurl = "postgresql://me:hidden@127.0.0.1:1/service"\n'
        '[webhooks]\nallowed_hosts = ["a.example", "b.example"]\n'
    )
    ended = stackloom(
        tmp_path,
        *("config", "check", "--config", str(config), "--listen", "[::]:80", "-f", "json"),
        STACKLOOM_IDENTITY_AUTH_URL="http://127.0.0.1:1/v3",
        STACKLOOM_LISTS_SECONDS="0.5",
    )
    rows = json.loads(ended.stdout)
    given = {row["Name"]: (row["Value"], row["Source"]) for row in rows}
    file = str(config)
    assert {name: value for name, value in given.items() if value[1] != "default"} == {
        "server.listen": ("[::]:80", "--listen"),
        "database.url": ("postgresql://***@127.0.0.1:1/service", file),
        "identity.auth_url": ("http://127.0.0.1:1/v3", "STACKLOOM_IDENTITY_AUTH_URL"),
        "lists.seconds": ("0.5", "STACKLOOM_LISTS_SECONDS"),
        "runs.per_worker": ("9", file),
        "webhooks.allowed_hosts": ("a.example,b.example", file),
        "metrics.listen": ("127.0.0.1:0", "STACKLOOM_METRICS_LISTEN"),
        "metrics.worker_listen": ("127.0.0.1:0", "STACKLOOM_METRICS_WORKER_LISTEN"),
    }
    assert ended.returncode == 2
    first, *problems = ended.stderr.splitlines()
    assert first == "error: 5 found:"
    assert [problem.partition(":")[0] for problem in problems] == [
        "[runs] tries, from " + file,
        "[secrets] keys_file is needed where [database] url names a PostgreSQL that others use too",
        "[server] listen",
        "database",
        "keystone",
    ]
    assert "hidden" not in ended.stdout + ended.stderr


def test_config_check_where_all_is_well(database_url: str, tmp_path: Path) -> None:
    """Here with a server in the place of Keystone that answers."""
    write_new_key(tmp_path / "keys")
    keystone = FakeTransport()
    keystone.on("GET", "/v3", Answer(status=200, headers={}, body=b"{}"))
    with answering(keystone) as url:
        ended = stackloom(
            tmp_path,
            *("config", "check", "--database", database_url),
            STACKLOOM_IDENTITY_AUTH_URL=f"{url}/v3",
            STACKLOOM_SECRETS_KEYS_FILE=str(tmp_path / "keys"),
        )
    assert (ended.returncode, ended.stderr) == (
        0,
        "database and Keystone answer, and nothing is wrong with the settings\n",
    )
