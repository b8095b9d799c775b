# SPDX-License-Identifier: Apache-2.0
"""Look for drift: compare a scenario with the cloud, and change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from stackloom.service.database.endings import RunEnd, SeenResource
from stackloom.service.worker.documents import resources_found
from stackloom.service.worker.planning import prepare
from stackloom.service.worker.verdict import Ended
from stackloom.service.worker.work import Work
from stackloom.wire.plan import FieldDifference
from stackloom.wire.resource import ResourceCondition
from stackloom.wire.run import Run
from stackloom.wire.scenario import Condition


class DriftNotice(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a webhook: what one check found.

    Attributes:
        drift: what is not as it should be, by address.
    """

    scenario_id: UUID
    scenario_name: str
    run_id: UUID
    checked_at: datetime
    drift: tuple[Drifted, ...]


class Drifted(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that is not as it should be."""

    address: str
    condition: ResourceCondition
    cloud_id: str | None
    differences: tuple[FieldDifference, ...]


async def check(work: Work, run: Run) -> Ended:
    """Compare, and tell of each resource that is not as it should be."""
    prepared = await prepare(
        work.cloud, work.subject, records=None, most_values=work.settings.limits.values
    )
    work.story.hide = prepared.planned.scenario.hide
    resources = await asyncio.to_thread(resources_found, prepared.planned)
    seen_at = datetime.now(UTC)
    was_made = not (await work.jobs.unfinished(work.job)).is_new
    condition = condition_of(resources, was_made=was_made)
    notice = _notice(run, resources, seen_at) if condition == "drifted" else None
    end = RunEnd(
        state="succeeded",
        condition=condition,
        resources=resources,
        seen_at=seen_at,
        webhook=msgspec.json.encode(notice).decode() if notice else None,
    )
    told = work.story.drift(resources) if condition == "drifted" else []
    return Ended(end=end, events=tuple(told))


def condition_of(resources: Sequence[SeenResource], *, was_made: bool) -> Condition:
    """Return what a scenario's resources together say of it.

    Args:
        was_made: a run has made it, and none has destroyed it since; then it should be there.
    """
    conditions = {each.condition for each in resources}
    if conditions <= {"missing"} and not was_made:
        return "absent"
    return "in_sync" if conditions <= {"in_sync"} else "drifted"


def _notice(run: Run, resources: Sequence[SeenResource], checked_at: datetime) -> DriftNotice:
    return DriftNotice(
        scenario_id=run.scenario_id,
        scenario_name=run.scenario_name,
        run_id=run.id,
        checked_at=checked_at,
        drift=tuple(
            Drifted(
                address=each.address,
                condition=each.condition,
                cloud_id=each.cloud_id,
                differences=each.differences,
            )
            for each in resources
            if each.condition != "in_sync"
        ),
    )
