# SPDX-License-Identifier: Apache-2.0
"""A project written off as a scenario: applied to an empty project, it is the same again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from tests.cloud.command_line import EXAMPLES
from tests.faults.drill.weaver import Weaver, failures

from stackloom import operations
from stackloom.testing.cloud import OpenStackCloud
from stackloom.testing.project import project_of_a_test

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
# From simple to demanding; between them they have nearly every kind.
_TAKEN = ["bastion", "database-with-disks", "dual-stack", "three-tiers", "trunk", "two-sites"]


@pytest.mark.parametrize("example", _TAKEN)
def test_what_was_captured_is_built_again(
    openstack_cloud: OpenStackCloud, tmp_path: Path, example: str
) -> None:
    """As many of everything, under the same names; and the file needs no change afterwards."""
    one = project_of_a_test(openstack_cloud.admin, tmp_path)
    two = project_of_a_test(openstack_cloud.admin, tmp_path)
    homes = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE")}
    first = Weaver.of_environment(EXAMPLES / f"{example}.yaml", {**one.variables(), **homes})
    file = tmp_path / "captured.yaml"
    second = Weaver.of_environment(file, {**two.variables(), **homes})

    async def run() -> None:
        assert failures(await first.apply()) == []
        there = await first.inventory()
        async with first.open() as cloud:
            captured = await operations.capture(cloud, "again")
        assert captured.skipped == []
        file.write_text(yaml.safe_dump(captured.document, sort_keys=False), encoding="utf-8")
        assert failures(await first.destroy()) == []

        assert failures(await second.apply()) == []
        assert await second.changes() == []
        assert await second.inventory() == there
        assert failures(await second.destroy()) == []

    try:
        asyncio.run(run())
    finally:
        left = one.take_away() + two.take_away()
    assert left == []
