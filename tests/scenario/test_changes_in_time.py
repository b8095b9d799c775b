# SPDX-License-Identifier: Apache-2.0
"""Changes that are not done with the answer: they are awaited, and looked at again."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.fakes.weaving import KINDS, apply, no_pause, open_cloud, plan, results, scenario

from stackloom.scenario.actions import CloudActions
from stackloom.scenario.executor import Executor
from stackloom.scenario.model import Scenario

ONE_NETWORK = scenario("scenario: s\nnetworks: {blue: {}}\n")


async def _weave_slow_networks(cloud: FakeCloud, wanted: Scenario) -> dict[str, str]:
    """Carry a plan out where a network's state takes time to change."""
    network = KINDS["network"]
    assert network.declaration is not None
    slow = msgspec.structs.replace(network.declaration, takes_time=("admin_state_up",))
    kinds = {**KINDS, "network": msgspec.structs.replace(network, declaration=slow)}
    async with open_cloud(cloud) as opened:
        made = await plan(opened, wanted)
        actions = CloudActions(opened, kinds, wanted, made, sleep=no_pause)
        return results(await Executor(made, actions, now=lambda: 0.0).run())


@pytest.mark.parametrize(
    ("trouble", "result", "looks"), [(None, "done", 1), (Trouble.GONE, "done", 2)]
)
def test_what_takes_time_is_looked_at_until_it_is_there(
    trouble: Trouble | None, result: str, looks: int
) -> None:
    """A refusal says only that it is under way where the resource has changed meanwhile."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_NETWORK))
    cloud.requests.clear()
    cloud.faults = [Fault(trouble=trouble, on="PUT")] if trouble else []
    wanted = scenario("scenario: s\nnetworks: {blue: {admin_state_up: false}}\n")
    assert asyncio.run(_weave_slow_networks(cloud, wanted)) == {"update network.blue": result}
    put = cloud.requests.index("PUT /v2.0/networks/network-1")
    assert cloud.requests[put + 1 :] == ["GET /v2.0/networks"] * looks
    assert cloud.things("network")[0]["admin_state_up"] is False


def test_what_takes_time_and_is_refused_has_failed() -> None:
    """Nothing has changed since, so it would be refused again."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_NETWORK))
    cloud.faults = [Fault(trouble=Trouble.REFUSED, on="PUT", times=9)]
    wanted = scenario("scenario: s\nnetworks: {blue: {admin_state_up: false}}\n")
    assert asyncio.run(_weave_slow_networks(cloud, wanted)) == {"update network.blue": "failed"}
