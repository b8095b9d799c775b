# SPDX-License-Identifier: Apache-2.0
"""A sample of the soak, and that it would notice what it looks for."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.soak_local_cloud import Soak, draw, report, soaking

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

ROUNDS = 6


@pytest.fixture(scope="module")
def soak(local_cloud: Access) -> Iterator[Soak]:
    """Return a soak whose six rounds are over; the run's cloud has seen to the installation."""
    with soaking(seed=20) as soak:
        for _ in range(ROUNDS):
            soak.round()
        yield soak


def test_rounds_with_a_killed_process_in_each_leave_nothing(soak: Soak) -> None:
    """No stray process, no leaked file, no failed command."""
    assert soak.tally.failures == []
    assert soak.tally.rounds == ROUNDS
    assert soak.tally.struck > 0
    page = report(soak.tally, seed=20, commit="none", wanted=ROUNDS)
    assert f"| rounds | {ROUNDS} of {ROUNDS}, seed 20 |\n" in page


def test_the_soak_notices_what_a_round_must_not_leave(soak: Soak) -> None:
    """A process that has a file of the cloud open; a file beside the cloud's directory."""
    directory = soak.cloud.directory
    command = [sys.executable, "-c", "print(flush=True); input()"]
    with subprocess.Popen(
        command, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as stray:
        assert stray.stdout is not None
        stray.stdout.readline()
        assert soak.strays() == [stray.pid]
        stray.kill()
    assert soak.strays() == []
    leak = directory.with_name("leak")
    leak.touch()
    assert [Path(each).name for each in soak.leaks()] == ["leak"]
    leak.unlink()
    assert soak.leaks() == []


def test_a_seed_draws_the_same_drills_again() -> None:
    """And over time every stage and every kind of victim."""
    drills = [draw(random.Random(seed)) for seed in range(300)]
    assert drills == [draw(random.Random(seed)) for seed in range(300)]
    assert {drill.stage for drill in drills} == {"up", "work", "reset", "down"}
    assert {"nobody", "command", "supervisor", "keystone", "nova"} <= {d.victim for d in drills}
