# SPDX-License-Identifier: Apache-2.0
"""What the commands on aggregates and on Nova's own services send."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer, body_of

_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_AGGREGATE = {
    "id": 7,
    "name": "fast",
    "uuid": "a",
    "metadata": {"availability_zone": "east", "ssd": "true"},
}
_ONE = "/v2.1/os-aggregates/7"


@pytest.fixture
def nova(rules: FakeTransport) -> FakeTransport:
    """Return a Nova with one aggregate and one compute host."""
    rules.on("GET", "/v2.1/", answer(200, _NOVA))
    rules.on("GET", "/v2.1/os-aggregates", answer(200, {"aggregates": [_AGGREGATE]}))
    rules.on("GET", _ONE, answer(200, {"aggregate": _AGGREGATE}))
    rules.on("POST", "/v2.1/os-aggregates", answer(200, {"aggregate": _AGGREGATE}))
    rules.on("PUT", _ONE, answer(200, {"aggregate": _AGGREGATE}))
    rules.on("POST", f"{_ONE}/action", answer(200, {"aggregate": _AGGREGATE}))
    found = {"services": [{"id": "s-1", "binary": "nova-compute", "host": "h"}]}
    rules.on("GET", "/v2.1/os-services", answer(200, found))
    rules.on("PUT", "/v2.1/os-services/s-1", answer(200, {"service": found["services"][0]}))
    return rules


def _sent(transport: FakeTransport) -> list[tuple[str, Any]]:
    """Return what was asked to change something: the end of its path, and its body."""
    changes = [each for each in transport.requests if each.method in {"POST", "PUT"}]
    return [
        (each.url.rpartition("/")[2], body_of(each)) for each in changes if "/auth/" not in each.url
    ]


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (
            "create fast --zone east --property ssd=true",
            [
                ("os-aggregates", {"aggregate": {"name": "fast", "availability_zone": "east"}}),
                ("action", {"set_metadata": {"metadata": {"ssd": "true"}}}),
            ],
        ),
        (
            "set fast --name slow --zone west",
            [("7", {"aggregate": {"name": "slow", "availability_zone": "west"}})],
        ),
        (
            "set fast --no-property --property b=c",
            [("action", {"set_metadata": {"metadata": {"ssd": None, "b": "c"}}})],
        ),
        (
            "unset fast --property ssd --property nosuch",
            [("action", {"set_metadata": {"metadata": {"ssd": None}}})],
        ),
        ("add host fast h", [("action", {"add_host": {"host": "h"}})]),
        ("remove host fast h", [("action", {"remove_host": {"host": "h"}})]),
    ],
)
def test_aggregates_are_changed(
    stackloom: CommandLine, nova: FakeTransport, words: str, sent: list[tuple[str, Any]]
) -> None:
    """Metadata and hosts by actions; the zone stays among the metadata."""
    assert stackloom("aggregate", *words.split()).code == 0
    assert _sent(nova) == sent


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("--disable", {"status": "disabled"}),
        ("--disable --disable-reason why", {"status": "disabled", "disabled_reason": "why"}),
        ("--enable --up", {"status": "enabled", "forced_down": False}),
        ("--down", {"forced_down": True}),
    ],
)
def test_a_service_is_set(
    stackloom: CommandLine, nova: FakeTransport, words: str, sent: dict[str, object]
) -> None:
    """By its host and its program."""
    said = stackloom("compute", "service", "set", "h", "nova-compute", *words.split())
    assert said == Said(code=0, stdout="", stderr="")
    assert _sent(nova) == [("s-1", sent)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--disable-reason why", "error: --disable-reason goes with --disable\n"),
        ("", "error: nothing to set was given\nhint: --help lists what can be set\n"),
    ],
)
def test_what_says_nothing_is_told(
    stackloom: CommandLine, nova: FakeTransport, words: str, told: str
) -> None:
    """Before anything is asked."""
    said = stackloom("compute", "service", "set", "h", "nova-compute", *words.split())
    assert said == Said(code=2, stdout="", stderr=told)
    assert nova.requests == []


def test_a_service_that_is_not_there_is_told(stackloom: CommandLine, nova: FakeTransport) -> None:
    """With where those that are stand."""
    nova.on("GET", "/v2.1/os-services", answer(200, {"services": []}))
    assert stackloom("compute", "service", "set", "h", "x", "--up") == Said(
        code=2,
        stdout="",
        stderr="error: there is no x on h\nhint: stackloom compute service list shows what is\n",
    )
