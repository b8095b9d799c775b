# SPDX-License-Identifier: Apache-2.0
"""Runs: asked for, shown, approved, cancelled, repeated. A worker carries them out."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from stackloom.service.identity.caller import Caller
from stackloom.service.new_id import new_id
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.links import links_of, page_paths, run_paths
from stackloom.service.operation.paging import cut
from stackloom.service.operation.plans import check_secrets
from stackloom.service.operation.queries import NEWEST_FIRST, RunQuery
from stackloom.service.operation.rights import job_rights
from stackloom.service.refusal import Refused, changed_meanwhile
from stackloom.service.sealed import seal_secrets
from stackloom.wire.plan import Credential
from stackloom.wire.problem import Source
from stackloom.wire.run import (
    ENDED,
    Retry,
    Run,
    RunAction,
    RunActions,
    RunCreate,
    RunOperation,
    RunPage,
)


async def create_run(caller: Caller, desk: Desk, request: RunCreate) -> Run:
    """Ask for a plan to be carried out, or for whatever a scenario needs by now.

    Raises:
        Refused: the plan is not ready, stale or used; a secret is missing; too much is waiting; or
            the caller's token cannot hand rights on.
    """
    caller.check_may_change()
    if (request.plan_id is None) == (request.scenario_id is None):
        raise Refused(
            "body.invalid",
            "a run is of a plan or of a scenario: give one of plan_id and scenario_id",
            source=Source(pointer="$.plan_id"),
        )
    if request.plan_id is not None:
        return await _run_plan(caller, desk, request.plan_id, request)
    assert request.scenario_id is not None, "one of the two was given"
    return await _run_scenario(
        caller,
        desk,
        request.scenario_id,
        operation=request.operation,
        auto_approve=request.auto_approve,
        secrets=request.secrets,
        credential=request.credential,
    )


async def _run_plan(caller: Caller, desk: Desk, plan_id: UUID, request: RunCreate) -> Run:
    if request.operation != "apply" or request.auto_approve:
        raise Refused(
            "body.invalid",
            "what a plan says is approved by running it, and its operation is its own",
            hint="with plan_id leave operation and auto_approve out",
            source=Source(pointer="$.operation"),
        )
    store = desk.store(caller)
    plan = await store.plans.get(plan_id)
    if plan.scenario_id is None:
        raise Refused(
            "plan.not-ready",
            f"plan {plan_id} is of a text that the service does not keep, so it can only be "
            "looked at",
            hint="POST the text to /v1/scenarios, plan that scenario, and run the plan",
            source=Source(pointer="$.plan_id"),
        )
    source = (await store.scenarios.revision(plan.scenario_id, plan.revision)).source
    await check_secrets(desk, source, plan.operation, request.secrets)
    return await _keep(
        caller,
        desk,
        plan.scenario_id,
        operation=plan.operation,
        plan_id=plan_id,
        auto_approve=True,
        secrets=request.secrets,
        credential=request.credential,
    )


async def _run_scenario(
    caller: Caller,
    desk: Desk,
    scenario_id: UUID,
    *,
    operation: RunOperation,
    auto_approve: bool,
    secrets: Mapping[str, str],
    credential: Credential | None,
    retry_of: UUID | None = None,
    then_delete: bool = False,
) -> Run:
    scenarios = desk.store(caller).scenarios
    scenario = await scenarios.get(scenario_id)
    source = (await scenarios.revision(scenario.id, scenario.revision)).source
    await check_secrets(desk, source, operation, secrets)
    return await _keep(
        caller,
        desk,
        scenario_id,
        operation=operation,
        auto_approve=auto_approve,
        secrets=secrets,
        credential=credential,
        retry_of=retry_of,
        then_delete=then_delete,
    )


async def _keep(
    caller: Caller,
    desk: Desk,
    scenario_id: UUID,
    *,
    operation: RunOperation,
    auto_approve: bool,
    secrets: Mapping[str, str],
    credential: Credential | None,
    plan_id: UUID | None = None,
    retry_of: UUID | None = None,
    then_delete: bool = False,
    seen_revision: int | None = None,
) -> Run:
    id = new_id()
    sealed = seal_secrets(desk.seal, secrets, project_id=caller.project_id, job_id=id)
    async with job_rights(caller, desk, credential) as grant:
        run = await desk.store(caller).runs.create(
            id=id,
            scenario_id=scenario_id,
            operation=operation,
            plan_id=plan_id,
            auto_approve=auto_approve,
            retry_of=retry_of,
            then_delete=then_delete,
            seen_revision=seen_revision,
            grant_id=grant.id,
            sealed_secrets=sealed,
            by=caller.user_id,
            global_request_id=caller.global_request_id,
        )
    return linked_run(caller, desk, run)


async def list_runs(caller: Caller, desk: Desk, query: RunQuery) -> RunPage:
    """Return some of the project's runs."""
    caller.check_may_read()
    rows = await desk.store(caller).runs.page(
        limit=query.limit + 1,
        marker=query.marker,
        scenario_id=query.scenario_id,
        state=query.state,
        newest_first=query.sort == NEWEST_FIRST,
    )
    shown, marker = cut(rows, query.limit, lambda row: row.id)
    return RunPage(
        runs=tuple(linked_run(caller, desk, each) for each in shown),
        links=links_of(desk.public_url, page_paths("/v1/runs", query.said(), marker)),
    )


async def show_run(caller: Caller, desk: Desk, id: UUID) -> Run:
    """Return one run."""
    caller.check_may_read()
    return linked_run(caller, desk, await desk.store(caller).runs.get(id))


async def act_on_run(caller: Caller, desk: Desk, id: UUID, action: RunAction) -> Run:
    """Approve, cancel or repeat a run; return it, or the new one.

    Raises:
        Refused: its state does not allow it.
    """
    caller.check_may_change()
    given = [name for name in action.__struct_fields__ if getattr(action, name) is not None]
    if len(given) != 1:
        raise Refused(
            "body.invalid",
            f"one action at a time: {', '.join(action.__struct_fields__)}",
            hint='for example {"cancel": {}}',
            source=Source(pointer="$"),
        )
    runs = desk.store(caller).runs
    if action.approve is not None:
        return linked_run(caller, desk, await runs.approve(id, caller.user_id))
    if action.cancel is not None:
        return linked_run(caller, desk, await runs.cancel(id))
    assert action.retry is not None, "one of the three was given"
    return await _retry(caller, desk, await runs.get(id), action.retry)


async def _retry(caller: Caller, desk: Desk, run: Run, retry: Retry) -> Run:
    if run.state not in _REPEATABLE:
        raise Refused(
            "run.not-possible",
            f"run {run.id} is {run.state}, and only one that is "
            f"{' or '.join(sorted(_REPEATABLE))} can be repeated",
        )
    store = desk.store(caller)
    scenario = await store.scenarios.get(run.scenario_id)
    approval = await store.runs.approval(run.id)
    # What was looked at and begun with is done again without asking, as is what nobody wanted to
    # look at; not so a plan that turned out to be stale, or another text.
    was_approved = approval.is_automatic or "applying" in run.timestamps
    return await _run_scenario(
        caller,
        desk,
        run.scenario_id,
        operation=run.operation,
        auto_approve=was_approved and scenario.revision == run.revision,
        secrets=retry.secrets,
        credential=retry.credential,
        retry_of=run.id,
        then_delete=approval.then_delete,
    )


async def destroy_and_delete(caller: Caller, desk: Desk, scenario_id: UUID, revision: int) -> Run:
    """Ask for everything of a scenario to be destroyed, and for it to be forgotten after that.

    Args:
        revision: of the scenario, which the caller has seen.

    Raises:
        Refused: it has another revision by now; too much is waiting; or the caller's token cannot
            hand rights on.
    """
    caller.check_may_change()
    scenario = await desk.store(caller).scenarios.get(scenario_id)
    if scenario.revision != revision:
        raise changed_meanwhile(scenario.name, scenario.revision, revision)
    try:
        return await _keep(
            caller,
            desk,
            scenario_id,
            operation="destroy",
            auto_approve=True,
            secrets={},
            credential=None,
            then_delete=True,
            seen_revision=revision,
        )
    except Refused as refused:
        if refused.code != "grant.not-delegable":
            raise
        # There is no place for a credential in a request to delete something.
        hint = "start a run that destroys it, which takes a credential, and delete it after that"
        raise Refused(refused.code, refused.message, hint=hint) from refused


_REPEATABLE = frozenset({"failed", "cancelled"})


def linked_run(caller: Caller, desk: Desk, run: Run) -> Run:
    """Return a run with its links, and with what the caller may do with it now."""
    return msgspec.structs.replace(
        run,
        actions=_actions(run) if caller.may_change else RunActions(),
        links=links_of(desk.public_url, run_paths(run)),
    )


def _actions(run: Run) -> RunActions:
    return RunActions(
        approve=run.state == "awaiting_approval",
        cancel=run.state not in ENDED,
        retry=run.state in _REPEATABLE,
    )
