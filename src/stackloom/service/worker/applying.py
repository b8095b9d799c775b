# SPDX-License-Identifier: Apache-2.0
"""Carry out an apply or a destroy: plan, make sure that this was approved, do it, say what became.

Whoever takes over begins here again: the cloud is the state, so planning anew is going on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime

from stackloom import operations
from stackloom.cloud.mark import Address
from stackloom.errors import LostLease, Moved, StackloomError, UsageError
from stackloom.scenario.events import Event, Outcome, Result, StepEnded
from stackloom.scenario.plan import Action
from stackloom.scenario.records import Records
from stackloom.scenario.saved_plan import read_saved_plan
from stackloom.service.database.endings import RunEnd, SeenResource
from stackloom.service.jobs.backoff import wait_seconds
from stackloom.service.refusal import Refused
from stackloom.service.worker.brake import Brake
from stackloom.service.worker.documents import outputs_of, resources_found, resources_left
from stackloom.service.worker.failure import failed_steps, passes
from stackloom.service.worker.planning import Prepared, prepare
from stackloom.service.worker.verdict import Ended, Held, Released, Verdict
from stackloom.service.worker.work import Work
from stackloom.wire.run import Progress, Run
from stackloom.wire.scenario import Condition


async def apply(work: Work, run: Run) -> Verdict:
    """Bring about what the scenario says, or take away what it has."""
    records = await work.records()
    prepared = await prepare(
        work.cloud, work.subject, records=records, most_values=work.settings.limits.values
    )
    work.story.hide = prepared.planned.scenario.hide
    was_applying = "applying" in run.timestamps
    approval = await work.store.runs.approval(run.id)
    if not was_applying:
        if approval.is_approved and not approval.is_automatic:
            await _check_still_so(work, run, prepared)
        plan = await prepared.run_plan()
        events = work.story.planned(prepared.counts, prepared.warnings)
        await work.jobs.planned(work.job, plan, events, until=work.until)
    if not prepared.planned.plan.changes:
        resources = await asyncio.to_thread(resources_found, prepared.planned)
        return await _succeeded(work, run, prepared, resources)
    if not was_applying and not approval.is_approved:
        return Held()
    await work.jobs.begin_applying(work.job, until=work.until)
    return await _carried_out(work, run, prepared, records)


async def _check_still_so(work: Work, run: Run, prepared: Prepared) -> None:
    """Check that what would be done now is what somebody has said yes to.

    Raises:
        Refused: plan.stale.
    """
    saved = await work.store.runs.saved(run.id)
    assert saved is not None, "what was approved was planned"
    try:
        await prepared.check_still_so(await asyncio.to_thread(read_saved_plan, saved, "the plan"))
    except (Moved, UsageError) as error:
        raise Refused("plan.stale", error.message, hint=error.hint) from error


async def _carried_out(work: Work, run: Run, prepared: Prepared, records: Records) -> Verdict:
    count = _Counting(run, prepared)
    put_off = _PutOff(work.brake)

    def tell(event: Event) -> None:
        if isinstance(event, StepEnded):
            if _is_nothing_new(event.outcome) or put_off.has(event.outcome):
                return
            count.ended(event.outcome)
        work.telling.tell(work.story.step(event), count.progress)

    executor = operations.executor(
        work.cloud, prepared.planned, records, tell=tell, may_go_on=work.lease.check
    )
    with work.brake.stopping_by(executor.stop):
        outcomes = await executor.run()
    for each in outcomes:
        if isinstance(each.error, LostLease):
            raise each.error
    return await _judged(work, run, prepared, outcomes, count.progress)


async def _judged(
    work: Work,
    run: Run,
    prepared: Prepared,
    outcomes: Sequence[Outcome],
    progress: Progress,
) -> Verdict:
    results = {each.result for each in outcomes}
    if Result.STOPPED in results and work.brake.cause == "drained":
        return Released(reason="its worker is going down")
    again = _again(work, outcomes)
    if again and Result.STOPPED not in results:
        return again
    resources = await asyncio.to_thread(resources_left, prepared.planned, outcomes)
    if results & {Result.FAILED, Result.STOPPED}:
        is_cancelled = Result.STOPPED in results and work.brake.cause == "cancelled"
        has_failed = Result.FAILED in results
        return Ended(
            end=RunEnd(
                state="cancelled" if is_cancelled else "failed",
                error=failed_steps(outcomes, work.story.hide) if has_failed else None,
                is_partial=progress.done > 0,
                progress=progress,
                condition="unknown" if is_cancelled and not has_failed else "failed",
                resources=resources,
                seen_at=datetime.now(UTC),
            )
        )
    return await _succeeded(work, run, prepared, resources, progress)


def _again(work: Work, outcomes: Sequence[Outcome]) -> Released | None:
    """Return when to try again; None where that will not help, or was done often enough."""
    errors = [each.error for each in outcomes if each.error is not None]
    if not errors or not all(map(passes, errors)):
        return None
    return try_again(work.job.tries, work.settings.runs.tries, errors[0])


def try_again(tries: int, at_most: int, error: StackloomError) -> Released | None:
    """Return when a job is tried again that has failed for a reason that passes.

    Args:
        tries: that have failed before.
        at_most: how many there are altogether.
    """
    wait = wait_seconds(tries + 1, at_most=at_most, random=random.random)
    if wait is None:
        return None
    reason = f"try {tries + 1} of {at_most} failed, the next in {wait:.0f} s: {error}"
    return Released(after_seconds=wait, is_try=True, reason=reason)


async def _succeeded(
    work: Work,
    run: Run,
    prepared: Prepared,
    resources: tuple[SeenResource, ...],
    progress: Progress | None = None,
) -> Ended:
    """Return the end of a run after which everything is as it should be."""
    is_destroy = run.operation == "destroy"
    outputs = None
    if not is_destroy:
        scenario = prepared.planned.scenario
        secret = {name for name, output in scenario.outputs.items() if output.secret}
        values = await operations.outputs(work.cloud, scenario)
        outputs = outputs_of(values, work.story.hide, secret=secret)
    condition: Condition = "absent" if is_destroy else "in_sync"
    return Ended(
        end=RunEnd(
            state="succeeded",
            progress=progress,
            condition=condition,
            outputs=outputs,
            resources=resources,
            seen_at=datetime.now(UTC),
        ),
        events=tuple(work.story.outputs(outputs or ())),
    )


class _Counting:
    """How far a run is, what was done before another worker took over included."""

    def __init__(self, run: Run, prepared: Prepared) -> None:
        left = len(prepared.planned.plan.changes)
        total = max(run.progress.total, left)
        self.progress = Progress(done=total - left, total=total)

    def ended(self, outcome: Outcome) -> None:
        """Count a step that is over."""
        now = self.progress
        self.progress = Progress(
            done=now.done + (outcome.result is Result.DONE),
            failed=now.failed + (outcome.result is Result.FAILED),
            skipped=now.skipped + (outcome.result in {Result.SKIPPED, Result.STOPPED}),
            total=now.total,
        )


class _PutOff:
    """Which steps have come to nothing because another worker will do them."""

    def __init__(self, brake: Brake) -> None:
        self._brake = brake
        self._without_lease: set[Address] = set()

    def has(self, outcome: Outcome) -> bool:
        """Return whether one is among them; ask of each step, in the order in which they end."""
        if isinstance(outcome.error, LostLease):
            self._without_lease.add(outcome.step.address)
            return True
        if outcome.result is Result.STOPPED:
            return self._brake.cause == "drained"
        return outcome.blamed in self._without_lease


def _is_nothing_new(outcome: Outcome) -> bool:
    """Return whether a step ended of which nobody has to know: what is kept was kept."""
    return outcome.step.action is Action.KEEP and outcome.result is not Result.FAILED
