# SPDX-License-Identifier: Apache-2.0
"""Runs are asked for, shown, approved, cancelled, repeated: as state and caller allow."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from tests.service.desks import MEMBER, READER, URL, Worker, at_desk, caller, grants_at, plain

from stackloom.service.database.endings import PlanEnd, RunEnd, RunPlan
from stackloom.service.operation import plans, runs, scenarios
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import RunQuery
from stackloom.service.refusal import Refused
from stackloom.service.sealed import open_secrets
from stackloom.wire.plan import Counts, Credential, PlanCreate, PlanStep
from stackloom.wire.problem import Source
from stackloom.wire.run import (
    Nothing,
    Progress,
    Retry,
    Run,
    RunAction,
    RunActions,
    RunCreate,
    RunOperation,
)
from stackloom.wire.scenario import Scenario, ScenarioCreate, ScenarioReplace, ScenarioSource

ONE = ScenarioSource(text="scenario: one\nnetworks: {blue: {}}\n")
SECRETIVE = ScenarioSource(
    text="scenario: one\nvariables: {word: {type: string, secret: true}}\nnetworks: {blue: {}}\n"
)
STEPS = (PlanStep(address="network.blue", action="create"),)
PLANNED = RunPlan(
    counts=Counts(create=1), steps=STEPS, saved="{}", progress=Progress(total=1), picture=b"{}"
)
APPROVE, CANCEL = RunAction(approve=Nothing()), RunAction(cancel=Nothing())


async def _scenario(desk: Desk, source: ScenarioSource = ONE) -> Scenario:
    return await scenarios.create_scenario(MEMBER, desk, ScenarioCreate(source=source))


async def _ready_plan(desk: Desk, request: PlanCreate) -> UUID:
    plan = await plans.create_plan(MEMBER, desk, request)
    worker = Worker(desk)
    end = PlanEnd(state="ready", counts=Counts(create=1), steps=STEPS, saved="{}")
    await worker.end(await worker.take(plan.id), end)
    return plan.id


async def _refused(desk: Desk, request: RunCreate) -> Refused:
    with pytest.raises(Refused) as caught:
        await runs.create_run(MEMBER, desk, request)
    return caught.value


async def _ended(desk: Desk, run_id: UUID, *, is_applied: bool = True) -> None:
    worker = Worker(desk)
    job = await worker.take(run_id)
    if is_applied:
        await worker.apply(job)
    await worker.end(job, RunEnd(state="failed", is_partial=is_applied))


def test_a_plan_is_carried_out(database_url: str) -> None:
    """Its text and operation are the plan's; the plan leads to the run from then on."""

    async def work(desk: Desk) -> tuple[Scenario, UUID, Run, UUID | None]:
        scenario = await _scenario(desk)
        plan_id = await _ready_plan(desk, PlanCreate(scenario_id=scenario.id))
        run = await runs.create_run(MEMBER, desk, RunCreate(plan_id=plan_id))
        again = await _refused(desk, RunCreate(plan_id=plan_id))
        assert again.code == "plan.used"
        plan = await plans.show_plan(READER, desk, plan_id)
        assert plan.links[-1].href == f"{URL}/v1/runs/{run.id}"
        return scenario, plan_id, run, plan.run_id

    scenario, plan_id, run, plans_run = at_desk(database_url, work)
    own, queued = f"{URL}/v1/runs/{run.id}", plain(run.state_since)
    assert plans_run == run.id
    assert plain(run) == {
        "id": str(run.id),
        "scenario_id": str(scenario.id),
        "scenario_name": "one",
        "revision": 1,
        "operation": "apply",
        "plan_id": str(plan_id),
        "state": "queued",
        "state_since": queued,
        "timestamps": {"queued": queued},
        "counts": None,
        "progress": {"done": 0, "failed": 0, "skipped": 0, "total": 0},
        "is_partial": False,
        "actions": {"approve": False, "cancel": True, "retry": False},
        "attempt": 0,
        "next_try_at": None,
        "retry_of": None,
        "error": None,
        "global_request_id": MEMBER.global_request_id,
        "created_at": plain(run.created_at),
        "created_by": "ada-id",
        "last_seq": 1,
        "links": [
            {"rel": "self", "href": own},
            {"rel": "events", "href": f"{own}/events"},
            {"rel": "scenario", "href": f"{URL}/v1/scenarios/{scenario.id}"},
            {
                "rel": "graph",
                "href": f"{URL}/v1/scenarios/{scenario.id}/graph?overlay=run%3A{run.id}",
            },
            {"rel": "plan", "href": f"{URL}/v1/plans/{plan_id}"},
        ],
    }


def test_a_run_has_secrets_and_rights_of_its_own(database_url: str) -> None:
    """Not those that its plan was made with."""

    async def work(desk: Desk) -> None:
        scenario = await _scenario(desk, SECRETIVE)
        request = PlanCreate(scenario_id=scenario.id, secrets={"word": "open"})
        plan_id = await _ready_plan(desk, request)
        assert (await _refused(desk, RunCreate(plan_id=plan_id))).code == "secret.missing"
        run = await runs.create_run(
            MEMBER, desk, RunCreate(plan_id=plan_id, secrets={"word": "sesame"})
        )
        job = await Worker(desk).take(run.id)
        opened = open_secrets(desk.seal, job.secrets, project_id="blue", job_id=run.id)
        assert opened == {"word": "sesame"}
        assert job.grant_id == grants_at(desk).made[-1].id

    at_desk(database_url, work)


def test_a_scenario_is_run_without_a_plan(database_url: str) -> None:
    """It waits for approval once it is known what it would do; only who may change may approve."""

    async def work(desk: Desk) -> list[tuple[str, RunActions]]:
        scenario = await _scenario(desk)
        run = await runs.create_run(MEMBER, desk, RunCreate(scenario_id=scenario.id))
        worker, seen = Worker(desk), []
        job = await worker.take(run.id)
        await worker.planned(job, PLANNED)
        await worker.hold(job)
        for who in (READER, MEMBER):
            shown = await runs.show_run(who, desk, run.id)
            seen.append((shown.state, shown.actions))
        approved = await runs.act_on_run(MEMBER, desk, run.id, APPROVE)
        return [*seen, (approved.state, approved.actions)]

    assert at_desk(database_url, work) == [
        ("awaiting_approval", RunActions()),
        ("awaiting_approval", RunActions(approve=True, cancel=True)),
        ("queued", RunActions(cancel=True)),
    ]


def test_a_run_is_cancelled(database_url: str) -> None:
    """At once while nobody works on it, and only once."""

    async def work(desk: Desk) -> tuple[str, RunActions, Refused]:
        scenario = await _scenario(desk)
        run = await runs.create_run(MEMBER, desk, RunCreate(scenario_id=scenario.id))
        cancelled = await runs.act_on_run(MEMBER, desk, run.id, CANCEL)
        with pytest.raises(Refused) as caught:
            await runs.act_on_run(MEMBER, desk, run.id, CANCEL)
        return cancelled.state, cancelled.actions, caught.value

    state, actions, refused = at_desk(database_url, work)
    assert (state, actions) == ("cancelled", RunActions(retry=True))
    assert refused.code == "run.not-possible"


@pytest.mark.parametrize(
    ("auto_approve", "is_applied", "is_approved"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
)
def test_a_run_that_failed_is_repeated(
    database_url: str, auto_approve: bool, is_applied: bool, is_approved: bool
) -> None:
    """As a run of its own; without asking where it was approved and begun, or nobody wanted to."""

    async def work(desk: Desk) -> tuple[bool, bool, bool]:
        scenario = await _scenario(desk)
        request = RunCreate(scenario_id=scenario.id, auto_approve=auto_approve)
        run = await runs.create_run(MEMBER, desk, request)
        await _ended(desk, run.id, is_applied=is_applied)
        again = await runs.act_on_run(MEMBER, desk, run.id, RunAction(retry=Retry()))
        approval = await desk.store(MEMBER).runs.approval(again.id)
        return again.id != run.id, again.retry_of == run.id, approval.is_approved

    assert at_desk(database_url, work) == (True, True, is_approved)


def test_a_stale_plan_is_not_approved_for_what_comes_after_it(database_url: str) -> None:
    """The retry of its run says what it would do, and asks."""

    async def work(desk: Desk) -> bool:
        scenario = await _scenario(desk)
        plan_id = await _ready_plan(desk, PlanCreate(scenario_id=scenario.id))
        run = await runs.create_run(MEMBER, desk, RunCreate(plan_id=plan_id))
        await _ended(desk, run.id, is_applied=False)
        again = await runs.act_on_run(MEMBER, desk, run.id, RunAction(retry=Retry()))
        return (await desk.store(MEMBER).runs.approval(again.id)).is_approved

    assert at_desk(database_url, work) is False


def test_a_scenario_that_was_to_go_goes_with_the_retry(database_url: str) -> None:
    """Once what it has is destroyed."""

    async def work(desk: Desk) -> bool:
        scenario = await _scenario(desk)
        run = await runs.destroy_and_delete(MEMBER, desk, scenario.id, 1)
        await _ended(desk, run.id)
        again = await runs.act_on_run(MEMBER, desk, run.id, RunAction(retry=Retry()))
        return (await desk.store(MEMBER).runs.approval(again.id)).then_delete

    assert at_desk(database_url, work) is True


def test_a_new_text_is_looked_at_again(database_url: str) -> None:
    """What was approved was another one."""

    async def work(desk: Desk) -> bool:
        made = await _scenario(desk)
        run = await runs.create_run(MEMBER, desk, RunCreate(scenario_id=made.id))
        await _ended(desk, run.id)
        await scenarios.replace_scenario(MEMBER, desk, made.id, 1, ScenarioReplace(source=ONE))
        again = await runs.act_on_run(MEMBER, desk, run.id, RunAction(retry=Retry()))
        return (await desk.store(MEMBER).runs.approval(again.id)).is_approved

    assert at_desk(database_url, work) is False


def test_secrets_are_given_anew(database_url: str) -> None:
    """Those of the first run have been erased with it."""

    async def work(desk: Desk) -> str:
        scenario = await _scenario(desk, SECRETIVE)
        run = await runs.create_run(
            MEMBER, desk, RunCreate(scenario_id=scenario.id, secrets={"word": "open"})
        )
        await _ended(desk, run.id)
        with pytest.raises(Refused) as caught:
            await runs.act_on_run(MEMBER, desk, run.id, RunAction(retry=Retry()))
        retry = RunAction(retry=Retry(secrets={"word": "open"}))
        await runs.act_on_run(MEMBER, desk, run.id, retry)
        return caught.value.code

    assert at_desk(database_url, work) == "secret.missing"


def test_what_is_under_way_is_not_repeated(database_url: str) -> None:
    """Nor approved, before it asks."""

    async def work(desk: Desk) -> list[str]:
        scenario = await _scenario(desk)
        run = await runs.create_run(MEMBER, desk, RunCreate(scenario_id=scenario.id))
        messages = []
        for action in (RunAction(retry=Retry()), APPROVE):
            with pytest.raises(Refused) as caught:
                await runs.act_on_run(MEMBER, desk, run.id, action)
            assert caught.value.code == "run.not-possible"
            messages.append(caught.value.message.replace(str(run.id), "ID"))
        return messages

    assert at_desk(database_url, work) == [
        "run ID is queued, and only one that is cancelled or failed can be repeated",
        "run ID is queued: not to be approved",
    ]


def test_what_refuses_a_run(database_url: str) -> None:
    """Each with the place in the body; nobody's rights are left over."""

    async def work(desk: Desk) -> list[tuple[str, Source | None]]:
        scenario = await _scenario(desk)
        pending = await plans.create_plan(MEMBER, desk, PlanCreate(scenario_id=scenario.id))
        of_text = await _ready_plan(desk, PlanCreate(source=ONE))
        requests = (
            RunCreate(),
            RunCreate(plan_id=pending.id, scenario_id=scenario.id),
            RunCreate(plan_id=pending.id, auto_approve=True),
            RunCreate(plan_id=pending.id, operation="destroy"),
            RunCreate(plan_id=pending.id),
            RunCreate(plan_id=of_text),
            RunCreate(plan_id=uuid4()),
            RunCreate(scenario_id=uuid4()),
            RunCreate(scenario_id=scenario.id, secrets={"word": "x"}),
        )
        refusals = [await _refused(desk, request) for request in requests]
        fakes = grants_at(desk)
        assert fakes.ended == [each.id for each in fakes.made[2:]]
        return [(each.code, each.source) for each in refusals]

    assert at_desk(database_url, work) == [
        ("body.invalid", Source(pointer="$.plan_id")),
        ("body.invalid", Source(pointer="$.plan_id")),
        ("body.invalid", Source(pointer="$.operation")),
        ("body.invalid", Source(pointer="$.operation")),
        ("plan.not-ready", None),
        ("plan.not-ready", Source(pointer="$.plan_id")),
        ("not-found", None),
        ("not-found", None),
        ("body.invalid", Source(pointer="$.secrets.word")),
    ]


def test_a_stale_plan_is_not_carried_out(database_url: str) -> None:
    """The scenario has another text by now."""

    async def work(desk: Desk) -> str:
        made = await _scenario(desk)
        plan_id = await _ready_plan(desk, PlanCreate(scenario_id=made.id))
        await scenarios.replace_scenario(MEMBER, desk, made.id, 1, ScenarioReplace(source=ONE))
        return (await _refused(desk, RunCreate(plan_id=plan_id))).code

    assert at_desk(database_url, work) == "plan.stale"


@pytest.mark.parametrize(
    "action", [RunAction(), RunAction(cancel=Nothing(), retry=Retry())], ids=["none", "two"]
)
def test_one_action_at_a_time(database_url: str, action: RunAction) -> None:
    """And one at least."""

    async def work(desk: Desk) -> str:
        with pytest.raises(Refused) as caught:
            await runs.act_on_run(MEMBER, desk, uuid4(), action)
        return caught.value.code

    assert at_desk(database_url, work) == "body.invalid"


def test_runs_come_in_pages(database_url: str) -> None:
    """Those of one scenario, or in one state; with what the caller may do with each."""

    async def work(desk: Desk) -> tuple[list[UUID], list[UUID], list[RunActions], list[str]]:
        scenario = await _scenario(desk)
        check = RunCreate(scenario_id=scenario.id, operation="check")
        made = [(await runs.create_run(MEMBER, desk, check)).id for _ in range(3)]
        await runs.act_on_run(MEMBER, desk, made[1], CANCEL)
        page = await runs.list_runs(READER, desk, RunQuery(limit=2, scenario_id=scenario.id))
        queued = await runs.list_runs(MEMBER, desk, RunQuery(state="queued"))
        assert [each.id for each in queued.runs] == [made[0], made[2]]
        hrefs = [link.href.replace(str(scenario.id), "ID") for link in page.links]
        actions = [each.actions for each in page.runs]
        return [each.id for each in page.runs], made, actions, hrefs

    shown, made, actions, hrefs = at_desk(database_url, work)
    path = f"{URL}/v1/runs?limit=2&scenario_id=ID"
    assert shown == made[:2]
    assert actions == [RunActions(), RunActions()]
    assert hrefs == [path, f"{path}&marker={made[1]}"]


def test_a_scenario_goes_with_what_it_has(database_url: str) -> None:
    """By a destroy that nobody has to approve, for whoever has seen the newest text."""

    async def work(desk: Desk) -> tuple[str, Run, str]:
        scenario = await _scenario(desk)
        with pytest.raises(Refused) as stale:
            await runs.destroy_and_delete(MEMBER, desk, scenario.id, 2)
        run = await runs.destroy_and_delete(MEMBER, desk, scenario.id, 1)
        worker = Worker(desk)
        job = await worker.take(run.id)
        await worker.apply(job)
        await worker.end(job, RunEnd(state="succeeded", condition="absent"))
        with pytest.raises(Refused) as gone:
            await scenarios.show_scenario(READER, desk, scenario.id)
        return stale.value.code, await runs.show_run(READER, desk, run.id), gone.value.code

    stale, run, gone = at_desk(database_url, work)
    assert (stale, gone) == ("etag.mismatch", "not-found")
    assert (run.operation, run.state) == ("destroy", "succeeded")


def test_what_has_something_in_the_cloud_is_not_forgotten(database_url: str) -> None:
    """Nor what is being worked on; once it is destroyed, it may be."""

    async def work(desk: Desk) -> list[str]:
        made, told = await _scenario(desk), []

        async def deleted() -> str:
            try:
                await scenarios.delete_scenario(MEMBER, desk, made.id, 1)
            except Refused as refused:
                return refused.code
            return "deleted"

        ends: tuple[tuple[RunOperation, RunEnd], ...] = (
            ("apply", RunEnd(state="failed", is_partial=True, condition="failed")),
            ("destroy", RunEnd(state="succeeded", condition="absent", resources=())),
        )
        for operation, end in ends:
            request = RunCreate(scenario_id=made.id, operation=operation, auto_approve=True)
            run = await runs.create_run(MEMBER, desk, request)
            worker = Worker(desk)
            job = await worker.take(run.id)
            await worker.apply(job)
            told.append(await deleted())
            await worker.end(job, end)
            told.append(await deleted())
        return told

    assert at_desk(database_url, work) == [
        "scenario.busy",
        "scenario.has-resources",
        "scenario.busy",
        "deleted",
    ]


def test_who_may_not_hand_rights_on_is_told_a_way_that_there_is(database_url: str) -> None:
    """A deletion takes no credential, so nobody is told to send one along."""
    delegated = caller("member", is_delegated=True)

    async def work(desk: Desk) -> Refused:
        made = await _scenario(desk)
        with pytest.raises(Refused) as caught:
            await runs.destroy_and_delete(delegated, desk, made.id, 1)
        credential = Credential(id="mine", secret="word")
        request = RunCreate(scenario_id=made.id, operation="destroy", credential=credential)
        assert (await runs.create_run(delegated, desk, request)).state == "queued"
        return caught.value

    refused = at_desk(database_url, work)
    assert (refused.code, refused.hint) == (
        "grant.not-delegable",
        "start a run that destroys it, which takes a credential, and delete it after that",
    )


def test_readers_start_nothing(database_url: str) -> None:
    """Whatever it is."""

    async def work(desk: Desk) -> list[str]:
        nowhere, codes = uuid4(), []
        for call in (
            runs.create_run(READER, desk, RunCreate(scenario_id=nowhere)),
            runs.act_on_run(READER, desk, nowhere, CANCEL),
            runs.destroy_and_delete(READER, desk, nowhere, 1),
        ):
            with pytest.raises(Refused) as caught:
                await call
            codes.append(caught.value.code)
        return codes

    assert at_desk(database_url, work) == ["role.missing"] * 3
