# SPDX-License-Identifier: Apache-2.0
"""The ring around every request: ids, headers, limits, callers, the log."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import httpx2
import pytest
from tests.service.rest.ring import SEAL, Ring, told
from tests.service.serving import MEMBER, READER, URL

from stackloom.errors import BadScenario, Conflict, Problem
from stackloom.log import Secret
from stackloom.service.identity.cookie import Cookies
from stackloom.service.refusal import Refused
from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Route, Who, route
from stackloom.service.settings import LimitsSettings
from stackloom.wire.plan import Credential
from stackloom.wire.words import Json

T = TypeVar("T")
_REQUEST_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_THEIRS = "req-22222222-2222-4222-8222-222222222222"


@route("GET", "/open", who=Who.ALL)
async def show_open(asked: Asked) -> Json:
    """Show what the ring has made of the request."""
    return {"request_id": asked.request_id, "global_request_id": asked.global_request_id}


@route("GET", "/things/{thing_id}", who=Who.READER, has_etag=True)
async def show_thing(asked: Asked, *, thing_id: UUID) -> Answer[Json]:
    """Show a thing."""
    return Answer(body={"id": thing_id, "for": asked.caller.user_name}, etag="1")


@route("POST", "/things", who=Who.MEMBER, status=201, has_location=True)
async def create_thing(asked: Asked, *, body: Credential) -> Answer[Json]:
    """Make a thing."""
    return Answer(body={"id": body.id, "for": asked.caller.user_name}, location="/things/1")


@route("DELETE", "/things/{thing_id}", who=Who.MEMBER, status=204, needs_match=True)
async def delete_thing(asked: Asked, *, thing_id: UUID) -> None:
    """Take a thing away, of a revision."""
    if asked.revision() != 3:
        raise Refused("etag.mismatch", f"{thing_id} is not at {asked.revision()}")


@route("GET", "/errors/{name}", who=Who.ALL)
async def show_error(asked: Asked, *, name: str) -> Json:
    """Raise something."""
    raise _ERRORS[name]


_ERRORS: dict[str, Exception] = {
    "unforeseen": KeyError("password=hunter2"),
    "deep": RecursionError("maximum recursion depth exceeded"),
    "conflict": Conflict(
        "Neutron refused it: in use", status=409, request_id="req-n", hint="take another"
    ),
    "away": Refused("database.away", "no answer", headers={"Retry-After": "2"}),
    "scenario": BadScenario(
        [
            Problem(file="b.yaml", line=1, column=2, message="second", hint="mend it"),
            Problem(file="a.yaml", line=7, column=9, message="first"),
        ]
    ),
}
ROUTES: tuple[Route, ...] = (show_open, show_thing, create_thing, delete_thing, show_error)
THING = "/things/6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0"


def ring(**limits: float) -> Ring:
    """Return the ring around the routes of these tests."""
    return Ring(*ROUTES, limits=LimitsSettings(**limits))  # type: ignore[arg-type]  # its fields


def asked(ring: Ring, ask: Callable[[httpx2.AsyncClient], Awaitable[T]]) -> T:
    """Return what *ask* finds out."""

    async def run() -> T:
        async with ring.asking() as client:
            return await ask(client)

    return asyncio.run(run())


def answer_to(
    method: str, path: str, *, around: Ring | None = None, **request: object
) -> httpx2.Response:
    """Return the answer to one request."""
    return asked(
        around or ring(),
        lambda client: client.request(method, path, **request),  # type: ignore[arg-type]
    )


def test_what_every_answer_has() -> None:
    """An id of our own, the version, what it varies by, and what keeps browsers honest."""
    answer = answer_to("GET", "/open", headers={"X-Openstack-Request-Id": _THEIRS})
    own = answer.json()["request_id"]
    assert _REQUEST_ID.fullmatch(own)
    assert answer.json()["global_request_id"] == _THEIRS
    assert dict(answer.headers) == {
        "content-type": "application/json",
        "content-length": str(len(answer.content)),
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "openstack-api-version": "stackloom 1.0",
        "vary": "Accept, Authorization, Cookie, OpenStack-API-Version, X-Auth-Token",
        "x-openstack-request-id": own,
    }


@pytest.mark.parametrize("theirs", ["", "req-1", "req-" + "2" * 36, _THEIRS + "\n", "x" * 9_000])
def test_an_id_that_is_none_is_not_handed_on(theirs: str) -> None:
    """What is no request id goes neither into our log nor to the cloud."""
    scope_headers = [(b"x-openstack-request-id", theirs.encode())]
    body = asked(ring(), lambda client: _raw(client, scope_headers))
    assert body["global_request_id"] == body["request_id"]


async def _raw(client: httpx2.AsyncClient, headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    answer = await client.get("/open", headers=headers)
    found: dict[str, str] = answer.json()
    return found


def test_https_is_for_ever() -> None:
    """Over TLS browsers are told to stay there."""
    secure = Ring(*ROUTES, url="https://service.test")
    answer = answer_to("GET", "/open", around=secure)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_without_a_token() -> None:
    """401 says where tokens come from; the path is not even looked at more closely."""
    answer = answer_to("GET", THING)
    assert (answer.status_code, told(answer)) == (
        401,
        [("stackloom.token.missing", f"GET {THING} came without a token")],
    )
    assert answer.headers["www-authenticate"] == 'Keystone uri="http://keystone.test/v3"'
    item = answer.json()["errors"][0]
    assert item == {
        "code": "stackloom.token.missing",
        "status": 401,
        "title": "A token is needed",
        "detail": f"GET {THING} came without a token",
        "request_id": answer.headers["x-openstack-request-id"],
        "hint": "send X-Auth-Token, as openstack token issue gives it, or Authorization: Bearer",
        "source": None,
        "links": [{"rel": "help", "href": f"{URL}/v1/docs#token.missing"}],
    }


@pytest.mark.parametrize(
    "headers",
    [
        READER,
        {"Authorization": "Bearer blue-reader"},
        {"Authorization": "bearer  blue-reader"},
        {"X-Auth-Token": "blue-reader", "Authorization": "Bearer red-reader"},
    ],
)
def test_ways_to_send_a_token(headers: dict[str, str]) -> None:
    """OpenStack's header, which goes first, and everybody's."""
    answer = answer_to("GET", THING, headers=headers)
    assert (answer.status_code, answer.json()["for"]) == (200, "blue-reader")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X-Auth-Token": "expired"}, 401, "token.refused"),
        ({"X-Auth-Token": "blue-reader, red-reader"}, 401, "token.refused"),
        ({"X-Auth-Token": "x" * 8_193}, 401, "token.refused"),
        ({"X-Auth-Token": "blue\treader"}, 401, "token.refused"),
        ({"X-Auth-Token": ""}, 401, "token.missing"),
        ({"Authorization": "Basic Ymx1ZS1yZWFkZXI="}, 401, "token.missing"),
        ({"Authorization": "Bearer"}, 401, "token.missing"),
        ({"Cookie": "stackloom=blue-reader"}, 401, "token.refused"),
        ({"Cookie": 'stackloom="; a\\"b'}, 401, "token.missing"),
        ({"X-Auth-Token": "unscoped"}, 403, "scope.no-project"),
        ({"X-Auth-Token": "blue-auditor"}, 403, "role.missing"),
    ],
)
def test_tokens_that_open_nothing(headers: dict[str, str], status: int, code: str) -> None:
    """Each is told why."""
    answer = answer_to("GET", THING, headers=headers)
    assert (answer.status_code, told(answer)[0][0]) == (status, f"stackloom.{code}")


def test_readers_do_not_change_anything() -> None:
    """They are refused before their body is read."""
    answer = answer_to("POST", "/things", headers=READER, content=b"{")
    assert (answer.status_code, told(answer)) == (
        403,
        [
            (
                "stackloom.role.missing",
                "this needs one of the roles admin, member; the token has reader",
            )
        ],
    )


def test_the_cookie_of_the_page() -> None:
    """It reads from anywhere, as a browser does not show others what came; it changes only here."""
    made = Cookies(SEAL, is_secure=False).made(Secret("blue-member")).partition(";")[0]
    body = {"json": {"id": "1", "secret": "s"}}

    async def ask(client: httpx2.AsyncClient) -> list[int]:
        # What others on this host have is no reason not to find ours.
        headers = {"Cookie": f'theme=dark; other={{"a": [1, 2]}}; no name; {made}; x={made}'}
        answers = [await client.get(THING, headers=headers)]
        for origin in (URL, "http://evil.test", "http://[", "null", ""):
            sent = {**headers, "Origin": origin} if origin else headers
            answers.append(await client.post("/things", headers=sent, **body))  # type: ignore[arg-type]
        assert told(answers[-1])[0][0] == "stackloom.origin.refused"
        return [each.status_code for each in answers]

    assert asked(ring(), ask) == [200, 201, 403, 403, 403, 403]


def test_what_is_made_has_a_place() -> None:
    """A path of a route becomes a whole address."""
    answer = answer_to("POST", "/things", headers=MEMBER, json={"id": "1", "secret": "s"})
    assert (answer.status_code, answer.json()) == (201, {"id": "1", "for": "blue-member"})
    assert answer.headers["location"] == f"{URL}/things/1"


def test_what_is_known_already_is_not_sent_again() -> None:
    """304 has the ETag and no body; HEAD has the length and no body."""

    async def ask(client: httpx2.AsyncClient) -> list[httpx2.Response]:
        return [
            await client.get(THING, headers=READER),
            await client.get(THING, headers={**READER, "If-None-Match": 'W/"1"'}),
            await client.head(THING, headers=READER),
        ]

    whole, unchanged, head = asked(ring(), ask)
    assert (whole.headers["etag"], whole.headers["cache-control"]) == ('"1"', "private, no-cache")
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert "content-length" not in unchanged.headers
    assert unchanged.headers["etag"] == '"1"'
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("match", "status"),
    [
        ('"3"', 204),
        ('W/"3"', 204),
        ('"3.fa86184e01dc"', 204),
        ("3", 204),
        ('"2"', 412),
        ('"x"', 412),
        ("*", 412),
        ('"３"', 412),
        ('"99999999999"', 412),
        ("", 428),
    ],
)
def test_changing_what_was_read(match: str, status: int) -> None:
    """Whoever changes says what they have seen; ``*`` says nothing about that."""
    headers = [(b"X-Auth-Token", b"blue-member"), (b"If-Match", match.encode())]
    answer = answer_to("DELETE", THING, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/things", "POST"),
        ("OPTIONS", "/things", "POST"),
        ("PATCH", THING, "DELETE, GET, HEAD"),
        ("TRACE", THING, "DELETE, GET, HEAD"),
        ("FOO", "/open", "GET, HEAD"),
    ],
)
def test_methods_that_are_not_there(method: str, path: str, allowed: str) -> None:
    """405 names those that are."""
    answer = answer_to(method, path, headers=MEMBER)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert told(answer)[0][0] == "stackloom.method.not-allowed"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/things/",
        "/things/1",
        "/things/6F9E2A51-61B4-4B0E-8A57-4A2C35F1C1D0x",
        "/things/6f9e2a5161b44b0e8a574a2c35f1c1d0",
        "/things/%7B6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0%7D",
        "/things/..%2F..%2Fetc%2Fpasswd",
        "/things/%2e%2e/%2e%2e/etc/passwd",
        "/things/%00",
        "/things/%ff",
        "/things/" + "a" * 5_000,
        "/open/open",
    ],
)
def test_paths_that_lead_nowhere(path: str) -> None:
    """404 for whatever is not there, also where it could not be."""
    answer = answer_to("GET", path, headers=MEMBER)
    expected = (405, "stackloom.method.not-allowed")
    if path != "/things/":
        expected = (404, "stackloom.not-found")
    assert (answer.status_code, told(answer)[0][0]) == expected


def test_a_parameter_where_there_are_none() -> None:
    """No route passes over what it does not know."""
    answer = answer_to("GET", "/open?limit=1")
    assert (answer.status_code, told(answer)) == (
        400,
        [("stackloom.parameter.unknown", "there is no parameter 'limit' here")],
    )


def test_a_version_that_is_not_there() -> None:
    """It is refused wherever it is asked for, in the way of RFC 9457 for those who like it."""
    headers = {"OpenStack-API-Version": "stackloom 2.0", "Accept": "application/problem+json"}
    answer = answer_to("GET", "/open", headers=headers)
    request_id = answer.headers["x-openstack-request-id"]
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.pop("errors")[0]["code"] == body["code"]
    assert (answer.status_code, body) == (
        406,
        {
            "type": f"{URL}/v1/docs#version.not-offered",
            "title": "There is no such microversion",
            "status": 406,
            "detail": "microversion 2.0 is not offered: 1.0 to 1.0 are",
            "instance": f"urn:request:{request_id}",
            "code": "stackloom.version.not-offered",
        },
    )


def test_a_long_body_is_not_read() -> None:
    """What says that it is too long is refused before any of it comes."""
    read: list[bytes] = []

    async def pieces() -> AsyncIterator[bytes]:
        read.append(b"x")
        yield b"x"

    headers = {**MEMBER, "Content-Length": "1001"}
    answer = answer_to(
        "POST", "/things", headers=headers, content=pieces(), around=ring(body_bytes=1_000)
    )
    assert (answer.status_code, told(answer)) == (
        413,
        [("stackloom.body.too-large", "the body is longer than 1000 bytes")],
    )
    assert read == []


def test_too_often() -> None:
    """429 says when to come again, and time heals it."""

    async def ask(client: httpx2.AsyncClient) -> list[int]:
        statuses = [(await client.get(THING, headers=READER)).status_code for _ in range(3)]
        refused = await client.get(THING, headers=READER)
        assert refused.headers["retry-after"] == "1"
        around.now += 1
        return [*statuses, (await client.get(THING, headers=READER)).status_code]

    around = ring(requests_at_once=2, requests_per_second=1, posts_per_second=1)
    assert asked(around, ask) == [200, 200, 429, 200]


@pytest.mark.parametrize(
    ("name", "status", "codes"),
    [
        ("deep", 400, ["body.too-deep"]),
        ("conflict", 409, ["engine.conflict"]),
        ("away", 503, ["database.away"]),
        ("scenario", 400, ["scenario.invalid", "scenario.invalid"]),
    ],
)
def test_errors_have_their_codes(name: str, status: int, codes: list[str]) -> None:
    """Ours, the engine's, and Python's one for too deep."""
    answer = answer_to("GET", f"/errors/{name}")
    found = [code.removeprefix("stackloom.") for code, _ in told(answer)]
    assert (answer.status_code, found) == (status, codes)


def test_what_the_cloud_says_is_handed_on() -> None:
    """With its words, its status, its request id and the hint."""
    item = answer_to("GET", "/errors/conflict").json()["errors"][0]
    assert (item["title"], item["detail"], item["hint"]) == (
        "It clashes with what is there (409, 412)",
        "Neutron refused it: in use (HTTP 409, req-n)",
        "take another",
    )


def test_every_problem_of_a_scenario() -> None:
    """All at once, in the order of the files, each with its line."""
    items = answer_to("GET", "/errors/scenario").json()["errors"]
    assert [(each["detail"], each["hint"], each["source"]) for each in items] == [
        ("first", "", {"file": "a.yaml", "line": 7, "column": 9, "pointer": ""}),
        ("second", "mend it", {"file": "b.yaml", "line": 1, "column": 2, "pointer": ""}),
    ]


def test_retry_after_is_ours_unless_said() -> None:
    """503 always has it."""
    assert answer_to("GET", "/errors/away").headers["retry-after"] == "2"


def test_what_nobody_has_foreseen(caplog: pytest.LogCaptureFixture) -> None:
    """500 says the id and nothing else; the log has the rest under it."""
    answer = answer_to("GET", "/errors/unforeseen")
    request_id = answer.headers["x-openstack-request-id"]
    assert (answer.status_code, told(answer)) == (
        500,
        [
            (
                "stackloom.server.failed",
                f"the service failed at /errors/unforeseen; its log says more under {request_id}",
            )
        ],
    )
    assert "hunter2" not in answer.text
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.getMessage() == "/errors/unforeseen failed"
    assert record.exc_info is not None
    assert record.request_id == request_id  # type: ignore[attr-defined]  # extra


def test_requests_are_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """One line each, with project and status; the path of the route, not what was asked for."""
    around = ring()
    with caplog.at_level(logging.INFO, logger="stackloom.service.rest.envelope"):
        answer_to("GET", THING, headers=READER, around=around)
        answer_to("GET", "/nothing", around=around)
    lines = [re.sub(r"[0-9.]+ s", "N s", each.getMessage()) for each in caplog.records]
    assert lines == [f"GET {THING} 200 N s 127.0.0.1", "GET /nothing 404 N s 127.0.0.1"]
    assert caplog.records[0].project_id == "blue"  # type: ignore[attr-defined]  # extra
    assert around.seen == [("/things/{thing_id}", "GET", 200), ("other", "GET", 404)]


def test_a_path_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody writes lines of their own into our log, or a page into an answer."""
    with caplog.at_level(logging.INFO, logger="stackloom.service.rest.envelope"):
        answer = answer_to("GET", "/a%0d%0aERROR%20all%20is%20lost%1b" + "b" * 1_000)
    told_of = "/a\\r\\nERROR all is lost\\x1b" + "b" * 178 + "\\u2026"
    assert told(answer) == [("stackloom.not-found", f"there is nothing at {told_of}")]
    (line,) = [each.getMessage() for each in caplog.records]
    assert line.startswith("GET /a\\r\\nERROR all is lost")
    assert len(line) < 300


def test_before_it_is_open() -> None:
    """Whoever comes too early or too late is told to come again."""

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(ring().app)
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            return await client.get("/open")

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["errors"][0]["code"] == "stackloom.stopping"
