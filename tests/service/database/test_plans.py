# SPDX-License-Identifier: Apache-2.0
"""A plan can be run once, and only while what it says can still be believed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.service.database.filled import (
    NO_PATIENCE,
    READY,
    SUCCEEDED,
    a_plan,
    a_ready_plan,
    a_run,
    a_scenario,
    at_database,
    carried_out,
    executed,
    taken,
)

from stackloom.service.database.endings import RunEnd
from stackloom.service.database.jobs import JobTable
from stackloom.service.database.pool import Pool
from stackloom.service.database.store import Store
from stackloom.service.refusal import Refused
from stackloom.wire.scenario import Scenario, ScenarioSource


async def refusal(store: Store, scenario: Scenario, plan_id: object) -> str:
    """Return the code with which a run of a plan is refused."""
    with pytest.raises(Refused) as refused:
        await a_run(store, scenario, plan_id=plan_id)  # type: ignore[arg-type]
    return refused.value.code


async def replaced(store: Store, scenario: Scenario) -> Scenario:
    return await store.scenarios.replace(
        scenario.id,
        revision=scenario.revision,
        name=scenario.name,
        source=ScenarioSource(text="scenario: one # other"),
        tags=(),
        check=None,
        webhook_secret=None,
        by="ada-id",
    )


def test_a_plan_is_stale_after_a_day_another_text_or_a_run(database_url: str) -> None:
    """Each of the three makes it ``expired``, and a run of it is refused as ``plan.stale``."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario = await a_scenario(store)
        old = await a_ready_plan(pool, store, scenario, hours=-1)
        assert (old.state, old.ready_at is not None) == ("expired", True)
        before_text = await a_ready_plan(pool, store, scenario)
        assert before_text.state == "ready"
        scenario = await replaced(store, scenario)
        before_run = await a_ready_plan(pool, store, scenario)
        await carried_out(pool, await a_run(store, scenario))
        for plan in (old, before_text, before_run):
            assert (await store.plans.get(plan.id)).state == "expired"
            assert await refusal(store, scenario, plan.id) == "plan.stale"
        expired = await store.plans.page(limit=10, state="expired")
        assert [plan.id for plan in expired] == [old.id, before_text.id, before_run.id]
        assert await store.plans.page(limit=10, state="ready") == []

    at_database(database_url, live)


def test_a_plan_overtaken_while_it_is_made_is_never_ready(database_url: str) -> None:
    """The scenario moved after it was asked for, so it says something of yesterday."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        scenario = await a_scenario(store)
        plan = await a_plan(store, scenario)
        job = await taken(jobs, plan.id)
        await replaced(store, scenario)
        await jobs.end(job, READY, until=NO_PATIENCE)
        assert (await store.plans.get(plan.id)).state == "expired"

    at_database(database_url, live)


def test_a_run_that_changed_nothing_leaves_plans_as_they_are(database_url: str) -> None:
    """A check, or a run that was cancelled before it began, is no reason to plan again."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        scenario = await a_scenario(store)
        plan = await a_ready_plan(pool, store, scenario)
        check = await a_run(store, scenario, operation="check")
        await jobs.end(await taken(jobs, check.id), SUCCEEDED, until=NO_PATIENCE)
        await store.runs.cancel((await a_run(store, scenario)).id)
        assert (await store.plans.get(plan.id)).state == "ready"
        run = await a_run(store, scenario, plan_id=plan.id)
        assert (run.plan_id, run.revision, run.operation) == (plan.id, 1, "apply")
        assert (await store.plans.get(plan.id)).run_id == run.id

    at_database(database_url, live)


def test_a_plan_is_run_once_and_only_when_it_is_ready(database_url: str) -> None:
    """Each reason has its own code."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        scenario = await a_scenario(store)
        assert await refusal(store, scenario, uuid4()) == "not-found"
        pending = await a_plan(store, scenario)
        assert await refusal(store, scenario, pending.id) == "plan.not-ready"
        other = Store(pool, "red")
        ready = await a_ready_plan(pool, store, scenario)
        assert await refusal(other, scenario, ready.id) == "not-found"
        run = await a_run(store, scenario, plan_id=ready.id)
        assert await refusal(store, scenario, ready.id) == "plan.used"
        with pytest.raises(Refused) as refused:
            await store.plans.cancel(ready.id)
        assert refused.value.code == "plan.in-use"
        await store.runs.cancel(run.id)
        assert await refusal(store, scenario, ready.id) == "plan.used"

    at_database(database_url, live)


def test_a_plan_that_was_ready_never_changes(database_url: str) -> None:
    """The database itself refuses, whoever tries."""

    async def live(pool: Pool) -> None:
        store = Store(pool, "blue")
        plan = await a_ready_plan(pool, store, await a_scenario(store))
        statements = (
            "update stackloom.plans set saved = 'other'",
            "update stackloom.plans set steps = '[]'",
            "update stackloom.revisions set created_by = 'eve'",
            "update stackloom.events set body = '{}'",
        )
        for statement in statements:
            with pytest.raises(Exception, match="never change"):
                await executed(pool, statement)
        assert await store.plans.saved(plan.id) == "{}"
        assert await store.plans.picture(plan.id) == b"P"
        assert (await store.plans.get(plan.id)).steps == READY.steps

    at_database(database_url, live)


def test_approving_is_refused_once_the_text_is_another(database_url: str) -> None:
    """The run has failed then: nobody can have meant it."""

    async def live(pool: Pool) -> None:
        store, jobs = Store(pool, "blue"), JobTable(pool)
        scenario = await a_scenario(store)
        fine, stale = await a_run(store, scenario), await a_run(store, scenario)
        for run in (fine, stale):
            await jobs.hold(await taken(jobs, run.id), until=NO_PATIENCE)
        assert (await store.runs.approve(fine.id, "ada-id")).state == "queued"
        await jobs.end(await taken(jobs, fine.id), RunEnd(state="failed"), until=NO_PATIENCE)
        await replaced(store, scenario)
        with pytest.raises(Refused) as refused:
            await store.runs.approve(stale.id, "ada-id")
        assert refused.value.code == "plan.stale"
        run = await store.runs.get(stale.id)
        assert run.state == "failed"
        assert run.error is not None
        assert run.error.code == "stackloom.plan.stale"

    at_database(database_url, live)
