# SPDX-License-Identifier: Apache-2.0
"""Actions that note what they are asked to do, and do nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from stackloom.cloud.mark import Address
from stackloom.errors import StackloomError
from stackloom.scenario.executor import IdByAddress
from stackloom.scenario.plan import Step


class FakeActions:
    """Carries steps out in no time.

    Args:
        failures: what a step ends with instead, by ``"verb address"``; an error that is no
            ``StackloomError`` is a mistake of ours.
        on_call: told each call before it is answered.
        gates: calls that wait until somebody sets their event, by ``"verb address"``.
    """

    def __init__(
        self,
        *,
        failures: Mapping[str, Exception] | None = None,
        on_call: Callable[[str], None] = lambda _call: None,
        gates: Mapping[str, asyncio.Event] | None = None,
    ) -> None:
        self.calls: list[str] = []
        self.ids_seen: dict[Address, dict[Address, str]] = {}
        self._failures = failures or {}
        self._on_call = on_call
        self._gates = gates or {}

    async def create(
        self, steps: Sequence[Step], ids: IdByAddress
    ) -> Mapping[Address, str | StackloomError]:
        """Give each step an id, or the failure that is waiting for it."""
        self.ids_seen |= {step.address: dict(ids) for step in steps}
        await self._call("create", *steps)
        made: dict[Address, str | StackloomError] = {}
        for step in steps:
            failure = self._failures.get(f"create {step.address}")
            assert failure is None or isinstance(failure, StackloomError)
            made[step.address] = failure or f"id of {step.address}"
        return made

    async def update(self, step: Step, ids: IdByAddress) -> None:
        """Change nothing."""
        self.ids_seen[step.address] = dict(ids)
        await self._call("update", step)
        self._fail("update", step)

    async def delete(self, step: Step) -> None:
        """Take nothing away."""
        await self._call("delete", step)
        self._fail("delete", step)

    async def settle(self, step: Step, id: str) -> None:
        """Wait for nothing."""
        await self._call(f"settle {id} of", step)
        self._fail("settle", step)

    async def _call(self, verb: str, *steps: Step) -> None:
        call = f"{verb} {' '.join(str(step.address) for step in steps)}"
        self.calls.append(call)
        self._on_call(call)
        await asyncio.sleep(0)
        if call in self._gates:
            await self._gates[call].wait()
        if (failure := self._failures.get(call)) and verb == "create":
            raise failure

    def _fail(self, verb: str, step: Step) -> None:
        if failure := self._failures.get(f"{verb} {step.address}"):
            raise failure
