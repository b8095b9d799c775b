# SPDX-License-Identifier: Apache-2.0
"""Carry steps out on a cloud, so that nothing is made twice.

A create whose answer was lost is looked up by its mark before it is sent again. Several creates of
one kind go out as one request where the API has it; if that one is refused, singly, which finds the
culprit. What to send, the kinds say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Call, Kind, Progress
from stackloom.cloud.mark import Address
from stackloom.cloud.together import together
from stackloom.cloud.verbs import call, decode_many
from stackloom.cloud.wait import Watch
from stackloom.errors import BadAnswer, CloudError, InDoubt, NotFound, ServerFault, StackloomError
from stackloom.scenario.events import StepAccepted, StepInDoubt, Tell, tell_nobody
from stackloom.scenario.executor import IdByAddress
from stackloom.scenario.model import Kinds, Scenario
from stackloom.scenario.observe import list_kinds, marked_states
from stackloom.scenario.plan import Found, Step
from stackloom.scenario.planner import KnownIds
from stackloom.transport.client import Answer

# About 4 requests at once cost the services of a small cloud least CPU in all; measured with 25
# networks and servers, 16 at once took half as much again.
REQUESTS_AT_ONCE = 4
# A Neutron bulk request is one transaction; a long one holds locks and risks a gateway's timeout.
MOST_IN_BULK = 50
READY_WITHIN_SECONDS = 600.0
GONE_WITHIN_SECONDS = 300.0
# With a database of several writers a list may lag a create by a moment.
LOOK_AGAIN_AFTER_SECONDS = (0.0, 1.0, 2.0)

Sleep = Callable[[float], Awaitable[None]]


class CloudActions:
    """Makes, changes and deletes the resources of one scenario.

    Args:
        found: what specs name outside the scenario.
        sleep: how pauses are spent; tests pass their own.
    """

    def __init__(
        self,
        cloud: Cloud,
        kinds: Kinds,
        scenario: Scenario,
        found: Mapping[tuple[str, str], Found],
        *,
        tell: Tell = tell_nobody,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._cloud = cloud
        self._kinds = kinds
        self._scenario = scenario
        self._found = found
        self._tell = tell
        self._sleep = sleep
        self._slots = {kind.service: asyncio.Semaphore(REQUESTS_AT_ONCE) for kind in kinds.values()}
        self._lanes: dict[str, asyncio.Lock] = {}
        self._watches = {name: Watch(cloud, kind, sleep=sleep) for name, kind in kinds.items()}
        self._fresh: dict[Address, Any] = {}

    async def create(
        self, steps: Sequence[Step], ids: IdByAddress
    ) -> Mapping[Address, str | StackloomError]:
        """Make all of *steps*; see ``executor.Actions``."""
        chunks = [steps[i : i + MOST_IN_BULK] for i in range(0, len(steps), MOST_IN_BULK)]
        made: dict[Address, str | StackloomError] = {}
        for part in await together(self._create_chunk(chunk, ids) for chunk in chunks):
            made |= part
        return made

    async def update(self, step: Step, ids: IdByAddress) -> None:
        """Bring about what differs, with the ids that are known by now."""
        kind = self._kinds[step.address.kind]
        declaration = kind.declaration
        assert declaration is not None, "only declared kinds are planned"
        assert step.spec is not None, "only a delete has no spec"
        mark = self._scenario.mark(step.address)
        known = KnownIds(ids, self._found, self._fresh)
        changes = list(declaration.compare(step.address, step.spec, step.state, mark, known))
        async with self._lane(kind, step):
            for request in kind.update_calls(step.state, changes):
                await self._send_until_answered(kind, request, step)

    async def delete(self, step: Step) -> None:
        """Take it away; one that is gone already is fine."""
        kind = self._kinds[step.address.kind]
        try:
            async with self._lane(kind, step):
                await self._send_until_answered(kind, kind.delete_call(step.state), step)
        except NotFound:
            return
        if kind.leaves_late:
            watch = self._watches[kind.name]
            await watch.until_gone(step.state.id, within_seconds=GONE_WITHIN_SECONDS)

    async def settle(self, step: Step, id: str) -> None:
        """Wait until it is usable, if it is not already."""
        kind = self._kinds[step.address.kind]
        state = self._fresh.pop(step.address, step.state)
        if state is not None and kind.progress(state) is Progress.READY:
            return
        self._tell(StepAccepted(address=step.address, id=id))
        watch = self._watches[kind.name]
        await watch.until_ready(id, within_seconds=READY_WITHIN_SECONDS)

    # --- creating ---------------------------------------------------------------------------------

    async def _create_chunk(
        self, steps: Sequence[Step], ids: IdByAddress
    ) -> dict[Address, str | StackloomError]:
        made: dict[Address, str | StackloomError] = {}
        if len(steps) > 1:
            try:
                made |= await self._create_in_bulk(steps, ids)
            except StackloomError as error:
                # In doubt, and the look failed: nothing is known, so nothing is sent again.
                return {step.address: error for step in steps}
        rest = [step for step in steps if step.address not in made]
        singles = await together(self._create_one(step, ids) for step in rest)
        return made | {step.address: one for step, one in zip(rest, singles, strict=True)}

    async def _create_in_bulk(self, steps: Sequence[Step], ids: IdByAddress) -> dict[Address, str]:
        """Make *steps* in one request; what is missing from the result has to be made singly."""
        kind = self._kinds[steps[0].address.kind]
        wanted = {step.address for step in steps}
        calls = {step.address: self._call(step, ids) for step in steps}
        bodies = [
            request.body[kind.wire_key]
            for request in calls.values()
            if isinstance(request.body, Mapping)
        ]
        path = next(iter(calls.values())).path
        bulk = Call(method="POST", path=path, body={kind.plural: bodies})
        try:
            async with self._slots[kind.service]:
                answer = await call(self._cloud, kind, bulk)
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
        try:
            request = self._call(step, ids)
            async with self._lane(kind, step):
                return await self._create_once(kind, step, request)
        except StackloomError as error:
            return error

    async def _create_once(self, kind: Kind[Any], step: Step, request: Call) -> str:
        """Send a create; where its outcome is in doubt, look, and only then send it again."""
        for last_try in (False, True):
            try:
                async with self._slots[kind.service]:
                    answer = await call(self._cloud, kind, request)
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

    def _call(self, step: Step, ids: IdByAddress) -> Call:
        assert step.spec is not None, "only a delete has no spec"
        mark = self._scenario.mark(step.address)
        known = KnownIds(ids, self._found, self._fresh)
        return self._kinds[step.address.kind].create_call(step.address, step.spec, mark, known)

    def _note(self, address: Address, state: Any) -> str:
        self._fresh[address] = state
        return str(state.id)

    # --- sending ----------------------------------------------------------------------------------

    async def _send_until_answered(self, kind: Kind[Any], request: Call, step: Step) -> None:
        """Send a PUT or DELETE; twice does no harm, so a lost answer is asked for again."""
        try:
            async with self._slots[kind.service]:
                await call(self._cloud, kind, request)
        except InDoubt as error:
            self._doubt(step, error)
            async with self._slots[kind.service]:
                await call(self._cloud, kind, request)

    def _lane(self, kind: Kind[Any], step: Step) -> asyncio.Lock:
        """Return the lock shared by steps that go one after the other; else a lock of its own."""
        lane = kind.lane(step.spec, step.state)
        return self._lanes.setdefault(lane, asyncio.Lock()) if lane else asyncio.Lock()

    def _doubt(self, step: Step, error: Exception) -> None:
        self._tell(StepInDoubt(address=step.address, action=step.action, reason=str(error)))


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
