# SPDX-License-Identifier: Apache-2.0
"""Seeing what the cloud has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.fakes.toy_kinds import TOY_KINDS, BedState, PlantState
from tests.fakes.weaving import DECLARED, KINDS, apply, open_cloud, scenario

from stackloom.cloud.kind import State
from stackloom.cloud.mark import Address
from stackloom.errors import AuthFailed, UnknownName, UsageError
from stackloom.resources.compute.server import ServerState
from stackloom.scenario.observe import (
    Marked,
    list_kinds,
    look_up,
    marked_states,
    scenarios_in,
)
from stackloom.scenario.plan import Found

WOVEN = scenario(
    """\
scenario: s
networks: {blue: {cidr: 10.1.0.0/24}}
routers: {hub: {connects: [blue]}}
servers: {alice: {image: cirros, flavor: m1.tiny, networks: [blue]}}
"""
)


def _bed(id: str, mark: str) -> BedState:
    return BedState(id=id, description=mark)


def test_marks_of_the_scenario_are_picked_out_of_lists() -> None:
    """Other scenarios, other kinds in the mark, and what has no mark are left out."""
    listed: dict[str, Sequence[Any]] = {
        "bed": [
            _bed("bed-1", "stackloom://garden/bed.north"),
            _bed("bed-2", "for potatoes stackloom://garden/bed.south"),
            _bed("bed-3", "stackloom://other/bed.north"),
            _bed("bed-4", "stackloom://garden/plant.north"),
            _bed("bed-5", "by hand"),
            _bed("bed-6", ""),
        ],
        "plant": [PlantState(id="plant-1", bed_id="bed-1", description=None)],
    }
    found = marked_states(TOY_KINDS, listed, "garden")
    assert {str(address): state.id for address, state in found.states.items()} == {
        "bed.north": "bed-1",
        "bed.south": "bed-2",
    }
    assert found.doubles == {}


def test_of_doubles_the_smallest_id_stays() -> None:
    """So that every run decides the same."""
    mark = "stackloom://garden/bed.north"
    first, second, third = (_bed(f"bed-{number}", mark) for number in (1, 2, 3))
    found = marked_states(TOY_KINDS, {"bed": [third, first, second]}, "garden")
    north = Address("bed", "north")
    assert found == Marked(states={north: first}, doubles={north: [second, third]})


def test_of_doubles_the_one_that_something_stands_on_stays() -> None:
    """Or everything on it would be made anew for the sake of an empty one."""
    mark = "stackloom://garden/bed.north"
    empty, planted = _bed("bed-1", mark), _bed("bed-2", mark)
    listed: dict[str, Sequence[Any]] = {
        "bed": [empty, planted],
        "plant": [PlantState(id="plant-1", bed_id="bed-2")],
    }
    found = marked_states(TOY_KINDS, listed, "garden")
    north = Address("bed", "north")
    assert found == Marked(states={north: planted}, doubles={north: [empty]})


def test_scenarios_are_counted_by_their_marks() -> None:
    """By name, in order."""
    listed = {
        "bed": [
            _bed("1", "stackloom://wood/bed.a"),
            _bed("2", "stackloom://garden/bed.a"),
            _bed("3", "stackloom://wood/bed.b"),
            _bed("4", ""),
        ]
    }
    assert scenarios_in(TOY_KINDS, listed) == {"garden": 1, "wood": 2}


def test_each_kind_is_listed_once_also_where_others_are_derived_from_it() -> None:
    """Interfaces are read off ports, a server's places as well: no request for either."""

    async def run(cloud: FakeCloud) -> Mapping[str, Sequence[State]]:
        await apply(cloud, WOVEN)
        cloud.requests.clear()
        async with open_cloud(cloud) as opened:
            return await list_kinds(opened, KINDS, DECLARED)

    cloud = FakeCloud()
    listed = asyncio.run(run(cloud))
    assert sorted(cloud.requests) == [
        "GET /v2.0/networks",
        "GET /v2.0/ports",
        "GET /v2.0/routers",
        "GET /v2.0/subnets",
        "GET /v2.1/",
        "GET /v2.1/servers/detail",
        "POST /v3/auth/tokens",
    ]
    there = {
        kind: [thing["id"] for thing in cloud.things(kind)]
        for kind in ("network", "port", "router", "subnet", "server")
    }
    assert {kind: [state.id for state in states] for kind, states in listed.items()} == {
        **there,
        "router_interface": [f"{there['router'][0]}/{there['subnet'][0]}"],
    }


def test_to_look_at_interfaces_alone_takes_the_lists_behind_them() -> None:
    """Their marks are those of router and subnet."""

    async def run(cloud: FakeCloud) -> list[str]:
        await apply(cloud, WOVEN)
        async with open_cloud(cloud) as opened:
            listed = await list_kinds(opened, KINDS, ["router_interface"])
            return sorted(str(each) for each in marked_states(KINDS, listed, "s").states)

    assert asyncio.run(run(FakeCloud())) == [
        "router.hub",
        "router_interface.hub.blue",
        "subnet.blue",
    ]


def test_a_token_without_a_project_is_told_before_anything_is_listed() -> None:
    """Neutron would answer an empty list, and everything would be planned anew."""

    async def run(cloud: FakeCloud) -> None:
        async with open_cloud(cloud) as opened:
            await list_kinds(opened, KINDS, DECLARED)

    cloud = FakeCloud()
    cloud.system_scoped = True
    with pytest.raises(UsageError) as caught:
        asyncio.run(run(cloud))
    assert str(caught.value) == "the token is for system, and scenarios live in a project"
    assert caught.value.hint == (
        "give a project: --os-project-name, OS_PROJECT_NAME or project_name"
    )
    assert cloud.requests == ["POST /v3/auth/tokens"]


def test_one_list_that_fails_is_raised_as_it_is() -> None:
    """Not as a group of errors."""

    async def run(cloud: FakeCloud) -> None:
        async with open_cloud(cloud) as opened:
            await list_kinds(opened, KINDS, DECLARED)

    faults = [Fault(trouble=Trouble.UNAUTHORIZED, on="GET /v2.0/ports", times=9)]
    with pytest.raises(AuthFailed):
        asyncio.run(run(FakeCloud(faults=faults)))


def test_names_are_looked_up_by_name_or_id_and_what_is_missing_is_returned() -> None:
    """A list that cannot be filtered is read once for all names."""
    wanted = [
        ("image", "cirros"),
        ("image", "image-1"),
        ("image", "debian"),
        ("flavor", "m1.tiny"),
        ("flavor", "flavor-1"),
        ("flavor", "m9.huge"),
    ]

    async def run(
        cloud: FakeCloud,
    ) -> tuple[dict[tuple[str, str], Found], dict[tuple[str, str], UnknownName]]:
        async with open_cloud(cloud) as opened:
            return await look_up(opened, KINDS, {key: {} for key in wanted})

    cloud = FakeCloud()
    found, missing = asyncio.run(run(cloud))
    assert found == {
        ("image", "cirros"): Found(id="image-1", name="cirros"),
        ("image", "image-1"): Found(id="image-1", name="cirros"),
        ("flavor", "m1.tiny"): Found(id="flavor-1", name="m1.tiny"),
        ("flavor", "flavor-1"): Found(id="flavor-1", name="m1.tiny"),
    }
    assert {key: str(error) for key, error in missing.items()} == {
        ("image", "debian"): 'image "debian" is not there, or not visible to this project',
        ("flavor", "m9.huge"): 'flavor "m9.huge" is not there, or not visible to this project',
    }
    assert cloud.requests.count("GET /v2.1/flavors/detail") == 1


def test_what_was_looked_up_is_whole() -> None:
    """The places of a server are told by the list of ports, read once for all."""

    async def run(cloud: FakeCloud) -> list[ServerState]:
        await apply(cloud, WOVEN)
        cloud.requests.clear()
        async with open_cloud(cloud) as opened:
            found, _missing = await look_up(opened, KINDS, {("server", "alice"): {}})
        return [each.state for each in found.values()]

    cloud = FakeCloud()
    (alice,) = asyncio.run(run(cloud))
    (network_id,) = (id for id, each in cloud.tables["network"].items() if each["name"] == "blue")
    assert [nic.network_id for nic in alice.nics] == [network_id]
    assert cloud.requests.count("GET /v2.0/ports") == 1


def test_nothing_to_look_up_costs_no_request() -> None:
    """A scenario of networks alone names nothing outside."""

    async def run(cloud: FakeCloud) -> None:
        async with open_cloud(cloud) as opened:
            assert await look_up(opened, KINDS, {}) == ({}, {})

    cloud = FakeCloud()
    asyncio.run(run(cloud))
    assert cloud.requests == []
