# SPDX-License-Identifier: Apache-2.0
"""How values are said on the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.web.samples import WHO

from stackloom.web import words


def test_moments_and_times_are_said_in_words() -> None:
    """In UTC, which is what the logs of clouds are in."""
    at = datetime(2026, 11, 24, 12, 20, 5, 678_000, tzinfo=UTC)
    assert words.moment(at) == (
        '<time datetime="2026-11-24T12:20:05.678Z">2026-11-24 12:20:05 UTC</time>'
    )
    assert "data-clock" in words.moment(at, clock=True)
    assert words.moment(None) == '<span class="none">never</span>'
    assert [words.lasting(each) for each in (0.04, 59.9, 65, 3_600)] == [
        "0.0 s",
        "59.9 s",
        "1 min 5 s",
        "60 min 0 s",
    ]


def test_values_are_one_line() -> None:
    """Text as it is, all else as JSON; what is very long is cut."""
    given = (None, "a b", 1, True, ["a", {"b": 2}])
    assert [words.value(each) for each in given] == ["–", "a b", "1", "true", '["a", {"b": 2}]']
    assert len(words.value("x" * 5_000)) == 2_000


def test_ids_and_people() -> None:
    """Joined ids may go on in the next line; others than oneself are known by id only."""
    assert words.cloud_id("a/b") == '<code class="id"><span>a</span>/<wbr><span>b</span></code>'
    assert words.cloud_id(None) == '<span class="none">–</span>'
    assert words.person(WHO.user_id, WHO) == f'<span title="{WHO.user_id}">alice</span>'
    assert words.person("f" * 32, WHO) == (f'<code class="id" title="{"f" * 32}">ffffffff…</code>')
    assert words.person("local", None) == "<span>local</span>"


def test_every_state_has_a_sign_and_a_look() -> None:
    """Another sign for good than for bad, so that colour is not all that tells them apart."""
    states = [
        "in_sync",
        "drifted",
        "failed",
        "absent",
        "changing",
        "unknown",
        "succeeded",
        "queued",
        "cancelled",
    ]
    signs = {each: re.findall(r' d="([^"]+)"', words.sign(each))[0] for each in states}
    assert len({signs[each] for each in ("in_sync", "drifted", "failed", "absent")}) == 4
    assert [words.look(each) for each in ("in_sync", "failed", "unknown")] == [
        "good",
        "bad",
        "idle",
    ]
    assert words.icon("security_group_rules") == words.icon("security_group")
    assert words.icon("thing") != words.icon("router")
