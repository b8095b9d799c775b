# SPDX-License-Identifier: Apache-2.0
"""Walking a plan: order, bulk, failure, stopping."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from tests.fakes.fake_actions import FakeActions
from tests.fakes.toy_kinds import BedState

from stackloom.cloud.mark import Address
from stackloom.errors import Conflict, StackloomError, WentToError
from stackloom.scenario.events import Event, Outcome, StepEnded, StepStarted
from stackloom.scenario.executor import Executor
from stackloom.scenario.plan import Action, Plan, Step, StepKey


def _address(text: str) -> Address:
    kind, name = text.split(".")
    return Address(kind, name)


def _step(
    text: str, action: Action = Action.CREATE, needs: str = "", *, after_deletes: bool = False
) -> Step:
    """Build a step; *needs* are addresses, with ``-`` before those whose delete is meant."""
    keys = {StepKey(_address(each.lstrip("-")), each.startswith("-")) for each in needs.split()}
    return Step(
        address=_address(text),
        action=action,
        state=None if action is Action.CREATE else BedState(id=f"old {text}"),
        needs=frozenset(keys),
        after_deletes=after_deletes,
    )


def _plan(*steps: Step) -> Plan:
    return Plan(scenario="garden", steps=steps)


def _run(plan: Plan, actions: FakeActions, *, bulk_kinds: Iterable[str] = ()) -> list[str]:
    """Carry a plan out and return its outcomes, each in a line."""
    executor = Executor(plan, actions, bulk_kinds=list(bulk_kinds), now=lambda: 0.0)
    return _told(asyncio.run(executor.run()))


def _told(outcomes: Iterable[Outcome]) -> list[str]:
    lines = []
    for outcome in outcomes:
        what = f"{outcome.step.action.value} {outcome.step.address}: {outcome.result.value}"
        what += f" {outcome.id}" if outcome.id else ""
        what += f" because of {outcome.blamed}" if outcome.blamed else ""
        lines.append(what + (f" with {outcome.error}" if outcome.error else ""))
    return lines


def test_each_step_begins_after_those_that_it_needs_have_settled() -> None:
    """Created and usable first; the ids are known to what comes after."""
    actions = FakeActions()
    plan = _plan(_step("bed.a"), _step("plant.b", needs="bed.a"), _step("hut.c", needs="plant.b"))
    assert _run(plan, actions) == [
        "create bed.a: done id of bed.a",
        "create plant.b: done id of plant.b",
        "create hut.c: done id of hut.c",
    ]
    assert actions.calls == [
        "create bed.a",
        "settle id of bed.a of bed.a",
        "create plant.b",
        "settle id of plant.b of plant.b",
        "create hut.c",
        "settle id of hut.c of hut.c",
    ]
    assert actions.ids_seen[Address("hut", "c")] == {
        Address("bed", "a"): "id of bed.a",
        Address("plant", "b"): "id of plant.b",
    }


def test_ids_of_what_is_there_are_known_from_the_beginning() -> None:
    """Of what is kept and what is updated, not of what goes away."""
    actions = FakeActions()
    plan = _plan(
        _step("bed.gone", Action.DELETE),
        _step("bed.kept", Action.KEEP),
        _step("bed.new", Action.UPDATE),
        _step("plant.b"),
    )
    _run(plan, actions)
    known = {Address("bed", "kept"): "old bed.kept", Address("bed", "new"): "old bed.new"}
    assert actions.ids_seen == {Address("plant", "b"): known, Address("bed", "new"): known}


def test_creates_of_a_bulk_kind_that_are_ready_together_go_together() -> None:
    """Others go one by one; a second wave is a second request."""
    actions = FakeActions()
    plan = _plan(
        _step("bed.a"),
        _step("bed.b"),
        _step("hut.c"),
        _step("hut.d"),
        _step("bed.e", needs="hut.c"),
        _step("bed.f", needs="hut.c"),
    )
    _run(plan, actions, bulk_kinds=["bed"])
    assert [call for call in actions.calls if call.startswith("create")] == [
        "create bed.a bed.b",
        "create hut.c",
        "create hut.d",
        "create bed.e bed.f",
    ]


def test_what_one_bulk_makes_ready_goes_together_too() -> None:
    """Though the beds settle one after the other, their plants are one request."""
    actions = FakeActions()
    plan = _plan(
        _step("bed.a"),
        _step("bed.b"),
        _step("plant.c", needs="bed.a"),
        _step("plant.d", needs="bed.b"),
        _step("plant.e", needs="bed.a bed.b"),
    )
    _run(plan, actions, bulk_kinds=["bed", "plant"])
    assert [call for call in actions.calls if call.startswith("create")] == [
        "create bed.a bed.b",
        "create plant.c plant.d plant.e",
    ]


def test_a_bulk_that_is_being_gathered_when_stopped_does_not_begin() -> None:
    """Gathering is not yet being under way."""

    def stop_when_b_is_done(event: Event) -> None:
        if isinstance(event, StepEnded) and event.outcome.step.address.name == "b":
            executor.stop()

    plan = _plan(_step("bed.a"), _step("bed.b"), _step("plant.c", needs="bed.a"))
    executor = Executor(
        plan, FakeActions(), bulk_kinds=["bed", "plant"], tell=stop_when_b_is_done, now=lambda: 0.0
    )
    assert _told(asyncio.run(executor.run())) == [
        "create bed.a: done id of bed.a",
        "create bed.b: done id of bed.b",
        "create plant.c: stopped",
    ]


def test_updates_and_deletes_go_one_by_one() -> None:
    """An update settles afterwards, a delete has nothing left to settle."""
    actions = FakeActions()
    plan = _plan(_step("bed.a", Action.UPDATE), _step("bed.b", Action.DELETE))
    assert _run(plan, actions, bulk_kinds=["bed"]) == [
        "update bed.a: done old bed.a",
        "delete bed.b: done",
    ]
    assert actions.calls == ["update bed.a", "delete bed.b", "settle old bed.a of bed.a"]


def test_what_is_kept_settles_and_is_not_announced() -> None:
    """A server of an interrupted run may still be on its way; nothing of it begins now."""
    actions, events = FakeActions(), list[Event]()
    plan = _plan(_step("bed.a", Action.KEEP), _step("plant.b", needs="bed.a"))
    asyncio.run(Executor(plan, actions, tell=events.append, now=lambda: 0.0).run())
    assert actions.calls[:2] == ["settle old bed.a of bed.a", "create plant.b"]
    assert [type(event).__name__ for event in events] == ["StepEnded", "StepStarted", "StepEnded"]


def test_a_failure_skips_only_what_is_behind_it() -> None:
    """Other branches go on to their end, and outcomes come in the order of the plan."""
    failure = Conflict("it is taken")
    actions = FakeActions(failures={"create bed.a": failure})
    plan = _plan(
        _step("bed.a"),
        _step("bed.b"),
        _step("plant.c", needs="bed.a bed.b"),
        _step("hut.d", needs="plant.c"),
        _step("hut.e", needs="bed.b"),
    )
    assert _run(plan, actions) == [
        "create bed.a: failed with it is taken",
        "create bed.b: done id of bed.b",
        "create plant.c: skipped because of bed.a",
        "create hut.d: skipped because of bed.a",
        "create hut.e: done id of hut.e",
    ]


@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
def test_an_update_or_delete_may_fail_like_a_create(action: Action) -> None:
    """The error is that of the step; who waited is skipped."""
    actions = FakeActions(failures={f"{action.value} bed.a": Conflict("in use")})
    needs = "-bed.a" if action is Action.DELETE else "bed.a"
    plan = _plan(_step("bed.a", action), _step("plant.b", needs=needs))
    assert _run(plan, actions) == [
        f"{action.value} bed.a: failed with in use",
        "create plant.b: skipped because of bed.a",
    ]


def test_what_was_made_and_does_not_settle_has_failed_and_keeps_its_id() -> None:
    """It is there, and somebody has to look at it."""
    actions = FakeActions(failures={"settle hut.a": WentToError("no valid host")})
    plan = _plan(_step("hut.a"), _step("plant.b", needs="hut.a"))
    assert _run(plan, actions) == [
        "create hut.a: failed id of hut.a with no valid host",
        "create plant.b: skipped because of hut.a",
    ]


def test_one_of_a_bulk_may_fail_alone() -> None:
    """The others of the same request are done."""
    actions = FakeActions(failures={"create bed.b": Conflict("taken")})
    plan = _plan(_step("bed.a"), _step("bed.b"), _step("bed.c"))
    assert _run(plan, actions, bulk_kinds=["bed"]) == [
        "create bed.a: done id of bed.a",
        "create bed.b: failed with taken",
        "create bed.c: done id of bed.c",
    ]


def test_an_error_of_a_whole_bulk_is_that_of_each_in_it() -> None:
    """None of them is lost."""
    actions = FakeActions(failures={"create bed.a bed.b": StackloomError("nothing works")})
    assert _run(_plan(_step("bed.a"), _step("bed.b")), actions, bulk_kinds=["bed"]) == [
        "create bed.a: failed with nothing works",
        "create bed.b: failed with nothing works",
    ]


def test_creates_wait_for_the_last_delete_of_their_kind() -> None:
    """Those that say so; of another kind, or without saying so, they begin at once."""
    actions = FakeActions()
    plan = _plan(
        _step("bed.a", Action.DELETE, needs="-bed.b"),
        _step("bed.b", Action.DELETE),
        _step("bed.c", after_deletes=True),
        _step("bed.d", after_deletes=True),
        _step("bed.e"),
        _step("hut.f", after_deletes=True),
    )
    _run(plan, actions, bulk_kinds=["bed"])
    assert [call for call in actions.calls if not call.startswith("settle")] == [
        "delete bed.b",
        "create bed.e",
        "create hut.f",
        "delete bed.a",
        "create bed.c bed.d",
    ]


def test_a_delete_that_fails_skips_the_creates_of_its_kind() -> None:
    """What it held may still be held; each is skipped once, also where another delete follows."""
    actions = FakeActions(failures={"delete bed.a": Conflict("in use")})
    plan = _plan(
        _step("bed.a", Action.DELETE),
        _step("bed.b", Action.DELETE),
        _step("bed.c", after_deletes=True),
        _step("plant.d", needs="bed.c"),
    )
    assert _run(plan, actions) == [
        "delete bed.a: failed with in use",
        "delete bed.b: done",
        "create bed.c: skipped because of bed.a",
        "create plant.d: skipped because of bed.a",
    ]


def test_stop_lets_what_is_under_way_end_and_begins_nothing_more() -> None:
    """What waited for something that is done is stopped as well as what waited for that."""

    plan = _plan(
        _step("bed.a"),
        _step("bed.b"),
        _step("plant.c", needs="bed.a"),
        _step("hut.d", needs="plant.c"),
    )
    executor: Executor

    def stop_at_b(call: str) -> None:
        if call == "create bed.b":
            executor.stop()

    executor = Executor(plan, FakeActions(on_call=stop_at_b), now=lambda: 0.0)
    assert _told(asyncio.run(executor.run())) == [
        "create bed.a: done id of bed.a",
        "create bed.b: done id of bed.b",
        "create plant.c: stopped",
        "create hut.d: stopped",
    ]


def test_stop_before_the_beginning_begins_nothing() -> None:
    """Every step has an outcome all the same."""
    actions = FakeActions()
    executor = Executor(_plan(_step("bed.a"), _step("bed.b", needs="bed.a")), actions)
    executor.stop()
    outcomes = _told(asyncio.run(executor.run()))
    assert (outcomes, actions.calls) == (["create bed.a: stopped", "create bed.b: stopped"], [])


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    """An error that is no StackloomError ends the run; it is no outcome of a step."""
    actions = FakeActions(failures={"update bed.a": KeyError("id")})
    with pytest.raises(ExceptionGroup) as caught:
        _run(_plan(_step("bed.a", Action.UPDATE), _step("bed.b")), actions)
    inner: BaseException = caught.value
    while isinstance(inner, BaseExceptionGroup):
        (inner,) = inner.exceptions
    assert repr(inner) == "KeyError('id')"


def test_cancelling_ends_the_run_and_everything_under_way() -> None:
    """The cancellation comes out as one, and no task is left behind."""

    async def run() -> tuple[bool, list[str], int]:
        begun = asyncio.Event()
        actions = FakeActions(
            gates={"create bed.a": asyncio.Event()}, on_call=lambda _call: begun.set()
        )
        executor = Executor(_plan(_step("bed.a"), _step("bed.b", needs="bed.a")), actions)
        running = asyncio.ensure_future(executor.run())
        await begun.wait()
        running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            return True, actions.calls, len(asyncio.all_tasks())
        return False, actions.calls, len(asyncio.all_tasks())

    assert asyncio.run(run()) == (True, ["create bed.a"], 1)


def test_events_and_outcomes_carry_the_seconds_that_a_step_took() -> None:
    """From its first request to when it is usable, by the clock that was handed in."""
    clock = iter([10.0, 12.5])
    events = list[Event]()
    plan = _plan(_step("bed.a"))
    executor = Executor(plan, FakeActions(), tell=events.append, now=lambda: next(clock))
    (outcome,) = asyncio.run(executor.run())
    assert outcome.seconds == 2.5
    assert events == [StepStarted(step=plan.steps[0]), StepEnded(outcome=outcome)]


@pytest.mark.slow
def test_a_chain_and_a_crowd_of_thousands_are_walked() -> None:
    """Neither depth nor width is limited by a stack, and many creates wait for many deletes."""
    chain = [_step("bed.c0")]
    chain += [_step(f"bed.c{n}", needs=f"bed.c{n - 1}") for n in range(1, 2000)]
    crowd = [_step(f"hut.d{n}", Action.DELETE) for n in range(2000)]
    crowd += [_step(f"hut.w{n}", after_deletes=True) for n in range(2000)]
    actions = FakeActions()
    outcomes = _run(_plan(*chain, *crowd), actions, bulk_kinds=["hut"])
    assert len(outcomes) == 6000
    assert {line.rpartition(": ")[2].split(" ")[0] for line in outcomes} == {"done"}
    assert sum(call.startswith("create hut") for call in actions.calls) == 1
