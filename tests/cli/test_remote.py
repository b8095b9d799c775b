# SPDX-License-Identifier: Apache-2.0
"""``--server``: what is refused before anything is sent, and who is said to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from tests.cli.conftest import CommandLine, Said
from tests.web.samples import run

URL = "http://127.0.0.1:9"
ID = "3f2b8c1e-5d4a-4c6b-9e8f-0a1b2c3d4e5f"


@pytest.fixture(autouse=True)
def bearer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A token without any cloud, and a scenario."""
    monkeypatch.setenv("STACKLOOM_TOKEN", "secret")
    (tmp_path / "s.yaml").write_text("scenario: s\nnetworks: {blue: {}}\n")


def test_a_run_is_watched_at_a_service(stackloom: CommandLine) -> None:
    """Where it is has to be said, and which one."""
    assert stackloom("watch", ID) == Said(
        code=2,
        stdout="",
        stderr="error: only a service has runs to be watched\n"
        "hint: say where it is: --server URL\n",
    )
    assert stackloom("watch", "the-last", "--server", URL) == Said(
        code=2,
        stdout="",
        stderr='error: "the-last" is not the id of a run\n'
        "hint: it looks like 3f2b8c1e-5d4a-4c6b-9e8f-0a1b2c3d4e5f\n",
    )


def test_saved_plans_stay_here(stackloom: CommandLine, tmp_path: Path) -> None:
    """A service makes its own, and keeps them."""
    assert stackloom("plan", "s.yaml", "-o", "p.json", "--server", URL) == Said(
        code=2,
        stdout="",
        stderr="error: a plan that a service has made is not saved here\n"
        "hint: without --server it is; or let the service keep the scenario and its plan\n",
    )
    (tmp_path / "p.json").write_text('{"stackloom_plan": 1}')
    assert stackloom("apply", "p.json", "--server", URL) == Said(
        code=2,
        stdout="",
        stderr="error: p.json is a plan that was made here, and a service carries out its own\n"
        "hint: give the scenario; the service plans it, and asks before it changes anything\n",
    )


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes"), ("destroy", "--yes")])
def test_a_service_that_is_not_there_is_told(
    stackloom: CommandLine, words: tuple[str, ...]
) -> None:
    """With its address; the code is that of a cloud that cannot be reached."""
    said = stackloom(words[0], "s.yaml", *words[1:], "--server", URL)
    assert said.code == 3
    assert said.stderr.endswith(f"hint: is the service up, and {URL} its address?\n")


@contextmanager
def _answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Be a service of a few words; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _refusing(asked: list[str]) -> Iterator[str]:
    """Be a service that takes no token, and notes which one was shown."""
    refusal = {
        "errors": [
            {"code": "stackloom.token.refused", "status": 401, "title": "t", "detail": "not known"}
        ]
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(refusal).encode()
            asked.append(self.headers["X-Auth-Token"])
            self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with _answering(Handler) as url:
        yield url


@contextmanager
def _forgetting() -> Iterator[str]:
    """Be a service with a run, whose events nobody may read any more: the token has ended."""
    ended = {
        "errors": [
            {"code": "stackloom.token.refused", "status": 401, "title": "t", "detail": "it ended"}
        ]
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_run = not self.path.endswith("/events")
            body = msgspec.json.encode(run(plan_id=None) if is_run else ended)
            self.send_response(200 if is_run else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with _answering(Handler) as url:
        yield url


def test_what_ends_the_watching_is_told_in_words(stackloom: CommandLine) -> None:
    """As everywhere else: it is no mistake of stackloom's."""
    with _forgetting() as url:
        said = stackloom("watch", ID, "--server", url)
    assert said == Said(
        code=3,
        stdout="",
        stderr="error: it ended (HTTP 401)\n"
        f"hint: the service at {url} takes the token of its own Keystone, or the bearer that it "
        "printed, in STACKLOOM_TOKEN\n",
    )


def test_a_bearer_that_is_refused_is_not_shown(stackloom: CommandLine) -> None:
    """It is said where the service's tokens come from."""
    asked: list[str] = []
    with _refusing(asked) as url:
        said = stackloom("watch", ID, "--server", url)
    assert said == Said(
        code=3,
        stdout="",
        stderr="error: not known (HTTP 401)\n"
        f"hint: the service at {url} takes the token of its own Keystone, or the bearer that it "
        "printed, in STACKLOOM_TOKEN\n",
    )
    assert asked == ["secret"]


def test_a_cloud_that_is_named_counts_more_than_the_variable(stackloom: CommandLine) -> None:
    """What the options say is closer than what the environment says."""
    asked: list[str] = []
    with _refusing(asked) as url:
        said = stackloom("watch", ID, "--server", url, "--os-cloud", "no-such")
    assert (said.code, asked) == (2, [])
    assert "no-such" in said.stderr
