# SPDX-License-Identifier: Apache-2.0
"""The life of one scenario in the service: made, changed, looked at, taken away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.faults.chaos.asker import Asker

from stackloom.client.watching import Watch

_LOOK_SECONDS = 0.7
_MOST_TRIES = 6
_ENDED = frozenset({"succeeded", "failed", "cancelled"})
# A run may fail for what was done to the cloud. It is asked for again then, as a person would.
_CLOUDS_FAULT = (
    "stackloom.engine.",
    "stackloom.cloud.",
    "stackloom.grant.",
    "stackloom.plan.stale",
)


_COLOURS = ("blue", "green", "red")


def text_of(name: str, *, networks: int) -> str:
    """Return a scenario of so many networks, a subnet in each, and one router between them."""
    own = [f"{name}-{colour}" for colour in _COLOURS[:networks]]
    lines = [f"scenario: {name}", "networks:"]
    lines += [f"  {each}: {{cidr: 10.{n}.0.0/24}}" for n, each in enumerate(own)]
    lines += ["routers:", f"  {name}: {{connects: [{', '.join(own)}]}}"]
    return "\n".join(lines) + "\n"


@dataclass(kw_only=True)
class Life:
    """One scenario.

    Attributes:
        is_fickle: somebody cancels its second run in the middle, and asks for it again.
        runs: the ids of all its runs, and how each ended.
    """

    asker: Asker
    name: str
    is_fickle: bool = False
    id: str = ""
    runs: dict[str, str] = field(default_factory=dict)

    async def grow(self) -> None:
        """Make it with two networks by a plan that is looked at, then with three at once."""
        self.id = await self._created()
        await self._until_well(self._planned_run)
        await self._replaced()
        if self.is_fickle:
            await self._cancelled()
        await self._until_well(lambda: self._run("apply"))

    async def go(self) -> None:
        """Take it away, and forget it."""
        await self._until_well(lambda: self._run("destroy"))
        shown = await self.asker.ask("GET", f"/v1/scenarios/{self.id}")
        gone = await self.asker.ask("DELETE", f"/v1/scenarios/{self.id}", etag=shown.etag)
        assert gone.status in {204, 404}, gone.body

    async def _created(self) -> str:
        source = {"text": text_of(self.name, networks=2)}
        answer = await self.asker.ask("POST", "/v1/scenarios", {"source": source})
        if answer.status == 409:
            # Its answer was lost with the process that gave it.
            page = await self.asker.got(f"/v1/scenarios?name={self.name}")
            return str(page["scenarios"][0]["id"])
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    async def _replaced(self) -> None:
        source = {"text": text_of(self.name, networks=3)}
        path = f"/v1/scenarios/{self.id}"
        while True:
            shown = await self.asker.ask("GET", path)
            if shown.body["revision"] == 2:
                return
            answer = await self.asker.ask("PUT", path, {"source": source}, etag=shown.etag)
            assert answer.status in {200, 412}, answer.body

    async def _planned_run(self) -> Any:
        """Plan, and run the plan; None where it is to be tried again."""
        asked = await self.asker.ask("POST", "/v1/plans", {"scenario_id": self.id})
        if asked.status != 202:
            return self._passing(asked)
        plan = await self._ended(f"/v1/plans/{asked.body['id']}", {"pending", "planning"})
        if plan["state"] != "ready":
            assert plan["state"] in {"failed", "expired"}, plan
            return None
        run = await self.asker.ask("POST", "/v1/runs", {"plan_id": plan["id"]})
        if run.status == 409 and run.code == "stackloom.plan.used":
            plan = await self.asker.got(f"/v1/plans/{plan['id']}")
            return await self.asker.got(f"/v1/runs/{plan['run_id']}")
        return run.body if run.status == 202 else self._passing(run)

    async def _run(self, operation: str) -> Any:
        body = {"scenario_id": self.id, "operation": operation, "auto_approve": True}
        asked = await self.asker.ask("POST", "/v1/runs", body)
        return asked.body if asked.status == 202 else self._passing(asked)

    def _passing(self, answer: Any) -> None:
        """Take a refusal for one that passes, if it is: Keystone or the plan, and none of ours."""
        assert answer.code.startswith(_CLOUDS_FAULT), answer.body

    async def _cancelled(self) -> None:
        run = await self._run("apply")
        if run is None:
            return
        path = f"/v1/runs/{run['id']}"
        await self._ended(path, {"queued"})
        answer = await self.asker.ask("POST", f"{path}/actions", {"cancel": {}})
        assert answer.status in {202, 409}, answer.body
        ended = await self._run_ended(run)
        assert ended["state"] in _ENDED, ended

    async def _until_well(self, begin: Any) -> None:
        """Ask for a run, again where what was done to the cloud made it fail."""
        told: list[object] = []
        for _ in range(_MOST_TRIES):
            run = await begin()
            if run is None:
                continue
            ended = await self._run_ended(run)
            if ended["state"] == "succeeded":
                return
            told.append(ended)
            assert ended["state"] == "failed", ended
            assert ended["error"]["code"].startswith(_CLOUDS_FAULT), ended
        raise AssertionError(f"{self.name}: not well after {_MOST_TRIES} runs: {told}")

    async def _run_ended(self, run: Any) -> Any:
        """Watch a run to its end: what is told is what is kept, each event once and in order."""
        path = f"/v1/runs/{run['id']}"
        watch = Watch("seq", 0)
        told = [event async for event in self.asker.watch(watch, f"{path}/events")]
        kept = (await self.asker.got(f"{path}/events?limit=1000"))["events"]
        assert [each.seq for each in told] == list(range(1, len(kept) + 1))
        assert [each.message for each in told] == [each["message"] for each in kept]
        ended = await self.asker.got(path)
        assert (ended["state"], ended["last_seq"]) == (told[-1].state, len(told)), ended
        self.runs[run["id"]] = ended["state"]
        return ended

    async def _ended(self, path: str, under_way: set[str]) -> Any:
        while True:
            shown = await self.asker.got(path)
            if shown["state"] not in under_way:
                return shown
            await asyncio.sleep(_LOOK_SECONDS)
