# SPDX-License-Identifier: Apache-2.0
"""Webhooks go, signed, where the operator allows it, and nowhere else."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.service.receiver import Receiver, receiver

from stackloom.service.hooks import Hooks, NotDelivered, check_webhook, signature
from stackloom.service.refusal import Refused

_BODY = b'{"drift": []}'


def test_what_is_sent_is_signed() -> None:
    """As whoever takes it computes it, from the header and the body as it came."""
    value = signature(b"secret", _BODY, 1_780_000_000)
    at, _, rest = value.partition(",")
    expected = hmac.new(b"secret", b"1780000000." + _BODY, sha256).hexdigest()
    assert (at, rest) == ("t=1780000000", f"v1={expected}")


def test_the_guide_shows_how_to_check_it() -> None:
    """Its function takes ours, and nothing that was changed or is old."""
    text = (Path(__file__).parents[2] / "docs" / "guide" / "service.md").read_text()
    code = text[text.index("import hmac") :].partition("```")[0]
    shown: dict[str, Any] = {}
    exec(code, shown)
    is_genuine = shown["is_genuine"]
    now = int(time.time())
    good = signature(b"secret", _BODY, now)
    assert is_genuine(good, _BODY, b"secret")
    assert not is_genuine(good, _BODY + b" ", b"secret")
    assert not is_genuine(good, _BODY, b"another")
    assert not is_genuine(signature(b"secret", _BODY, now - 600), _BODY, b"secret")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://portal.example.com/drift?team=blue", "portal.example.com"),
        ("https://portal.example.com:443/", "portal.example.com"),
        ("https://portal.example.com/", "portal.example.com:443"),
        ("http://portal.example.com/", "portal.example.com:80"),
        ("https://PORTAL.example.com/", "Portal.Example.com"),
        ("http://portal.example.com:8080/", "portal.example.com:8080"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_an_allowed_host_is_allowed(url: str, allowed: str) -> None:
    """With the port of its scheme, or the one that was named."""
    check_webhook(url, [allowed])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://other.example.com/", "other.example.com:443 is not an allowed host"),
        ("https://a.portal.example.com/", "a.portal.example.com:443 is not an allowed host"),
        ("https://portal.example.com:8443/", "portal.example.com:8443 is not an allowed host"),
        ("https://portal.example.com.evil.test/", "is not an allowed host"),
        ("https://portal.example.com@evil.test/", "a host, a path and a query only"),
        ("https://evil.test\\@portal.example.com/", "a host, a path and a query only"),
        ("https://evil.test#@portal.example.com/", "a host, a path and a query only"),
        ("ftp://portal.example.com/", "it should begin with https://"),
        ("file:///etc/passwd", "it should begin with https://"),
        ("//portal.example.com/", "it should begin with https://"),
        ("https://portal.example.com:99999/", "it is no address"),
        ("https://[portal/", "it is no address"),
        ("https://portal.example.com/\r\nX: y", "has characters"),
        ("https://pörtal.example.com/", "has characters"),
        ("https://portal.example.com/" + "a" * 1_024, "it is too long"),
        ("", "it should begin with https://"),
    ],
)
def test_everything_else_is_refused(url: str, said: str) -> None:
    """Before anything is resolved, and with what is allowed."""
    with pytest.raises(Refused) as refused:
        check_webhook(url, ["portal.example.com"])
    assert refused.value.code == "webhook.not-allowed"
    assert said in refused.value.message
    assert "portal.example.com" in refused.value.hint


def _hooks(taken: Receiver, *, seconds: float = 10.0) -> Hooks:
    return Hooks([f"127.0.0.1:{taken.port}"], timeout_seconds=seconds)


async def _send(hooks: Hooks, url: str) -> None:
    await hooks.send(url, _BODY, secret=b"secret", delivery_id="d-1", at=1_780_000_000)


def test_it_is_posted_with_its_signature() -> None:
    """And with the id by which whoever takes it tells a double."""

    async def run() -> None:
        async with receiver() as taken:
            await _send(_hooks(taken), f"http://127.0.0.1:{taken.port}/drift?team=blue")
            ((line, headers, body),) = taken.requests
            assert (line, body) == ("POST /drift?team=blue HTTP/1.1", _BODY)
            assert headers["x-stackloom-signature"] == signature(b"secret", _BODY, 1_780_000_000)
            assert headers["x-stackloom-delivery"] == "d-1"
            assert headers["content-type"] == "application/json"

    asyncio.run(run())


@pytest.mark.parametrize("answer", ["200 OK", "202 Accepted", "204 No Content"])
def test_any_success_is_one(answer: str) -> None:
    """Whatever is in its body."""

    async def run() -> None:
        async with receiver() as taken:
            taken.answers = [answer]
            await _send(_hooks(taken), f"http://127.0.0.1:{taken.port}/")

    asyncio.run(run())


@pytest.mark.parametrize("answer", ["404 Not Found", "500 Oops", "301 Moved"])
def test_no_success_is_none(answer: str) -> None:
    """A redirect leads to an address that nobody has allowed, so it is not followed."""

    async def run() -> None:
        async with receiver() as taken:
            url = f"http://127.0.0.1:{taken.port}/"
            taken.answers = [f"{answer}\r\nLocation: {url}elsewhere"]
            with pytest.raises(NotDelivered, match=f"answered with {answer[:3]}"):
                await _send(_hooks(taken), url)
            assert len(taken.requests) == 1

    asyncio.run(run())


def test_who_does_not_answer_is_not_waited_for() -> None:
    """Others are waiting for their webhooks."""

    async def run() -> None:
        async with receiver() as taken:
            taken.answers = [""]
            with pytest.raises(NotDelivered, match="could not be sent"):
                await _send(_hooks(taken, seconds=0.1), f"http://127.0.0.1:{taken.port}/")

    asyncio.run(run())


def test_who_is_not_there_is_told_without_the_address() -> None:
    """It may have a secret in its path."""

    async def run() -> None:
        async with receiver() as taken:
            port = taken.port
        with pytest.raises(NotDelivered, match="could not be sent") as caught:
            await _send(_hooks(taken), f"http://127.0.0.1:{port}/s3cret")
        assert "s3cret" not in caught.value.message

    asyncio.run(run())


class _Names:
    """Resolves a host to what it is told, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        answer = self._answers.pop(0)
        if not answer:
            raise OSError("Name or service not known")
        return answer


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
    ],
)
@pytest.mark.parametrize("before", [[], ["192.0.2.1"]])
def test_a_name_that_stands_for_this_machine_is_refused(address: str, before: list[str]) -> None:
    """Also as one of several: whoever owns the name chooses their order."""

    async def run() -> None:
        async with receiver() as taken:
            names = _Names([*before, address])
            hooks = Hooks([f"hook.test:{taken.port}"], timeout_seconds=5.0, resolve=names)
            with pytest.raises(NotDelivered, match="an address of the service's own surroundings"):
                await _send(hooks, f"http://hook.test:{taken.port}/")
            assert taken.requests == []

    asyncio.run(run())


def test_a_name_is_resolved_once() -> None:
    """What it stands for a moment later does not matter: the request goes where was looked."""

    async def run() -> None:
        async with receiver() as taken:
            names = _Names(["127.0.0.1"])
            hooks = Hooks([f"localhost:{taken.port}"], timeout_seconds=5.0, resolve=names)
            await _send(hooks, f"http://localhost:{taken.port}/")
            assert (names.asked, len(taken.requests)) == (1, 1)

    asyncio.run(run())


@pytest.mark.parametrize("found", [[], ["192.0.2.1"]])
def test_the_system_is_asked_for_nothing_but_the_name(found: list[str]) -> None:
    """A name that is none is not sent to; where it goes is what was found, not what it says."""

    async def run() -> None:
        names = _Names(found)
        hooks = Hooks(["localhost:1"], timeout_seconds=0.1, resolve=names)
        with pytest.raises(NotDelivered):
            await _send(hooks, "http://localhost:1/")
        assert names.asked == 1

    asyncio.run(run())


def test_what_is_no_longer_allowed_is_not_sent() -> None:
    """The operator may have changed the list since it was accepted."""

    async def run() -> None:
        async with receiver() as taken:
            hooks = Hooks([], timeout_seconds=5.0)
            with pytest.raises(NotDelivered, match="is not an allowed host"):
                await _send(hooks, f"http://127.0.0.1:{taken.port}/")
            assert taken.requests == []

    asyncio.run(run())
