# SPDX-License-Identifier: Apache-2.0
"""``api`` and ``--timing``: what is sent, and what comes back as it came."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud
from tests.fakes.transport import FakeTransport, answer, body_of, raw_answer

_PATH = "/v2.0/networks"


def _asked(transport: FakeTransport) -> list[str]:
    return [line for line in transport.lines if "auth/tokens" not in line]


def test_a_request_is_sent_and_its_answer_shown_as_it_came(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Where nobody looks at it, not a byte is changed; the method may be lower case."""
    rules.on("GET", _PATH, raw_answer(200, b'{"networks":  []}'))
    said = stackloom("api", "get", "network", f"{_PATH}?a=1", "-q", "limit=5", "-q", "a=2")
    assert said == Said(code=0, stdout='{"networks":  []}\n', stderr="")
    assert _asked(rules) == [f"GET {_PATH}?a=1&limit=5&a=2"]


def test_what_is_sent_comes_from_the_words_a_file_or_stdin(
    stackloom: CommandLine,
    rules: FakeTransport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With headers of one's own and a microversion."""
    rules.on("POST", _PATH, answer(204))
    (tmp_path / "body.json").write_text('{"a": 1}', encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))
    for data in ('{"a": 1}', "@body.json", "-"):
        words = ("-d", data, "-H", "X-Mine: yes", "--microversion", "2.1")
        assert stackloom("api", "POST", "network", _PATH, *words) == Said(
            code=0, stdout="", stderr=""
        )
        request = rules.requests[-1]
        assert body_of(request) == {"a": 1}
        assert request.headers["x-mine"] == "yes"
        assert request.headers["openstack-api-version"] == "network 2.1"
        assert request.headers["x-auth-token"] == "secret"


def test_the_tokens_own_ids_may_stand_in_the_path(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """So that nobody has to look them up."""
    rules.on("GET", "/v2.0/quotas/project-1", answer(200, {"quota": {}}))
    assert stackloom("api", "GET", "network", "/v2.0/quotas/{project_id}").code == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            {"networks_links": [{"rel": "next", "href": f"http://x{_PATH}?limit=1&marker=a"}]},
            {"networks_links": [{"rel": "previous", "href": f"http://x{_PATH}?marker=b"}]},
        ),
        ({"links": {"next": f"http://x{_PATH}?limit=1&marker=a"}}, {"links": {"next": None}}),
        ({"next": f"{_PATH}?limit=1&marker=a"}, {}),
    ],
)
def test_pages_are_followed_and_joined(
    stackloom: CommandLine,
    rules: FakeTransport,
    first: dict[str, object],
    second: dict[str, object],
) -> None:
    """In each of the ways in which services say that there is more."""
    rules.on(
        "GET",
        _PATH,
        answer(200, {**first, "networks": [{"id": "a"}], "count": 2}),
        answer(200, {**second, "networks": [{"id": "b"}], "count": 2}),
    )
    said = stackloom("api", "GET", "network", _PATH, "-q", "limit=1", "--paginate")
    assert json.loads(said.stdout) == {"networks": [{"id": "a"}, {"id": "b"}], "count": 2}
    assert _asked(rules) == [
        f"GET {_PATH}?limit=1",
        f"GET {_PATH}?limit=1&marker=a",
    ]


def test_pages_that_go_round_are_an_error(stackloom: CommandLine, rules: FakeTransport) -> None:
    """Rather than a command that never ends."""
    page = {"networks": [], "next": f"{_PATH}?marker=a"}
    rules.on("GET", _PATH, answer(200, page))
    said = stackloom("api", "GET", "network", _PATH, "--paginate")
    assert said == Said(code=3, stdout="", stderr=f"error: the list repeats a page: {_PATH}\n")


def test_what_is_no_list_is_shown_as_it_is(stackloom: CommandLine, rules: FakeTransport) -> None:
    """``--paginate`` does no harm."""
    rules.on("GET", f"{_PATH}/a", answer(200, {"network": {"id": "a"}}))
    said = stackloom("api", "GET", "network", f"{_PATH}/a", "--paginate")
    assert said.stdout == '{"network":{"id":"a"}}\n'


def test_headers_are_shown_where_they_are_asked_for(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Before the body, after a line with the status."""
    rules.on("GET", _PATH, answer(200, {"networks": []}, X_Mine="yes"))
    said = stackloom("api", "GET", "network", _PATH, "-i")
    lines = said.stdout.splitlines()
    assert (lines[0], lines[-2:]) == ("HTTP 200", ["", '{"networks":[]}'])
    assert "x-mine: yes" in lines


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("GET", "network", "v2.0"), 'error: the path "v2.0" should begin with a slash\n'),
        (("GET", "network", "/", "-q", "a"), 'error: --query "a" should be KEY=VALUE\n'),
        (("GET", "network", "/", "-H", "a"), 'error: --header "a" should be NAME:VALUE\n'),
        (("POST", "network", "/", "--paginate"), "error: --paginate is for GET\n"),
        (("POST", "network", "/", "-d", "{"), "error: --data: Input data was truncated\n"),
        (("POST", "network", "/", "-d", "@none"), "error: --data: [Errno 2] "),
    ],
)
def test_what_cannot_be_sent_is_told(
    stackloom: CommandLine, rules: FakeTransport, words: tuple[str, ...], told: str
) -> None:
    """Exit code 2, and nothing goes out."""
    said = stackloom("api", *words)
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr.startswith(told)
    assert rules.requests == []


def test_a_refusal_is_told_as_everywhere(stackloom: CommandLine, rules: FakeTransport) -> None:
    """Exit code 3, the service's words and its request id."""
    fault = {"NeutronError": {"type": "X", "message": "no such thing", "detail": ""}}
    rules.on("GET", "/v2.0/x", answer(404, fault, X_OpenStack_Request_Id="req-1"))
    assert stackloom("api", "GET", "network", "/v2.0/x") == Said(
        code=3,
        stdout="",
        stderr="error: Neutron answered GET /v2.0/x with: no such thing (HTTP 404, req-1)\n",
    )


def test_timing_tells_every_request(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """A table on stderr after the command, with a total; the data on stdout is what it was."""
    said = stackloom("network", "list", "-f", "json", "--timing")
    assert said.stdout == "[]\n"
    shown = re.sub(r"[0-9]+\.[0-9]{6}", "0.000000", said.stderr).replace(cloud.base, "BASE")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()]
    assert [row for row in rows if row] == [
        ["URL", "Seconds"],
        ["POST BASE/v3/auth/tokens", "0.000000"],
        ["GET BASE/v2.0/networks?limit=1000", "0.000000"],
        ["Total", "0.000000"],
    ]


def test_timing_is_told_also_where_a_command_fails(
    stackloom: CommandLine, cloud: FakeCloud
) -> None:
    """That is when people want to know."""
    said = stackloom("network", "show", "pink", "--timing")
    assert said.code == 2
    assert "| Total" in said.stderr
    assert said.stderr.rstrip().endswith("shows what is")


# --- microversions --------------------------------------------------------------------------------

_NOVA = {"version": {"id": "v2.1", "version": "2.90", "min_version": "2.1"}}


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), "compute 2.90"),
        (("--microversion", "2.5"), "compute 2.5"),
        (("--os-compute-api-version", "2.7"), "compute 2.7"),
        (("-H", "OpenStack-API-Version: compute 2.9"), "compute 2.9"),
    ],
)
def test_the_highest_microversion_is_asked_for_unless_one_is_pinned(
    stackloom: CommandLine, rules: FakeTransport, words: tuple[str, ...], asked: str
) -> None:
    """As by the commands on servers, so that both show the same."""
    rules.on("GET", "/v2.1/", answer(200, _NOVA))
    rules.on("GET", "/v2.1/servers", answer(200, {"servers": []}))
    said = stackloom("api", "GET", "compute", "/v2.1/servers", *words)
    assert said == Said(code=0, stdout='{"servers":[]}\n', stderr="")
    assert rules.requests[-1].headers["openstack-api-version"] == asked


def test_a_document_about_versions_is_asked_for_with_none(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Nobody can know one before it is read."""
    rules.on("GET", "/v2.1/", answer(200, _NOVA))
    assert stackloom("api", "GET", "compute", "/v2.1/").code == 0
    assert "openstack-api-version" not in rules.requests[-1].headers
