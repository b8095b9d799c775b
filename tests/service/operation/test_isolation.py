# SPDX-License-Identifier: Apache-2.0
"""Whatever is asked with another project's ids is not there, whoever asks; nothing is touched."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from uuid import UUID

import msgspec
import pytest
from tests.service.desks import MEMBER, STRANGER, at_desk, grants_at

from stackloom.service.operation import (
    events,
    graphs,
    lists,
    plans,
    resources,
    runs,
    scenarios,
)
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import (
    EventQuery,
    GraphQuery,
    PlanQuery,
    ProjectEventQuery,
    ResourceQuery,
    RevisionQuery,
    RunQuery,
    ScenarioQuery,
)
from stackloom.service.refusal import Refused
from stackloom.wire.plan import PlanCreate
from stackloom.wire.run import Nothing, Retry, RunAction, RunCreate
from stackloom.wire.scenario import ScenarioCreate, ScenarioReplace, ScenarioSource

SOURCE = ScenarioSource(text="scenario: one\nnetworks: {blue: {}}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """The ids of what another project has, and of the asker's own scenario."""

    scenario: UUID
    plan: UUID
    run: UUID
    own: UUID


Call = Callable[[Desk, Theirs], Awaitable[object]]
EVE = STRANGER
# Every operation that names something of a project, by each id that it takes.
CALLS: dict[str, Call] = {
    "scenarios.show_scenario": lambda d, t: scenarios.show_scenario(EVE, d, t.scenario),
    "scenarios.replace_scenario": lambda d, t: scenarios.replace_scenario(
        EVE, d, t.scenario, 1, ScenarioReplace(source=SOURCE)
    ),
    "scenarios.delete_scenario": lambda d, t: scenarios.delete_scenario(EVE, d, t.scenario, 1),
    "scenarios.show_revision": lambda d, t: scenarios.show_revision(EVE, d, t.scenario, 1),
    "scenarios.list_revisions": lambda d, t: scenarios.list_revisions(
        EVE, d, t.scenario, RevisionQuery()
    ),
    "plans.create_plan": lambda d, t: plans.create_plan(EVE, d, PlanCreate(scenario_id=t.scenario)),
    "plans.create_plan destroy": lambda d, t: plans.create_plan(
        EVE, d, PlanCreate(scenario_id=t.scenario, operation="destroy")
    ),
    "plans.show_plan": lambda d, t: plans.show_plan(EVE, d, t.plan),
    "plans.cancel_plan": lambda d, t: plans.cancel_plan(EVE, d, t.plan),
    "runs.create_run plan": lambda d, t: runs.create_run(EVE, d, RunCreate(plan_id=t.plan)),
    "runs.create_run scenario": lambda d, t: runs.create_run(
        EVE, d, RunCreate(scenario_id=t.scenario)
    ),
    "runs.show_run": lambda d, t: runs.show_run(EVE, d, t.run),
    "runs.act_on_run approve": lambda d, t: runs.act_on_run(
        EVE, d, t.run, RunAction(approve=Nothing())
    ),
    "runs.act_on_run cancel": lambda d, t: runs.act_on_run(
        EVE, d, t.run, RunAction(cancel=Nothing())
    ),
    "runs.act_on_run retry": lambda d, t: runs.act_on_run(EVE, d, t.run, RunAction(retry=Retry())),
    "runs.destroy_and_delete": lambda d, t: runs.destroy_and_delete(EVE, d, t.scenario, 1),
    "resources.list_resources": lambda d, t: resources.list_resources(
        EVE, d, t.scenario, ResourceQuery()
    ),
    "resources.show_outputs": lambda d, t: resources.show_outputs(EVE, d, t.scenario),
    "events.list_job_events run": lambda d, t: events.list_job_events(
        EVE, d, "runs", t.run, EventQuery()
    ),
    "events.list_job_events plan": lambda d, t: events.list_job_events(
        EVE, d, "plans", t.plan, EventQuery()
    ),
    "events.list_project_events": lambda d, t: events.list_project_events(
        EVE, d, ProjectEventQuery(scenario_id=t.scenario)
    ),
    "events.job_place": lambda d, t: events.job_place(EVE, d, "runs", t.run),
    "events.project_place": lambda d, t: events.project_place(EVE, d, t.scenario),
    "graphs.draw_scenario": lambda d, t: graphs.draw_scenario(EVE, d, t.scenario, GraphQuery()),
    "graphs.draw_scenario plan": lambda d, t: graphs.draw_scenario(
        EVE, d, t.own, GraphQuery(overlay=f"plan:{t.plan}")
    ),
    "graphs.draw_scenario run": lambda d, t: graphs.draw_scenario(
        EVE, d, t.own, GraphQuery(overlay=f"run:{t.run}")
    ),
}
# Those that name nothing: they give what the asker's own project has.
UNNAMED = {
    "events.follow",
    "graphs.draw_project",
    "graphs.draw_source",
    "lists.list_of_cloud",
    "plans.list_plans",
    "runs.list_runs",
    "scenarios.create_scenario",
    "scenarios.list_scenarios",
    "scenarios.validate_source",
}


async def _theirs(desk: Desk) -> Theirs:
    scenario = await scenarios.create_scenario(MEMBER, desk, ScenarioCreate(source=SOURCE))
    plan = await plans.create_plan(MEMBER, desk, PlanCreate(scenario_id=scenario.id))
    run = await runs.create_run(MEMBER, desk, RunCreate(scenario_id=scenario.id))
    own = await scenarios.create_scenario(STRANGER, desk, ScenarioCreate(source=SOURCE))
    return Theirs(scenario=scenario.id, plan=plan.id, run=run.id, own=own.id)


async def _all_of(desk: Desk, theirs: Theirs) -> tuple[bytes, ...]:
    shown = (
        await scenarios.show_scenario(MEMBER, desk, theirs.scenario),
        await scenarios.list_revisions(MEMBER, desk, theirs.scenario, RevisionQuery()),
        await plans.list_plans(MEMBER, desk, PlanQuery()),
        await runs.list_runs(MEMBER, desk, RunQuery()),
        await events.list_project_events(MEMBER, desk, ProjectEventQuery()),
    )
    return tuple(map(msgspec.json.encode, shown))


def test_what_another_project_has_is_not_there(database_url: str) -> None:
    """For every operation that names something; an administrator's role does not help."""

    async def work(desk: Desk) -> dict[str, str]:
        theirs = await _theirs(desk)
        before, told = await _all_of(desk, theirs), {}
        granted = len(grants_at(desk).made)
        for name, call in CALLS.items():
            with pytest.raises(Refused) as caught:
                await call(desk, theirs)
            told[name] = caught.value.code
        assert await _all_of(desk, theirs) == before
        # Rights that were made before it was known have been taken back.
        fakes = grants_at(desk)
        assert fakes.ended == [each.id for each in fakes.made[granted:]]
        return told

    assert at_desk(database_url, work) == dict.fromkeys(CALLS, "not-found")


def test_lists_hold_what_the_project_has(database_url: str) -> None:
    """And nothing else, also where another project's scenario is named."""

    async def work(desk: Desk) -> list[int]:
        theirs = await _theirs(desk)
        named = theirs.scenario
        return [
            len((await scenarios.list_scenarios(EVE, desk, ScenarioQuery())).scenarios),
            len((await plans.list_plans(EVE, desk, PlanQuery())).plans),
            len((await plans.list_plans(EVE, desk, PlanQuery(scenario_id=named))).plans),
            len((await runs.list_runs(EVE, desk, RunQuery())).runs),
            len((await runs.list_runs(EVE, desk, RunQuery(scenario_id=named))).runs),
            len((await events.list_project_events(EVE, desk, ProjectEventQuery())).events),
        ]

    assert at_desk(database_url, work) == [1, 0, 0, 0, 0, 0]


def test_another_projects_marker_is_none(database_url: str) -> None:
    """It does not even tell where in time the other's things are."""

    async def work(desk: Desk) -> list[str]:
        theirs, codes = await _theirs(desk), []
        for call in (
            scenarios.list_scenarios(EVE, desk, ScenarioQuery(marker=theirs.scenario)),
            plans.list_plans(EVE, desk, PlanQuery(marker=theirs.plan)),
            runs.list_runs(EVE, desk, RunQuery(marker=theirs.run)),
        ):
            with pytest.raises(Refused) as caught:
                await call
            codes.append(caught.value.code)
        return codes

    assert at_desk(database_url, work) == ["parameter.invalid"] * 3


def _operations(module: ModuleType) -> set[str]:
    """Return the functions of a module that a caller asks for."""
    name = module.__name__.rpartition(".")[2]
    return {
        f"{name}.{function.__name__}"
        for function in vars(module).values()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not function.__name__.startswith("_")
        and list(inspect.signature(function).parameters)[:2] == ["caller", "desk"]
    }


def test_no_operation_is_left_out() -> None:
    """Each is asked with another project's ids, or has no id to be asked with."""
    modules = (events, graphs, lists, plans, resources, runs, scenarios)
    known = set().union(*map(_operations, modules))
    # What the others give links to has been found before.
    assert known - {"runs.linked_run"} == {name.partition(" ")[0] for name in CALLS} | UNNAMED
