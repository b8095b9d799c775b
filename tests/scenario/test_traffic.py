# SPDX-License-Identifier: Apache-2.0
"""How many requests go out at once, on clouds whose meter shows near and far services."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from tests.fakes.cloud import fake_cloud
from tests.fakes.transport import FakeTransport

from stackloom.cloud.kind import Call
from stackloom.scenario.traffic import Traffic
from stackloom.transport.meter import Meter

_LEG = Call(method="PUT", path="/v2.0/routers/r/add_router_interface")
_BOOT = Call(method="POST", path="/v2.1/servers")


def _traffic(*, way: float, work: float) -> Traffic:
    """Return the traffic of a cloud that has shown how long its way and its lists take."""
    cloud = fake_cloud(FakeTransport())
    for service in ("network", "compute"):
        cloud.meter.note(service, "GET /", way, 1)
        cloud.meter.note(service, "GET /lists", way + work, 1)
    return Traffic(cloud)


async def _most_at_once(
    place: Callable[[], AbstractAsyncContextManager[None]], number: int = 25
) -> int:
    inside, most = 0, 0

    async def go() -> None:
        nonlocal inside, most
        async with place():
            inside += 1
            most = max(most, inside)
            for _ in range(3):
                await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(number):
            group.create_task(go())
    return most


@pytest.mark.parametrize(
    ("way", "work", "most"),
    [(0.15, 0.001, 25), (0.15, 0.05, 14), (0.15, 0.02, 23), (0.003, 0.08, 1)],
)
def test_a_service_gets_as_many_as_it_can_take(way: float, work: float, most: int) -> None:
    """All at once far away, one where its CPU decides, something between between."""
    traffic = _traffic(way=way, work=work)
    assert asyncio.run(_most_at_once(lambda: traffic.turn("compute", _BOOT))) == most


@pytest.mark.parametrize(("way", "work", "most"), [(0.15, 0.002, 25), (0.003, 0.08, 1)])
def test_a_lane_is_as_wide_as_the_way_is_long(way: float, work: float, most: int) -> None:
    """One after the other near by; far away all, or each would wait for the way of another."""
    traffic = _traffic(way=way, work=work)
    place = lambda: traffic.lane("router.hub", "network", _LEG)  # noqa: E731
    assert asyncio.run(_most_at_once(place)) == most


def test_in_a_lane_one_goes_after_the_other_while_nobody_knows_what_it_will_send() -> None:
    """A change is worked out inside the lane."""
    traffic = _traffic(way=0.15, work=0.001)
    place = lambda: traffic.lane("router.hub", "network", None)  # noqa: E731
    assert asyncio.run(_most_at_once(place)) == 1


def test_what_has_no_lane_waits_for_nobody() -> None:
    """Most kinds have none."""
    traffic = _traffic(way=0.003, work=0.08)
    assert asyncio.run(_most_at_once(lambda: traffic.lane("", "network", _LEG))) == 25


def test_one_service_does_not_wait_for_another() -> None:
    """Each has its own turns."""
    traffic = _traffic(way=0.003, work=0.08)
    services = iter(["network", "compute"] * 25)
    assert asyncio.run(_most_at_once(lambda: traffic.turn(next(services), _BOOT), 50)) == 2


def test_who_says_later_gets_less() -> None:
    """A 429 among the answers halves what may be under way."""
    cloud = fake_cloud(FakeTransport())
    sort = Meter.sort(_BOOT.method, _BOOT.path)
    cloud.meter.note("compute", sort, 0.15, 25)
    traffic = Traffic(cloud)

    async def run() -> int:
        async with traffic.turn("compute", _BOOT):
            cloud.meter.note("compute", sort, 0.01, 1, later=True)
        return await _most_at_once(lambda: traffic.turn("compute", _BOOT), 100)

    assert 25 <= asyncio.run(run()) <= 30


def test_the_furthest_goes_first() -> None:
    """And it is calm when the last has got its turn."""
    traffic = _traffic(way=0.003, work=0.08)
    passed: list[str] = []

    async def go(name: str, level: int) -> None:
        async with traffic.turn("network", _LEG, level=level):
            await asyncio.sleep(0)
            passed.append(name)

    async def calm() -> None:
        await traffic.until_calm()
        passed.append("calm")

    async def run() -> None:
        await calm()
        async with asyncio.TaskGroup() as group:
            for name, level in (("first", 0), ("network", 0), ("subnet", 1), ("interface", 2)):
                group.create_task(go(name, level))
            await asyncio.sleep(0)
            group.create_task(calm())

    asyncio.run(run())
    assert passed == ["calm", "first", "interface", "subnet", "calm", "network"]
