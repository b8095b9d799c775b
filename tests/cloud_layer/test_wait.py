# SPDX-License-Identifier: Apache-2.0
"""One poll for all who wait; on a cloud whose servers change from list to list."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import fake_cloud
from tests.fakes.transport import FakeTransport, answer

from stackloom.cloud.kind import Kind, Progress, State
from stackloom.cloud.wait import Watch, first_look_seconds, pause_before_look
from stackloom.errors import ServerFault, TimedOut, WentToError
from stackloom.transport.client import Answer
from stackloom.transport.meter import Meter


class _Plant(State, frozen=True, kw_only=True):
    status: str = ""


_PROGRESS = {"GROWN": Progress.READY, "DEAD": Progress.FAILED}
_KIND = Kind(
    name="plant",
    plural="plants",
    service="network",
    path="/plants",
    state=_Plant,
    progress=lambda state: _PROGRESS.get(state.status, Progress.WAITING),
    failure=lambda state: state.description or "",
)
_LIST = "/networking/plants"


def _list(status_by_id: Mapping[str, str]) -> Answer:
    plants = [{"id": id, "status": status} for id, status in status_by_id.items()]
    return answer(200, {"plants": plants})


class _Garden:
    """A watch over plants, and everything around it."""

    def __init__(self) -> None:
        self.transport = FakeTransport()
        self.clock = FakeClock()
        self.cloud = fake_cloud(self.transport)
        self.watch = Watch(self.cloud, _KIND, sleep=self.clock.sleep, now=self.clock.now)

    def shows(self, *lists: Mapping[str, str]) -> None:
        """Answer each poll with the next of *lists*; the last stays."""
        self.transport.on("GET", _LIST, *(_list(each) for each in lists))

    @property
    def polls(self) -> int:
        """How often the list was asked for."""
        return len(self.transport.sent("GET", _LIST))


@pytest.fixture
def garden() -> _Garden:
    """A new garden."""
    return _Garden()


def test_a_resource_is_awaited_until_it_is_ready(garden: _Garden) -> None:
    """It may not be listed at first; its state is returned as it is in the end."""
    garden.shows({}, {"a": "SOWN"}, {"a": "GROWN"})
    ready = asyncio.run(garden.watch.until_ready("a", within_seconds=60))
    assert ready == _Plant(id="a", status="GROWN")
    assert garden.polls == 3


def test_the_pauses_grow_with_the_wait(garden: _Garden) -> None:
    """The first look comes after a second, the others after a fifth of the time waited so far."""
    garden.shows(*[{"a": "SOWN"}] * 24, {"a": "GROWN"})
    asyncio.run(garden.watch.until_ready("a", within_seconds=600))
    pauses = [round(pause, 2) for pause in garden.clock.pauses]
    assert pauses[:8] == [1.0, 0.3, 0.3, 0.32, 0.38, 0.46, 0.55, 0.66]
    assert pauses[-4:] == [8.52, 10.0, 10.0, 10.0]


def test_what_is_deleted_is_looked_for_as_what_is_made(garden: _Garden) -> None:
    """Not before it may be gone."""
    garden.shows({"a": "GROWN"}, {})
    asyncio.run(garden.watch.until_gone("a", within_seconds=60))
    assert garden.clock.pauses == [1.0, 0.3]


@pytest.mark.parametrize(
    ("waited", "look", "pause"),
    [
        pytest.param(0.0, 0.0, 1.0, id="nothing can have happened yet"),
        pytest.param(0.6, 0.3, 0.75, id="a look takes long: the service is busy"),
        pytest.param(0.9, 0.0, 0.3, id="the first second is nearly over"),
        pytest.param(20.0, 0.1, 4.0, id="a fifth of the wait"),
        pytest.param(600.0, 0.1, 10.0, id="ten seconds at most"),
        pytest.param(2.0, 60.0, 1.0, id="a second, however slow a look is"),
    ],
)
def test_a_pause_is_long_where_looking_is_of_no_use(
    waited: float, look: float, pause: float
) -> None:
    """It depends on how long the wait is, and on what a look costs."""
    assert pause_before_look(waited, 1.0, look) == pytest.approx(pause)


def test_who_begins_to_wait_makes_the_pauses_short_again(garden: _Garden) -> None:
    """A new resource is looked at soon, whatever was awaited before."""
    garden.shows(*[{"a": "SOWN"}] * 5, {"a": "GROWN", "b": "GROWN"})
    asyncio.run(garden.watch.until_ready("a", within_seconds=600))
    asyncio.run(garden.watch.until_ready("b", within_seconds=600))
    assert 0.5 <= garden.clock.pauses[-1] <= 1.0


def test_forty_who_wait_share_one_poll(garden: _Garden) -> None:
    """Forty servers that become ready at the third list cost three requests, not 120."""
    ids = [f"plant-{number}" for number in range(40)]
    sown = dict.fromkeys(ids, "SOWN")
    garden.shows(sown, sown, dict.fromkeys(ids, "GROWN"))

    async def run() -> list[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(garden.watch.until_ready(id, within_seconds=60)) for id in ids
            ]
        return [task.result().id for task in tasks]

    assert asyncio.run(run()) == ids
    assert garden.polls == 3
    # The clock went on before the second began: the first look waited for all the others, once.
    assert garden.clock.pauses == [1.0, 1.0, 0.3, 0.3]


def test_a_look_is_put_off_once_for_those_who_came_meanwhile(garden: _Garden) -> None:
    """Not for ever, where somebody comes all the time."""
    later = ["b", "c", "d"]
    garden.shows(dict.fromkeys("abcd", "GROWN"))

    async def run() -> None:
        async with asyncio.TaskGroup() as group:

            async def sleep(seconds: float) -> None:
                await garden.clock.sleep(seconds / 2)
                if later:
                    group.create_task(watch.until_ready(later.pop(0), within_seconds=60))
                await garden.clock.sleep(seconds / 2)

            watch = Watch(garden.cloud, _KIND, sleep=sleep, now=garden.clock.now)
            group.create_task(watch.until_ready("a", within_seconds=60))

    asyncio.run(run())
    # For b once, and not again for c, which came while it was put off.
    assert garden.clock.pauses == [0.5, 0.5, 0.5, 0.5]
    assert (later, garden.polls) == (["d"], 1)


def test_who_waits_for_an_end_shares_the_poll_too(garden: _Garden) -> None:
    """Some wait for a resource to come, others for one to go, on the same lists."""
    garden.shows({"old": "GROWN", "new": "SOWN"}, {"new": "GROWN"})

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(garden.watch.until_ready("new", within_seconds=60))
            group.create_task(garden.watch.until_gone("old", within_seconds=60))

    asyncio.run(run())
    assert garden.polls == 2


def test_what_the_cloud_gave_up_is_told_with_its_reason() -> None:
    """The error has the cloud's own words and the last state."""
    garden = _Garden()
    plant = {"id": "a", "status": "DEAD", "description": "No valid host was found."}
    garden.transport.on("GET", _LIST, answer(200, {"plants": [plant]}))
    with pytest.raises(WentToError) as caught:
        asyncio.run(garden.watch.until_ready("a", within_seconds=60))
    assert caught.value.message == "it went to ERROR: No valid host was found."
    assert caught.value.last == _Plant(
        id="a", status="DEAD", description="No valid host was found."
    )


def test_a_failure_without_a_reason_says_so(garden: _Garden) -> None:
    """Where the cloud gives no reason none is made up."""
    garden.shows({"a": "DEAD"})
    with pytest.raises(WentToError) as caught:
        asyncio.run(garden.watch.until_ready("a", within_seconds=60))
    assert caught.value.message == "it went to ERROR: the cloud gives no reason"


def test_a_wait_ends_in_time_with_what_was_seen_last(garden: _Garden) -> None:
    """After the time is up one more look is enough; the state that it saw goes with the error."""
    garden.shows({"a": "SOWN"})
    with pytest.raises(TimedOut) as caught:
        asyncio.run(garden.watch.until_ready("a", within_seconds=5))
    assert caught.value.message == "it is not ready after 5 s"
    assert caught.value.hint == "it may still get there; run the command again to go on"
    assert caught.value.last == _Plant(id="a", status="SOWN")
    assert garden.polls == len(garden.clock.pauses) == 10
    assert garden.clock.seconds == pytest.approx(5.73, abs=0.01)


def test_what_never_shows_up_has_no_last_state(garden: _Garden) -> None:
    """A resource that is not listed at all is timed out too."""
    garden.shows({})
    with pytest.raises(TimedOut) as caught:
        asyncio.run(garden.watch.until_ready("a", within_seconds=1))
    assert caught.value.last is None


def test_what_is_gone_ends_the_wait(garden: _Garden) -> None:
    """A resource that is not listed any more is gone."""
    garden.shows({"a": "GROWN"}, {"a": "GROWN"}, {})
    asyncio.run(garden.watch.until_gone("a", within_seconds=60))
    assert garden.polls == 3


def test_what_stays_is_told_with_its_state(garden: _Garden) -> None:
    """A resource that does not go is timed out with what it was last."""
    garden.shows({"a": "GROWN"})
    with pytest.raises(TimedOut) as caught:
        asyncio.run(garden.watch.until_gone("a", within_seconds=2))
    assert caught.value.message == "it is still there after 2 s"
    assert caught.value.last == _Plant(id="a", status="GROWN")


def test_a_poll_that_fails_is_everybodys_own_failure(garden: _Garden) -> None:
    """Who made the poll is told; the others poll for themselves and may have more luck."""
    garden.transport.on("GET", _LIST, answer(500), _list({"a": "GROWN", "b": "GROWN"}))

    async def outcome(id: str) -> str:
        try:
            return (await garden.watch.until_ready(id, within_seconds=60)).status
        except ServerFault:
            return "told"

    async def run() -> list[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outcome(id)) for id in "ab"]
        return [task.result() for task in tasks]

    assert asyncio.run(run()) == ["told", "GROWN"]


def test_who_gives_up_does_not_stop_the_others(garden: _Garden) -> None:
    """The one who polls may be cancelled; another takes the next turn."""
    garden.shows({"a": "SOWN", "b": "SOWN"}, {"a": "GROWN", "b": "GROWN"})

    async def run() -> str:
        first = asyncio.ensure_future(garden.watch.until_ready("a", within_seconds=60))
        second = asyncio.ensure_future(garden.watch.until_ready("b", within_seconds=60))
        await asyncio.sleep(0)  # the first has begun
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return (await second).status

    assert asyncio.run(run()) == "GROWN"


def test_a_cloud_nearby_is_looked_at_sooner() -> None:
    """Its quickest answer tells how far it is; before the first nobody knows."""
    meter = Meter()
    assert first_look_seconds(None) == first_look_seconds(meter) == 1.0
    meter.quickest_seconds = 0.01
    assert first_look_seconds(meter) == pytest.approx(0.52)
    meter.quickest_seconds = 0.15
    assert first_look_seconds(meter) == pytest.approx(0.8)
    meter.quickest_seconds = 2.0
    assert first_look_seconds(meter) == 1.0
