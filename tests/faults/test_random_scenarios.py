# SPDX-License-Identifier: Apache-2.0
"""Any scenario becomes any other, on a cloud that refuses what Neutron and Nova refuse."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.fakes.weaving import apply, changes, destroy, failures, scenario

from stackloom.errors import StackloomError
from stackloom.scenario.model import Scenario


def _document(chance: random.Random) -> dict[str, Any]:
    """Return some networks with a range each, and what may stand on them."""
    names = [f"n{number}" for number in range(6) if chance.random() < 0.6]
    ranges = chance.sample(range(1, 20), len(names))
    networks = {
        name: {"cidr": f"10.{part}.0.0/24", "admin_state_up": chance.random() < 0.5}
        for name, part in zip(names, ranges, strict=True)
    }
    ports = {
        f"p{number}": {
            "network": (on := chance.choice(names)),
            **({"fixed_ips": [{"subnet": on}]} if chance.random() < 0.5 else {}),
        }
        for number in range(4)
        if names and chance.random() < 0.6
    }
    free = list(ports)
    servers: dict[str, Any] = {}
    for number in range(4):
        if chance.random() < 0.6:
            mine = [free.pop() for _ in range(chance.randrange(3)) if free]
            on_networks = chance.sample(names, min(len(names), chance.randrange(3)))
            image = {"image": "cirros", "flavor": "m1.tiny"}
            servers[f"s{number}"] = {**image, "networks": on_networks, "ports": mine}
    routers: dict[str, Any] = {}
    left = list(names)
    for number in range(2):
        if chance.random() < 0.7:
            connects = [left.pop() for _ in range(chance.randrange(4)) if left]
            routers[f"r{number}"] = {"connects": connects}
    return {"networks": networks, "ports": ports, "servers": servers, "routers": routers}


def _scenario(seed: int) -> Scenario:
    # JSON is YAML.
    return scenario(json.dumps({"scenario": "s", **_document(random.Random(seed))}))


def _names(wanted: Scenario) -> list[str]:
    kinds = ("network", "subnet", "router", "server")
    return sorted(str(address) for address in wanted.specs if address.kind in kinds)


def _names_there(cloud: FakeCloud) -> list[str]:
    kinds = ("network", "subnet", "router", "server")
    return sorted(f"{kind}.{each['name']}" for kind in kinds for each in cloud.things(kind))


@pytest.mark.slow
def test_any_scenario_becomes_any_other() -> None:
    """In 60 changes no step fails, a second plan is empty, and destroy leaves nothing."""

    async def run(first: Scenario, second: Scenario) -> None:
        cloud = FakeCloud()
        for wanted in (first, second):
            assert failures(await apply(cloud, wanted)) == []
            assert await changes(cloud, wanted) == []
            assert _names_there(cloud) == _names(wanted)
        assert failures(await destroy(cloud, second)) == []
        assert cloud.told() == []

    for seed in range(60):
        try:
            asyncio.run(run(_scenario(seed), _scenario(seed + 1000)))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error


@pytest.mark.slow
def test_a_change_that_met_trouble_is_mended_by_the_next_apply() -> None:
    """In 60 changes with three troubles each: the end is the same, and no marks are left."""

    async def run(chance: random.Random, first: Scenario, second: Scenario) -> None:
        cloud = FakeCloud()
        await apply(cloud, first)
        # A list that leaves something out is a lie, and a 404 for what was done another.
        troubles = [each for each in Trouble if each not in {Trouble.GONE, Trouble.SHORT_AFTER}]
        begun = len(cloud.requests)
        cloud.faults = [
            Fault(trouble=chance.choice(troubles), number=begun + chance.randrange(1, 40))
            for _ in range(3)
        ]
        try:
            await apply(cloud, second)
        except StackloomError:
            pass  # it did not get as far as a plan
        cloud.faults = []
        assert failures(await apply(cloud, second)) == []
        assert await changes(cloud, second) == []
        assert _names_there(cloud) == _names(second)
        assert failures(await destroy(cloud, second)) == []
        assert cloud.told() == []

    for seed in range(60):
        try:
            asyncio.run(run(random.Random(seed), _scenario(seed), _scenario(seed + 1000)))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
