# SPDX-License-Identifier: Apache-2.0
"""What is too old goes, what has waited too long fails: of all projects, by whoever is first."""

from __future__ import annotations

from dataclasses import dataclass

from stackloom.service.database.pool import Connection, Pool, connected, row

_LOCK = "select pg_try_advisory_lock(hashtext('stackloom housekeeping')) as is_ours"
_UNLOCK = "select pg_advisory_unlock(hashtext('stackloom housekeeping'))"

_EXPIRE_PLANS = """
    update stackloom.plans set state = 'expired'
    where state = 'ready' and expires_at <= clock_timestamp()"""
# A job and its project's row are locked each for itself, as everywhere.
_UNAPPROVED = """
    select base.id from stackloom.runs as base join stackloom.jobs as job using (project_id, id)
    where job.state = 'held'
      and (base.timestamps ->> 'awaiting_approval')::timestamptz
          < clock_timestamp() - make_interval(secs => %(plan_seconds)s)
    limit 1"""
_FAIL_UNAPPROVED = """
    select stackloom.fail_stale(job, 'nobody has approved it in time')
    from stackloom.lock_job(%(id)s) as job where job.state = 'held'"""
_KEYS = """
    delete from stackloom.idempotency_keys
    where created_at < clock_timestamp() - interval '24 hours'"""
_WEBHOOKS = """
    delete from stackloom.webhook_deliveries
    where state <> 'waiting'
      and created_at < clock_timestamp() - make_interval(secs => %(history_seconds)s)"""
# With their plans, runs and events. The last run of a scenario stays with it.
_JOBS = """
    delete from stackloom.jobs where id in (
        select job.id from stackloom.jobs as job
        where job.state = 'ended'
          and (job.ended_at < clock_timestamp() - make_interval(secs => %(history_seconds)s)
               or exists (select from stackloom.plans as plan
                          where plan.id = job.id and plan.expires_at
                                < clock_timestamp() - make_interval(secs => %(plan_seconds)s)
                            and not exists (select from stackloom.runs as run
                                            where run.plan_id = plan.id)))
          and not exists (select from stackloom.scenarios as scenario
                          where scenario.last_job_id = job.id and scenario.deleted_at is null)
        limit %(limit)s)"""
_SCENARIOS = """
    delete from stackloom.scenarios as scenario
    where deleted_at < clock_timestamp() - make_interval(secs => %(history_seconds)s)
      and not exists (select from stackloom.jobs as job where job.scenario_id = scenario.id)"""
_GRANTS = """
    delete from stackloom.grants as base
    where ended_at < clock_timestamp() - make_interval(secs => %(history_seconds)s)
      and not exists (select from stackloom.jobs as job where job.grant_id = base.id)
      and not exists (select from stackloom.scenarios as scenario
                      where scenario.check_grant_id = base.id)"""

# Rows that go in one transaction, with all that hangs on them.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long things stay.

    Attributes:
        history_seconds: runs, their events, what was deleted.
        plan_seconds: a run that waits for approval; a plan beyond its expiry, if nobody ran it.
    """

    history_seconds: float
    plan_seconds: float


async def keep_house(pool: Pool, keeping: Keeping) -> dict[str, int] | None:
    """Do all of it once.

    Returns:
        how many rows went, by what they were; None where somebody else is at it.

    Raises:
        DatabaseAway: it is done another time.
    """
    async with connected(pool) as connection:
        found = await row(connection, _LOCK, {})
        if found is None or not found["is_ours"]:
            return None
        try:
            return await _all_of_it(connection, keeping)
        finally:
            if not connection.closed:
                await connection.execute(_UNLOCK)


async def _all_of_it(connection: Connection, keeping: Keeping) -> dict[str, int]:
    values: dict[str, object] = {
        "history_seconds": keeping.history_seconds,
        "plan_seconds": keeping.plan_seconds,
        "limit": _AT_ONCE,
    }
    return {
        "plans expired": await _count(connection, _EXPIRE_PLANS, values),
        "runs never approved": await _fail_unapproved(connection, values),
        "keys": await _count(connection, _KEYS, values),
        "webhooks": await _count(connection, _WEBHOOKS, values),
        "jobs": await _in_portions(connection, _JOBS, values),
        "scenarios": await _count(connection, _SCENARIOS, values),
        "grants": await _count(connection, _GRANTS, values),
    }


async def _fail_unapproved(connection: Connection, values: dict[str, object]) -> int:
    count = 0
    while (found := await row(connection, _UNAPPROVED, values)) is not None:
        await connection.execute(_FAIL_UNAPPROVED, {"id": found["id"]})
        count += 1
    return count


async def _in_portions(connection: Connection, sql: str, values: dict[str, object]) -> int:
    count = 0
    while portion := await _count(connection, sql, values):
        count += portion
    return count


async def _count(connection: Connection, sql: str, values: dict[str, object]) -> int:
    return (await connection.execute(sql.encode(), values)).rowcount
