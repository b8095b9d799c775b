# SPDX-License-Identifier: Apache-2.0
"""What the drills share: the ledger, and a topology in a project of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.drill.course import Course
from tests.faults.drill.ledger import Ledger

from stackloom.testing.cloud import OpenStackCloud
from stackloom.testing.project import project_of_a_test

TOPOLOGIES = sorted((Path(__file__).parent / "topologies").glob("*.yaml"))


@pytest.fixture(scope="session")
def ledger() -> Iterator[Ledger]:
    """Count the trials of this run; STACKLOOM_DRILL_REPORT names the page to write."""
    kept = Ledger()
    yield kept
    if report := os.environ.get("STACKLOOM_DRILL_REPORT"):
        kept.write(Path(report))


@pytest.fixture(scope="session", params=TOPOLOGIES, ids=lambda path: path.stem)
def course(
    request: pytest.FixtureRequest,
    openstack_cloud: OpenStackCloud,
    ledger: Ledger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Course]:
    """Return a topology in a fresh project, and what an undisturbed apply makes of it."""
    folder = tmp_path_factory.mktemp("drill")
    project = project_of_a_test(openstack_cloud.admin, folder)
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("STATE", "CACHE")}
    made = Course(
        file=request.param,
        environment={**project.variables(), **homes},
        project=project,
        ledger=ledger,
    )
    asyncio.run(made.measure())
    yield made
    assert project.take_away() == []
