# SPDX-License-Identifier: Apache-2.0
"""Carry steps out on a cloud, so that nothing is made twice.

A create whose answer was lost is looked up by its mark before it is sent again. Several creates of
one kind go out as one request where the API has it; if that one is refused, singly, which finds the
culprit. What to send, the kinds say.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import msgspec

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Call, Difference, Kind, Progress, Spec
from stackloom.cloud.mark import Address
from stackloom.cloud.together import together
from stackloom.cloud.verbs import call, decode_many
from stackloom.cloud.wait import Watch, pause_before_look
from stackloom.errors import (
    BadAnswer,
    BadRequest,
    CloudError,
    Conflict,
    InDoubt,
    NotFound,
    ServerFault,
    StackloomError,
    TimedOut,
    Unchangeable,
    WentToError,
)
from stackloom.scenario.attributes import filled
from stackloom.scenario.events import StepAccepted, StepInDoubt, Tell, tell_nobody
from stackloom.scenario.executor import IdByAddress
from stackloom.scenario.graph import levels
from stackloom.scenario.holders import explained
from stackloom.scenario.model import Kinds, Scenario, references
from stackloom.scenario.observe import list_kinds, marked_states
from stackloom.scenario.pace import is_near
from stackloom.scenario.plan import Action, Plan, Step
from stackloom.scenario.planner import KnownIds
from stackloom.scenario.traffic import Traffic
from stackloom.transport.client import Answer

# A Neutron bulk request is one transaction; a long one holds locks and risks a gateway's timeout.
MOST_IN_BULK = 50
# A cloud nearby works on a bulk longer than a request is under way; a part of it is there sooner.
MOST_IN_NEAR_BULK = 4
READY_WITHIN_SECONDS = 600.0
GONE_WITHIN_SECONDS = 300.0
# With a database of several writers a list may lag a create by a moment.
LOOK_AGAIN_AFTER_SECONDS = (0.0, 1.0, 2.0)
# So long a refusal may mean that what was asked for before is still under way.
UNDER_WAY_SECONDS = 60.0
# So long after something was made, a 404 may mean that not every part of the cloud knows it yet.
FRESH_SECONDS = 15.0
# So long nobody looks, nearby, at what nobody waits for, as long as there is something to send.
LOOK_LATER_SECONDS = 30.0
# Of a change whose answer was lost, or which somebody else's came before.
TRIES = 3
# What Neutron answers to an If-Match that does not match.
STALE = 412

Sleep = Callable[[float], Awaitable[None]]


def always() -> None:
    """Go on: for whoever works on a scenario alone."""


class CloudActions:
    """Makes, changes and deletes the resources of one scenario.

    Args:
        plan: what will be carried out; it knows what is there already.
        may_go_on: asked right before each request that changes something, each repetition too;
            raises ``LostLease`` where somebody else may work on the scenario by now.
        sleep: how pauses are spent; tests pass their own.
    """

    def __init__(
        self,
        cloud: Cloud,
        kinds: Kinds,
        scenario: Scenario,
        plan: Plan,
        *,
        tell: Tell = tell_nobody,
        may_go_on: Callable[[], None] = always,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cloud = cloud
        self._kinds = {name: _as_needed(kind) for name, kind in kinds.items()}
        self._scenario = scenario
        self._found = plan.found
        self._tell = tell
        self._may_go_on = may_go_on
        self._sleep = sleep
        self._now = now
        self._traffic = Traffic(cloud)
        self._levels = levels({step.key: step.needs for step in plan.steps})
        self._needed = {need for step in plan.steps for need in step.needs}
        self._watches = {name: self._watch(kind) for name, kind in self._kinds.items()}
        self._fresh: dict[Address, Any] = {}
        self._states: dict[Address, Any] = {
            step.address: step.state
            for step in plan.steps
            if step.action in {Action.KEEP, Action.UPDATE}
        }
        self._incomplete: set[Address] = set()
        self._completing = asyncio.Lock()
        self._settled: set[Address] = set()
        self._last_made = -FRESH_SECONDS

    async def create(
        self, steps: Sequence[Step], ids: IdByAddress
    ) -> Mapping[Address, str | StackloomError]:
        """Make all of *steps*; see ``executor.Actions``."""
        made: dict[Address, str | StackloomError] = {}
        if len(steps) > 1:
            try:
                # Nearby, one bulk of a kind after the other: then the first is there soon, and what
                # waits for it goes on beside the next.
                lane = f"bulk {steps[0].address.kind}" if self._is_near else ""
                async with self._traffic.lane(lane, "", None):
                    made |= await self._create_in_bulk(steps, ids)
            except StackloomError as error:
                # In doubt, and the look failed: nothing is known, so nothing is sent again.
                return {step.address: error for step in steps}
        rest = [step for step in steps if step.address not in made]
        singles = await together(self._create_one(step, ids) for step in rest)
        return made | {step.address: one for step, one in zip(rest, singles, strict=True)}

    def bulk_size(self) -> int:
        """Return how many of a kind to make in one request: few where a request costs no way."""
        return MOST_IN_NEAR_BULK if self._is_near else MOST_IN_BULK

    @property
    def _is_near(self) -> bool:
        return is_near(self._cloud.meter)

    async def update(self, step: Step, ids: IdByAddress) -> None:
        """Bring about what differs, with the ids that are known by now."""
        kind = self._kinds[step.address.kind]
        async with self._lane(kind, step):
            if takes_time(kind, step.differences):
                state = await self._change_in_time(kind, step, ids)
            else:
                state = await self._converge(kind, step, step.state, ids)
        if state is not None:
            self._states[step.address] = state

    async def delete(self, step: Step) -> None:
        """Take it away; one that is gone already is fine."""
        kind = self._kinds[step.address.kind]
        try:
            requests = kind.delete_calls(step.state)
            async with self._lane(kind, step, next(iter(requests), None)):
                for request in requests:
                    await self._send_until_answered(kind, request, step)
        except NotFound:
            return
        except Conflict as error:
            raise await explained(self._cloud, self._kinds, error) from error
        if kind.leaves_late:
            watch = self._watches[kind.name]
            await watch.until_gone(step.state.id, within_seconds=GONE_WITHIN_SECONDS)

    async def settle(self, step: Step, id: str) -> None:
        """Wait until it is usable, if it is not already."""
        kind = self._kinds[step.address.kind]
        state = self._fresh.pop(step.address, step.state)
        if state is None or kind.progress(state) is not Progress.READY:
            self._tell(StepAccepted(address=step.address, id=id))
            if step.key not in self._needed:
                await self._look_later()
            watch = self._watches[kind.name]
            await watch.until_ready(id, within_seconds=READY_WITHIN_SECONDS)
            # Also one that an earlier run has made: the plan saw it without what came since.
            self._incomplete.add(step.address)
        self._settled.add(step.address)

    async def _look_later(self) -> None:
        """Let a service nearby work on what is still to be sent; each look would take its time."""
        if self._is_near:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_LATER_SECONDS):
                    await self._traffic.until_calm()

    # --- creating ---------------------------------------------------------------------------------

    async def _create_in_bulk(self, steps: Sequence[Step], ids: IdByAddress) -> dict[Address, str]:
        """Make *steps* in one request; what is missing from the result has to be made singly."""
        kind = self._kinds[steps[0].address.kind]
        wanted = {step.address for step in steps}
        calls = {step.address: await self._call(step, ids) for step in steps}
        bodies = [
            request.body[kind.wire_key]
            for request in calls.values()
            if isinstance(request.body, Mapping)
        ]
        path = next(iter(calls.values())).path
        bulk = Call(method="POST", path=path, body={kind.plural: bodies})
        try:
            answer = await self._patiently(kind, bulk, steps[0])
            states = decode_many(kind, answer)
            there = marked_states(self._kinds, {kind.name: states}, self._scenario.name).states
            if missing := wanted - set(there):
                raise BadAnswer(f"the answer says nothing of {', '.join(map(str, missing))}")
        except (InDoubt, ServerFault, BadAnswer) as error:
            for step in steps:
                self._doubt(step, error)
            there = await self._look(kind, wanted)
        except CloudError:
            # Refused as a whole, so nothing was made; one by one tells which is at fault.
            return {}
        return {address: self._note(address, there[address]) for address in wanted & set(there)}

    async def _create_one(self, step: Step, ids: IdByAddress) -> str | StackloomError:
        kind = self._kinds[step.address.kind]
        assert kind.declaration is not None, "only declared kinds are planned"
        try:
            if kind.declaration.facet_of:
                return await self._create_facet(kind, step, ids)
            request = await self._call(step, ids)
            async with self._lane(kind, step, request):
                return await self._create_once(kind, step, request)
        except StackloomError as error:
            return error

    async def _create_facet(self, kind: Kind[Any], step: Step, ids: IdByAddress) -> str:
        """Change the owner's side from what it began as to what is asked for."""
        assert kind.declaration is not None, "a facet is declared"
        assert kind.derive is not None, "a facet is derived from its owner"
        owner_kind = kind.declaration.facet_of
        owner = self._states[Address(owner_kind, step.address.name)]
        [beginning] = kind.derive({owner_kind: [owner]})
        if step.replaces:  # its first half has changed the owner in the meantime
            beginning = await self._see_again(kind, step.address)
        async with self._lane(kind, step):
            state = await self._converge(kind, step, beginning, ids)
        return self._note(step.address, beginning if state is None else state)

    async def _create_once(self, kind: Kind[Any], step: Step, request: Call) -> str:
        """Send a create; where its outcome is in doubt, look, and only then send it again."""
        for last_try in (False, True):
            try:
                answer = await self._patiently(kind, request, step)
                return self._note(step.address, _made(kind, answer, request))
            except (InDoubt, ServerFault, BadAnswer) as error:
                self._doubt(step, error)
                there = await self._look(kind, {step.address})
                if step.address in there:
                    return self._note(step.address, there[step.address])
                if last_try:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _look(self, kind: Kind[Any], wanted: set[Address]) -> dict[Address, Any]:
        """Look for resources by their marks, with some patience for those not there."""
        there: dict[Address, Any] = {}
        for pause in LOOK_AGAIN_AFTER_SECONDS:
            if pause:
                await self._sleep(pause)
            listed = await list_kinds(self._cloud, self._kinds, [kind.name])
            marked = marked_states(self._kinds, listed, self._scenario.name).states
            there = {address: marked[address] for address in wanted & set(marked)}
            if len(there) == len(wanted):
                break
        return there

    async def _call(self, step: Step, ids: IdByAddress) -> Call:
        spec, known = await self._known(step, ids)
        mark = self._scenario.mark(step.address)
        return self._kinds[step.address.kind].create_call(step.address, spec, mark, known)

    def _note(self, address: Address, state: Any) -> str:
        self._fresh[address] = self._states[address] = state
        self._incomplete.add(address)
        self._last_made = self._now()
        return str(state.id)

    # --- what is known by now ---------------------------------------------------------------------

    async def _known(self, step: Step, ids: IdByAddress) -> tuple[Spec, KnownIds]:
        """Return what is asked for with its late values filled in, and what its names mean."""
        assert step.spec is not None, "only a delete has no spec"
        late = self._scenario.late.get(step.address, ())
        wanted = {each.address for each in late}
        wanted |= {
            reference.address
            for reference in references(self._kinds, step.address, step.spec)
            if reference.complete
        }
        await self._complete(wanted)
        known = KnownIds(ids, self._found, self._states)
        return filled(step.spec, self._kinds, known) if late else step.spec, known

    async def _complete(self, addresses: set[Address]) -> None:
        """Read whole what answers to creates told only in part: a server without its ports.

        One round of lists serves all that are made by then.
        """
        async with self._completing:
            if not addresses & self._incomplete:
                return
            made = set(self._incomplete)
            kinds = {address.kind for address in addresses & made}
            listed = await list_kinds(self._cloud, self._kinds, kinds)
            marked = marked_states(self._kinds, listed, self._scenario.name).states
            there = {each for each in made if each.kind in kinds} & marked.keys()
            self._states |= {address: marked[address] for address in there}
            # What was not usable yet may have more to tell later.
            self._incomplete -= there & self._settled

    # --- changing ---------------------------------------------------------------------------------

    async def _converge(self, kind: Kind[Any], step: Step, state: Any, ids: IdByAddress) -> Any:
        """Send what is needed until nothing differs; return its last state, None if only sent.

        An answer that was lost, and a change by somebody else in between, are looked at before
        anything is sent again. A revision that is refused as old and found to be the present one
        is not asked for again: Neutron's routers with a gateway take no condition with a new
        description, for it counts the number up before the last check
        (neutron/services/revisions/revision_plugin.py, ``bump_revisions``, 29.0.0).
        """
        declaration = kind.declaration
        assert declaration is not None, "only declared kinds are planned"
        mark = self._scenario.mark(step.address)
        seen_again = None
        refused_revision: int | None = None
        for tries_left in reversed(range(TRIES)):
            spec, known = await self._known(step, ids)
            changes = list(declaration.compare(step.address, spec, state, mark, known))
            if not changes:
                return seen_again
            if fixed := [each.field for each in changes if not each.in_place]:
                raise Unchangeable(step.address, fixed)
            try:
                for request in kind.update_calls(state, changes):
                    await self._send_once(kind, request, step, state, refused_revision)
            except (InDoubt, ServerFault, Conflict, NotFound) as error:
                is_answer = isinstance(error, Conflict | NotFound)
                if error.status == STALE:
                    refused_revision = getattr(state, "revision_number", None)
                if not is_answer:
                    self._doubt(step, error)
                before = changes
                state = seen_again = await self._see_again(kind, step.address)
                after = list(declaration.compare(step.address, spec, state, mark, known))
                is_refused = is_answer and error.status != STALE
                if after and (not tries_left or (is_refused and after == before)):
                    raise
            else:
                return seen_again
        return seen_again

    async def _change_in_time(self, kind: Kind[Any], step: Step, ids: IdByAddress) -> Any:
        """Send what is needed, wait until it has come true, send what that brings, and so on.

        A refusal only says that something is still under way if it is of what was asked for
        already, or if the resource has changed meanwhile: a volume that is being detached.

        Raises:
            WentToError: the cloud gave up on it.
            TimedOut: it still differs.
        """
        declaration = kind.declaration
        assert declaration is not None, "only declared kinds are planned"
        mark = self._scenario.mark(step.address)
        started, state, asked = self._now(), step.state, list[Difference]()
        while True:
            begun = self._now()
            if kind.progress(state) is Progress.FAILED:
                raise WentToError(f"it went to ERROR: {kind.failure(state)}", last=state)
            if kind.progress(state) is Progress.READY:
                spec, known = await self._known(step, ids)
                changes = list(declaration.compare(step.address, spec, state, mark, known))
                if not changes:
                    return state
                try:
                    await self._converge(kind, step, state, ids)
                except (NotFound, Conflict, BadRequest):
                    is_old = all(change in asked for change in changes)
                    before, state = state, await self._see_again(kind, step.address)
                    if begun - started > UNDER_WAY_SECONDS or not (is_old or state != before):
                        raise
                else:
                    asked += changes
            if begun - started > READY_WITHIN_SECONDS:
                raise TimedOut("it is not yet as it should be", last=state)
            look_seconds = self._now() - begun
            await self._sleep(pause_before_look(begun - started, 0.0, look_seconds))
            state = await self._see_again(kind, step.address)

    async def _see_again(self, kind: Kind[Any], address: Address) -> Any:
        there = await self._look(kind, {address})
        if address not in there:
            raise NotFound(f"{address} is not there any more", hint="run the command again")
        return there[address]

    # --- sending ----------------------------------------------------------------------------------

    async def _send_once(
        self,
        kind: Kind[Any],
        request: Call,
        step: Step,
        state: Any,
        refused_revision: int | None,
    ) -> Answer:
        """Send a change; where the object has a revision, only if it is still the one compared."""
        is_own = request.method == "PUT" and request.path == kind.member_path(state.id)
        revision = getattr(state, "revision_number", None) if is_own else None
        condition = revision if revision != refused_revision else None
        return await self._patiently(kind, request, step, if_revision=condition)

    async def _send_until_answered(self, kind: Kind[Any], request: Call, step: Step) -> None:
        """Send a PUT or DELETE; twice does no harm, so a lost answer is asked for again."""
        try:
            await self._patiently(kind, request, step)
        except InDoubt as error:
            self._doubt(step, error)
            await self._patiently(kind, request, step)

    async def _patiently(
        self, kind: Kind[Any], request: Call, step: Step, *, if_revision: int | None = None
    ) -> Answer:
        """Send a request; a 404 shortly after something was made is not believed at once.

        Behind several copies of a database what was just made shows a little later, and what
        names it is answered 404 as if it were gone. Nor is a refusal final that another step may
        be about to lift.
        """
        pauses = iter(LOOK_AGAIN_AFTER_SECONDS[1:] if request.method != "DELETE" else ())
        contended = kind.declaration.contended if kind.declaration else ()
        while True:
            try:
                level = self._levels.get(step.key, 0)
                async with self._traffic.turn(kind.service, request, level=level):
                    if request.method != "GET":
                        self._may_go_on()
                    return await call(self._cloud, kind, request, if_revision=if_revision)
            except NotFound:
                pause = next(pauses, None)
                if pause is None or self._now() - self._last_made > FRESH_SECONDS:
                    raise
            except Conflict as error:
                pause = next(pauses, None)
                if pause is None or error.kind not in contended:
                    raise
            await self._sleep(pause)

    def _watch(self, kind: Kind[Any]) -> Watch[Any]:
        async def look() -> list[Any]:
            return (await list_kinds(self._cloud, self._kinds, [kind.name]))[kind.name]

        own_list = None if kind.has_own_list else look
        return Watch(self._cloud, kind, sleep=self._sleep, look=own_list)

    def _lane(
        self, kind: Kind[Any], step: Step, request: Call | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Go after the other steps of this one's lane, or beside them; see ``Traffic.lane``."""
        return self._traffic.lane(kind.lane(step.spec, step.state), kind.service, request)

    def _doubt(self, step: Step, error: Exception) -> None:
        self._tell(StepInDoubt(address=step.address, action=step.action, reason=str(error)))


def _as_needed(kind: Kind[Any]) -> Kind[Any]:
    """Return a kind that is ready as soon as the rest of a scenario can go on."""
    progress = kind.declaration.progress if kind.declaration else None
    return msgspec.structs.replace(kind, progress=progress) if progress else kind


def takes_time(kind: Kind[Any], changes: Sequence[Difference]) -> bool:
    """Tell whether one of *changes* is not done with the answer to its request."""
    fields = kind.declaration.takes_time if kind.declaration else ()
    return any(change.field in fields for change in changes)


def _made(kind: Kind[Any], answer: Answer, request: Call) -> Any:
    """Read what a create was answered with.

    Raises:
        BadAnswer: it is not what the API promises; whether it was made is in doubt.
    """
    try:
        return kind.made(msgspec.json.decode(answer.body, type=dict[str, Any]), request)
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        start = answer.body[:60].decode("utf-8", "replace")
        raise BadAnswer(
            f"the answer to a create of a {kind.name} cannot be read; it begins: {start!r}",
            status=answer.status,
        ) from error
