# SPDX-License-Identifier: Apache-2.0
"""Make a plan: for its own sake, or as the first half of whatever a run does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from stackloom import operations
from stackloom.cloud.cloud import Cloud
from stackloom.errors import Problem
from stackloom.operations import Planned
from stackloom.scenario.loader import Loaded
from stackloom.scenario.records import Records
from stackloom.scenario.saved_plan import SavedPlan
from stackloom.service.database.endings import PlanEnd, RunPlan
from stackloom.service.worker.documents import counts_of, picture_of, steps_of
from stackloom.service.worker.subject import Subject
from stackloom.wire.plan import Counts
from stackloom.wire.run import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What would be done, and what that was found out from.

    Attributes:
        cloud_key: tells cloud and project apart from others; a saved plan is good for one.
        loaded: the scenario; None of a destroy.
    """

    cloud_key: str
    loaded: Loaded | None
    planned: Planned

    @property
    def counts(self) -> Counts:
        """How many resources are created, updated, replaced, deleted and kept."""
        return counts_of(self.planned)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What may go wrong with it, without secrets."""
        hide = self.planned.scenario.hide
        return tuple(
            msgspec.structs.replace(each, message=hide(each.message), hint=hide(each.hint))
            for each in self.planned.warnings
        )

    async def plan_end(self) -> PlanEnd:
        """Return it as the end of a plan that is ready."""
        return await asyncio.to_thread(self._plan_end)

    async def run_plan(self) -> RunPlan:
        """Return it as what a run would do."""
        return await asyncio.to_thread(self._run_plan)

    def _plan_end(self) -> PlanEnd:
        return PlanEnd(
            state="ready",
            counts=self.counts,
            steps=steps_of(self.planned),
            saved=self._saved(),
            picture=picture_of(self.planned),
            warnings=self.warnings,
        )

    def _run_plan(self) -> RunPlan:
        return RunPlan(
            counts=self.counts,
            steps=steps_of(self.planned),
            saved=self._saved(),
            picture=picture_of(self.planned),
            warnings=self.warnings,
            progress=Progress(total=len(self.planned.plan.changes)),
        )

    def _saved(self) -> str:
        return operations.save_plan(self.cloud_key, self.loaded, self.planned)

    async def check_still_so(self, saved: SavedPlan) -> None:
        """Check that what would be done now is what was approved.

        Raises:
            Moved: it is not; names what has changed.
            UsageError: it was approved for another cloud or project.
        """
        await asyncio.to_thread(operations.check_still_so, saved, self.cloud_key, self.planned)


async def prepare(
    cloud: Cloud, subject: Subject, *, records: Records | None, most_values: int
) -> Prepared:
    """Compare a scenario with the cloud.

    Args:
        records: what an earlier run may still have under way, which is waited for; None to only
            look.
        most_values: that the scenario may have, aliases written out.

    Raises:
        BadScenario: it has problems, or the cloud cannot do what it asks for.
        CloudError: the cloud refuses, or cannot be asked.
    """
    loaded = await subject.read(most_values=most_values)
    key = await operations.cloud_key(cloud)
    if loaded is None:
        planned = await operations.plan_destruction(cloud, subject.scenario_name, records=records)
    else:
        planned = await operations.plan(
            cloud, loaded, records=records, check_quota=subject.operation != "check"
        )
    return Prepared(cloud_key=key, loaded=loaded, planned=planned)
