# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong with whichever request: apply again, and all is well; nothing is left."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.fakes.weaving import (
    apply,
    changes,
    destroy,
    executor,
    open_cloud,
    plan,
    results,
    scenario,
)

from stackloom.errors import StackloomError

WOVEN = scenario(
    """\
scenario: s
networks:
  blue: {cidr: 10.1.0.0/24}
  green: {cidr: 10.2.0.0/24}
  red: {}
ports:
  fixed: {network: blue, fixed_ips: [{subnet: blue, ip_address: 10.1.0.77}]}
  free: {network: green}
routers:
  hub: {connects: [blue, green]}
servers:
  alice: {image: cirros, flavor: m1.tiny, networks: [blue]}
  bob: {image: cirros, flavor: m1.tiny, networks: [green], ports: [fixed]}
"""
)
END_STATE = [
    "network blue",
    "network green",
    "network red",
    "port - on blue of alice",
    "port - on blue of hub",
    "port - on green of bob",
    "port - on green of hub",
    "port fixed on blue of bob",
    "port free on green of nobody",
    "router hub",
    "server alice ACTIVE",
    "server bob ACTIVE",
    "subnet blue 10.1.0.0/24 on blue",
    "subnet green 10.2.0.0/24 on green",
]


def _requests_of_a_run(*, destroying: bool) -> int:
    """Count the requests of an apply, or of a destroy, that nothing disturbs."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, WOVEN))
    applied = len(cloud.requests)
    asyncio.run(destroy(cloud, WOVEN))
    return len(cloud.requests) - applied if destroying else applied


APPLY_REQUESTS = _requests_of_a_run(destroying=False)
DESTROY_REQUESTS = _requests_of_a_run(destroying=True)


def _posts(cloud: FakeCloud) -> Counter[str]:
    return Counter(line for line in cloud.requests if line.startswith("POST /v2"))


async def _try(cloud: FakeCloud, *, destroying: bool = False) -> bool:
    """Apply or destroy, and tell whether every step was done."""
    try:
        outcomes = await (destroy(cloud, WOVEN) if destroying else apply(cloud, WOVEN))
    except StackloomError:
        return False
    return set(results(outcomes).values()) <= {"done"}


async def _mend(cloud: FakeCloud) -> None:
    """Apply once more, and see that all is as it should be; then destroy."""
    await apply(cloud, WOVEN)
    assert cloud.told() == END_STATE
    assert await changes(cloud, WOVEN) == []
    await destroy(cloud, WOVEN)
    assert cloud.told() == []


@pytest.mark.slow
@pytest.mark.parametrize("trouble", [each for each in Trouble if each is not Trouble.GONE])
def test_a_trouble_with_any_request_of_an_apply_is_mended_by_the_next(trouble: Trouble) -> None:
    """For every request there is: the end state is the same, without doubles."""
    for number in range(1, APPLY_REQUESTS + 1):
        cloud = FakeCloud(faults=[Fault(trouble=trouble, number=number)])
        asyncio.run(_try(cloud))
        assert len(cloud.told()) <= len(END_STATE), f"a double after {trouble} of {number}"
        asyncio.run(_mend(cloud))


@pytest.mark.slow
@pytest.mark.parametrize("trouble", Trouble)
def test_a_trouble_with_any_request_of_a_destroy_is_mended_by_the_next(trouble: Trouble) -> None:
    """For every request there is: nothing is left, and what is not ours is untouched."""
    for number in range(1, DESTROY_REQUESTS + 1):
        cloud = FakeCloud()
        cloud.tables["network"]["theirs"] = {"id": "theirs", "name": "blue", "description": ""}
        asyncio.run(apply(cloud, WOVEN))
        cloud.faults = [Fault(trouble=trouble, number=len(cloud.requests) + number)]
        asyncio.run(_try(cloud, destroying=True))
        asyncio.run(_try(cloud, destroying=True))
        assert cloud.told() == ["network blue"]


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.LOST_BEFORE,
        Trouble.LOST_AFTER,
        Trouble.FAULT_BEFORE,
        Trouble.FAULT_AFTER,
        Trouble.GATEWAY_BEFORE,
        Trouble.GATEWAY_AFTER,
        Trouble.BUSY,
        Trouble.UNAUTHORIZED,
        Trouble.NONSENSE_AFTER,
        Trouble.EMPTY_AFTER,
    ],
)
def test_no_create_fails_for_a_single_lost_answer(trouble: Trouble) -> None:
    """One trouble with each kind's creates in the same run: every step is done all the same."""
    creates = ["networks", "subnets", "ports", "routers$", "routers/.*/add_router_interface"]
    faults = [Fault(trouble=trouble, on=f"(POST|PUT) /v2.0/{each}") for each in creates]
    cloud = FakeCloud(faults=[*faults, Fault(trouble=trouble, on="POST /v2.1/servers")])
    assert asyncio.run(_try(cloud))
    assert cloud.told() == END_STATE
    assert all(fault.times == 0 for fault in faults)


def test_nothing_is_sent_twice_when_every_answer_of_a_create_is_lost() -> None:
    """Each POST is found by its mark, so that none is repeated."""
    undisturbed = FakeCloud()
    asyncio.run(apply(undisturbed, WOVEN))
    cloud = FakeCloud(faults=[Fault(trouble=Trouble.LOST_AFTER, on="POST /v2", times=99)])
    assert asyncio.run(_try(cloud))
    assert _posts(cloud) == _posts(undisturbed)


@pytest.mark.slow
def test_an_apply_that_is_stopped_after_any_request_is_finished_by_the_next() -> None:
    """Stopping begins nothing more, whatever is under way ends."""

    async def run(number: int) -> None:
        cloud = FakeCloud()
        async with open_cloud(cloud) as opened:
            made = await plan(opened, WOVEN)
            walker = executor(opened, WOVEN, made)

            def stop(count: int, handled: bool) -> None:
                if handled and count >= number:
                    walker.stop()

            cloud.on_request = stop
            outcomes = await walker.run()
            assert set(results(outcomes).values()) <= {"done", "stopped"}
        await _mend(cloud)

    for number in range(1, APPLY_REQUESTS + 1):
        asyncio.run(run(number))


async def _cancelled(cloud: FakeCloud, number: int, *, after: bool, destroying: bool) -> None:
    """Cancel a run at one of its requests, before or after the cloud has handled it."""
    begun = len(cloud.requests)
    running = asyncio.ensure_future(_try(cloud, destroying=destroying))

    def cancel(count: int, handled: bool) -> None:
        if count == begun + number and handled is after:
            running.cancel()

    cloud.on_request = cancel
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_apply_that_is_cancelled_at_any_request_is_finished_by_the_next(after: bool) -> None:
    """A second Ctrl-C leaves at once; the marks tell the next run what is there."""

    async def run(number: int) -> None:
        cloud = FakeCloud()
        await _cancelled(cloud, number, after=after, destroying=False)
        await _mend(cloud)

    for number in range(1, APPLY_REQUESTS + 1):
        asyncio.run(run(number))


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_destroy_that_is_cancelled_at_any_request_is_finished_by_the_next(after: bool) -> None:
    """Nothing is left."""

    async def run(number: int) -> None:
        cloud = FakeCloud()
        await apply(cloud, WOVEN)
        await _cancelled(cloud, number, after=after, destroying=True)
        await destroy(cloud, WOVEN)
        assert cloud.told() == []

    for number in range(1, DESTROY_REQUESTS + 1):
        asyncio.run(run(number))


def test_a_cloud_that_is_down_in_the_middle_leaves_what_is_made() -> None:
    """Everything after the fifth change is refused a connection; the next run goes on."""
    cloud = FakeCloud()
    cloud.faults = [
        Fault(trouble=Trouble.NOT_SENT, number=number) for number in range(13, APPLY_REQUESTS + 60)
    ]
    assert not asyncio.run(_try(cloud))
    made = cloud.told()
    assert 0 < len(made) < len(END_STATE)
    cloud.faults = []
    asyncio.run(_mend(cloud))
