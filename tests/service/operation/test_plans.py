# SPDX-License-Identifier: Apache-2.0
"""Plans are asked for with the caller's rights, shown, and called off."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.service.desks import MEMBER, READER, URL, Worker, at_desk, caller, grants_at, plain

from stackloom.service.database.endings import PlanEnd
from stackloom.service.database.grants import idle_grants
from stackloom.service.operation import plans, scenarios
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import PlanQuery
from stackloom.service.refusal import Refused
from stackloom.service.sealed import open_secrets
from stackloom.wire.plan import Counts, Credential, FieldDifference, Plan, PlanCreate, PlanStep
from stackloom.wire.problem import Source
from stackloom.wire.scenario import Scenario, ScenarioCreate, ScenarioReplace, ScenarioSource

ONE = ScenarioSource(text="scenario: one\nnetworks: {blue: {}}\n")
SECRETIVE = ScenarioSource(
    text="scenario: one\nvariables: {word: {type: string, secret: true}}\nnetworks: {blue: {}}\n"
)
STEP = PlanStep(
    address="network.blue",
    action="create",
    differences=(FieldDifference(field="mtu", have=None, want=1400, in_place=True),),
)


async def _scenario(desk: Desk, source: ScenarioSource = ONE) -> Scenario:
    return await scenarios.create_scenario(MEMBER, desk, ScenarioCreate(source=source))


async def _refused(desk: Desk, request: PlanCreate) -> Refused:
    with pytest.raises(Refused) as caught:
        await plans.create_plan(MEMBER, desk, request)
    return caught.value


def test_a_plan_is_asked_for(database_url: str) -> None:
    """Of the newest text, with all rights of the caller, which are kept before the job is."""

    async def work(desk: Desk) -> tuple[Scenario, Plan]:
        scenario = await _scenario(desk)
        await scenarios.replace_scenario(
            MEMBER, desk, scenario.id, 1, ScenarioReplace(source=SECRETIVE)
        )
        request = PlanCreate(scenario_id=scenario.id, secrets={"word": "open"})
        plan = await plans.create_plan(MEMBER, desk, request)
        job = await Worker(desk).take(plan.id)
        [grant] = grants_at(desk).made
        assert (job.grant_id, job.global_request_id) == (grant.id, MEMBER.global_request_id)
        assert grant.roles == ("member", "reader")
        kept = await desk.store(MEMBER).grants.get(grant.id)
        assert kept == grant
        opened = open_secrets(desk.seal, job.secrets, project_id="blue", job_id=plan.id)
        assert opened == {"word": "open"}
        return scenario, plan

    scenario, plan = at_desk(database_url, work)
    own = f"{URL}/v1/plans/{plan.id}"
    assert plan.expires_at - plan.created_at < timedelta(hours=24)
    assert plain(plan) == {
        "id": str(plan.id),
        "scenario_id": str(scenario.id),
        "scenario_name": "one",
        "revision": 2,
        "operation": "apply",
        "state": "pending",
        "counts": None,
        "steps": [],
        "warnings": [],
        "error": None,
        "created_at": plain(plan.created_at),
        "created_by": "ada-id",
        "ready_at": None,
        "expires_at": plain(plan.expires_at),
        "run_id": None,
        "last_seq": 1,
        "links": [
            {"rel": "self", "href": own},
            {"rel": "events", "href": f"{own}/events"},
            {"rel": "scenario", "href": f"{URL}/v1/scenarios/{scenario.id}"},
            {
                "rel": "graph",
                "href": f"{URL}/v1/scenarios/{scenario.id}/graph?overlay=plan%3A{plan.id}",
            },
        ],
    }


def test_a_plan_that_is_ready_says_what_would_be_done(database_url: str) -> None:
    """Lists leave the steps out."""

    async def work(desk: Desk) -> tuple[Plan, Plan]:
        scenario = await _scenario(desk)
        made = await plans.create_plan(MEMBER, desk, PlanCreate(scenario_id=scenario.id))
        worker = Worker(desk)
        end = PlanEnd(state="ready", counts=Counts(create=1), steps=(STEP,), saved="{}")
        await worker.end(await worker.take(made.id), end)
        page = await plans.list_plans(READER, desk, PlanQuery(state="ready"))
        return await plans.show_plan(READER, desk, made.id), page.plans[0]

    plan, listed = at_desk(database_url, work)
    assert (plan.state, plan.counts, plan.steps) == ("ready", Counts(create=1), (STEP,))
    assert (listed.id, listed.counts, listed.steps) == (plan.id, Counts(create=1), ())


def test_a_text_is_planned_without_being_kept(database_url: str) -> None:
    """It leads to no scenario."""

    async def work(desk: Desk) -> tuple[Plan, ScenarioSource | None]:
        plan = await plans.create_plan(MEMBER, desk, PlanCreate(source=ONE))
        return plan, await desk.store(MEMBER).plans.source(plan.id)

    plan, source = at_desk(database_url, work)
    assert (plan.scenario_id, plan.scenario_name, plan.revision) == (None, "one", None)
    assert source == ONE
    assert [link.rel for link in plan.links] == ["self", "events"]


def test_an_older_text_is_planned(database_url: str) -> None:
    """By its number."""

    async def work(desk: Desk) -> int | None:
        made = await _scenario(desk)
        await scenarios.replace_scenario(MEMBER, desk, made.id, 1, ScenarioReplace(source=ONE))
        request = PlanCreate(scenario_id=made.id, revision=1)
        return (await plans.create_plan(MEMBER, desk, request)).revision

    assert at_desk(database_url, work) == 1


def test_a_destroy_reads_no_text(database_url: str) -> None:
    """So it needs no secrets, and takes none."""

    async def work(desk: Desk) -> tuple[str, Refused]:
        made = await _scenario(desk, SECRETIVE)
        request = PlanCreate(scenario_id=made.id, operation="destroy")
        plan = await plans.create_plan(MEMBER, desk, request)
        given = PlanCreate(scenario_id=made.id, operation="destroy", secrets={"word": "open"})
        return plan.operation, await _refused(desk, given)

    operation, refused = at_desk(database_url, work)
    assert operation == "destroy"
    assert (refused.code, refused.source) == ("body.invalid", Source(pointer="$.secrets"))


def test_what_refuses_a_plan(database_url: str) -> None:
    """Each with the place in the body; nobody's rights are left over."""

    async def work(desk: Desk) -> list[tuple[str, Source | None]]:
        made = await _scenario(desk, SECRETIVE)
        requests = (
            PlanCreate(),
            PlanCreate(scenario_id=made.id, source=ONE),
            PlanCreate(source=ONE, revision=1),
            PlanCreate(source=ScenarioSource(text="scenario: one\nnetwork: {}\n")),
            PlanCreate(scenario_id=uuid4()),
            PlanCreate(scenario_id=made.id, revision=7),
            PlanCreate(scenario_id=made.id),
            PlanCreate(scenario_id=made.id, secrets={"word": "open", "other": "x"}),
        )
        refusals = [await _refused(desk, request) for request in requests]
        assert grants_at(desk).made == []
        return [(each.code, each.source) for each in refusals]

    assert at_desk(database_url, work) == [
        ("body.invalid", Source(pointer="$.scenario_id")),
        ("body.invalid", Source(pointer="$.scenario_id")),
        ("body.invalid", Source(pointer="$.revision")),
        ("scenario.invalid", None),
        ("not-found", None),
        ("not-found", None),
        ("secret.missing", Source(pointer="$.secrets")),
        ("body.invalid", Source(pointer="$.secrets.other")),
    ]


def test_a_secret_is_held_against_its_rules(database_url: str) -> None:
    """Before anything is started; what was given is not told."""
    text = (
        "scenario: one\nvariables:\n  pin: {type: integer, minimum: 1000, secret: true}\n"
        "networks: {blue: {}}\n"
    )

    async def work(desk: Desk) -> list[Refused]:
        made = await _scenario(desk, ScenarioSource(text=text))
        refusals = [
            await _refused(desk, PlanCreate(scenario_id=made.id, secrets={"pin": pin}))
            for pin in ("471", "sesame")
        ]
        await plans.create_plan(
            MEMBER, desk, PlanCreate(scenario_id=made.id, secrets={"pin": "4711"})
        )
        return refusals

    refusals = at_desk(database_url, work)
    assert [each.code for each in refusals] == ["scenario.invalid"] * 2
    problems = [problem for each in refusals for problem in each.problems]
    assert [(each.line, each.column) for each in problems] == [(3, 3), (3, 3)]
    assert not [each for each in problems if "471" in each.message or "sesame" in each.message]


def test_a_delegated_token_brings_a_credential(database_url: str) -> None:
    """Or hands no rights on."""
    delegated = caller("member", is_delegated=True)

    async def work(desk: Desk) -> tuple[str, str]:
        with pytest.raises(Refused) as caught:
            await plans.create_plan(delegated, desk, PlanCreate(source=ONE))
        credential = Credential(id="mine", secret="s3cret")
        await plans.create_plan(delegated, desk, PlanCreate(source=ONE, credential=credential))
        return caught.value.code, grants_at(desk).made[0].reference

    assert at_desk(database_url, work) == ("grant.not-delegable", "mine")


def test_a_full_queue_takes_nothing(database_url: str) -> None:
    """The rights that were made for it are taken back."""

    async def work(desk: Desk) -> str:
        made = await _scenario(desk)
        for _ in range(100):
            await plans.create_plan(
                MEMBER, desk, PlanCreate(scenario_id=made.id, operation="destroy")
            )
        refused = await _refused(desk, PlanCreate(scenario_id=made.id))
        fakes = grants_at(desk)
        assert fakes.ended == [fakes.made[-1].id]
        return refused.code

    assert at_desk(database_url, work) == "queue.full"


def test_rights_that_cannot_be_taken_back_are_left_to_the_workers(database_url: str) -> None:
    """Whoever asked is told why there is no plan, not that Keystone is away."""

    async def work(desk: Desk) -> tuple[str, list[UUID]]:
        nowhere = PlanCreate(source=ONE)
        for _ in range(100):
            await plans.create_plan(MEMBER, desk, nowhere)
        fakes = grants_at(desk)
        fakes.is_away = True
        refused = await _refused(desk, nowhere)
        idle = await idle_grants(desk.pool, age_seconds=0, limit=10)
        assert [each.id for each in idle] == [fakes.made[-1].id]
        return refused.code, fakes.ended

    assert at_desk(database_url, work) == ("queue.full", [])


def test_plans_come_in_pages(database_url: str) -> None:
    """Those of one scenario, or in one state."""

    async def work(desk: Desk) -> tuple[int, int, list[str]]:
        first, second = await _scenario(desk), PlanCreate(source=ONE)
        made = [
            await plans.create_plan(MEMBER, desk, each)
            for each in (PlanCreate(scenario_id=first.id), second, second)
        ]
        query = PlanQuery(limit=2, sort="created_at:desc")
        page = await plans.list_plans(READER, desk, query)
        assert [each.id for each in page.plans] == [made[2].id, made[1].id]
        own = await plans.list_plans(READER, desk, PlanQuery(scenario_id=first.id))
        ready = await plans.list_plans(READER, desk, PlanQuery(state="ready"))
        marker = f"&marker={made[1].id}"
        hrefs = [link.href.removesuffix(marker) for link in page.links]
        return len(own.plans), len(ready.plans), hrefs

    path = f"{URL}/v1/plans?limit=2&sort=created_at%3Adesc"
    assert at_desk(database_url, work) == (1, 0, [path, path])


def test_a_plan_is_called_off(database_url: str) -> None:
    """It is still there to be read; only a member may."""

    async def work(desk: Desk) -> tuple[str, str, str]:
        plan = await plans.create_plan(MEMBER, desk, PlanCreate(source=ONE))
        with pytest.raises(Refused) as caught:
            await plans.cancel_plan(READER, desk, plan.id)
        cancelled = await plans.cancel_plan(MEMBER, desk, plan.id)
        shown = await plans.show_plan(READER, desk, plan.id)
        return caught.value.code, cancelled.state, shown.state

    assert at_desk(database_url, work) == ("role.missing", "cancelled", "cancelled")
