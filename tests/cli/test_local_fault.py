# SPDX-License-Identifier: Apache-2.0
"""How faults are told; what they do is in ``tests/cloud/test_faults.py``."""

from __future__ import annotations

import pytest
from tests.cli.conftest import CommandLine, Said

from stackloom.cli.commands.local_fault import what_text, when_text
from stackloom.local.faults import Fault


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (Fault(status=503, retry_after_seconds=1), "503, Retry-After 1"),
        (Fault(status=502, is_html=True), "502 of a proxy"),
        (Fault(delay_seconds=0.15, jitter_seconds=0.05), "wait 150 ms ± 50 ms"),
        (Fault(delay_seconds=2.0, drop="answer"), "wait 2 s, drop the answer"),
        (Fault(drop="request"), "drop the request"),
        (Fault(truncates=True), "send half of the body"),
        (Fault(unseen_seconds=5.0), "404 for 5 s after it was created"),
        (Fault(rate_per_second=10.0, rate_burst=10), "429 beyond 10 in 1 s"),
        (Fault(rate_per_second=0.5, rate_burst=30, status=503), "503 beyond 30 in 60 s"),
    ],
)
def test_what_goes_wrong_is_told_in_words(fault: Fault, what: str) -> None:
    """Each kind, and those that go together."""
    assert what_text(fault) == what


@pytest.mark.parametrize(
    ("fault", "when"),
    [
        (Fault(), "always"),
        (Fault(times=1), "once"),
        (Fault(times=3, chance=0.1, seed=7), "3 times, with a chance of 0.1 (seed 7)"),
        (Fault(includes_internal=True), "always, inside as well"),
    ],
)
def test_how_often_is_told_in_words(fault: Fault, when: str) -> None:
    """And by chance of what."""
    assert when_text(fault) == when


def test_a_fault_that_does_nothing_is_refused_before_a_cloud_is_asked(
    stackloom: CommandLine,
) -> None:
    """With what it could do."""
    assert stackloom("local", "fault", "add", "--service", "network") == Said(
        code=2,
        stdout="",
        stderr="error: this fault would do nothing\n"
        "hint: say what goes wrong: --status, --delay, --drop, --truncate, --unseen or --rate\n",
    )


def test_a_rate_that_is_none_is_refused(stackloom: CommandLine) -> None:
    """With how to write one."""
    assert stackloom("local", "fault", "add", "--rate", "10") == Said(
        code=2,
        stdout="",
        stderr='error: argument --rate: "10" is no rate; write 10/s or 600/m\n'
        "hint: stackloom local fault add --help tells how it is used\n",
    )
