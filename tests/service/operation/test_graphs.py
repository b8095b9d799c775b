# SPDX-License-Identifier: Apache-2.0
"""Scenarios are drawn as they are asked for, planned, carried out, and as they have drifted."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.fakes.fake_cloud import PROJECT, FakeCloud, Fault, Trouble
from tests.fakes.http_bridge import served
from tests.service.desks import MEMBER, NOBODY, READER, URL, Worker, a_desk, at_desk, caller
from tests.service.operation.test_resources import checked

from stackloom import operations
from stackloom.auth.token import Token
from stackloom.cloud.sketch import Bar, Box
from stackloom.log import Secret
from stackloom.scenario.picture.format import Format, Look, rendered
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage
from stackloom.scenario.picture.theme import Theme
from stackloom.service.database.endings import PlanEnd, RunEnd, RunPlan, SeenResource
from stackloom.service.identity.caller import Caller
from stackloom.service.operation import graphs, plans, runs, scenarios
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.graphs import progress_of
from stackloom.service.operation.queries import GraphQuery, ProjectGraphQuery
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings, LimitsSettings, ServiceSettings
from stackloom.transport.client import Request
from stackloom.wire.event import (
    StepEnded,
    StepError,
    StepInDoubt,
    StepStarted,
    TakenOver,
)
from stackloom.wire.graph import Graph, GraphRemark
from stackloom.wire.links import Link
from stackloom.wire.plan import Counts, FieldDifference, PlanCreate
from stackloom.wire.problem import Source
from stackloom.wire.run import Progress, RunCreate
from stackloom.wire.scenario import Scenario, ScenarioCreate, ScenarioSource

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOURCE = ScenarioSource(text="scenario: one\nnetworks: {blue: {}, green: {}}\n")
PICTURE = Picture(
    title="one",
    parts=(
        Bar(key="network.blue", label="blue"),
        Box(key="router.hub", sort="router", label="hub"),
    ),
    remarks={"network.blue": Remark(change=Change.CREATE)},
    elsewhere=("+ keypair.mine",),
    has_overlay=True,
)
KEPT = msgspec.json.encode(PICTURE)


async def _scenario(desk: Desk) -> Scenario:
    return await scenarios.create_scenario(MEMBER, desk, ScenarioCreate(source=SOURCE))


async def _graph(desk: Desk, id: UUID, overlay: str | None = None) -> Graph:
    drawn = await graphs.draw_scenario(READER, desk, id, GraphQuery(overlay=overlay))
    assert isinstance(drawn, Graph)
    return drawn


def test_a_scenario_is_drawn_as_it_is_asked_for(database_url: str) -> None:
    """As data, with where it is from."""

    async def work(desk: Desk) -> tuple[UUID, Graph]:
        made = await _scenario(desk)
        return made.id, await _graph(desk, made.id)

    id, graph = at_desk(database_url, work)
    own = f"{URL}/v1/scenarios/{id}"
    assert [(type(each), each.key) for each in graph.parts if isinstance(each, Bar)] == [
        (Bar, "network.blue"),
        (Bar, "network.green"),
    ]
    assert (graph.title, graph.remarks) == ("one", {})
    assert {link.rel: link.href for link in graph.links} == {
        "self": f"{own}/graph",
        "scenario": own,
    }


@pytest.mark.parametrize("format", ["svg", "mermaid", "dot"])
def test_a_picture_is_what_draw_writes(
    database_url: str, format: Literal["svg", "mermaid", "dot"]
) -> None:
    """The same bytes as on the command line."""
    theme: Literal["auto", "dark"] = "dark" if format == "svg" else "auto"

    async def work(desk: Desk) -> Graph | bytes:
        made = await _scenario(desk)
        query = GraphQuery(format=format, theme=theme, expand=True)
        return await graphs.draw_scenario(READER, desk, made.id, query)

    loaded = operations.read_texts({"s.yaml": SOURCE.text}, "s.yaml", most_values=1_000)
    expected = rendered(
        operations.topology_of(loaded.scenario),
        Format(format),
        Look(theme=Theme(theme), expand=True),
    )
    assert at_desk(database_url, work) == expected


def test_a_png_is_one(database_url: str) -> None:
    """By its first bytes."""

    async def work(desk: Desk) -> Graph | bytes:
        made = await _scenario(desk)
        return await graphs.draw_scenario(READER, desk, made.id, GraphQuery(format="png"))

    drawn = at_desk(database_url, work)
    assert isinstance(drawn, bytes)
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")


def test_a_plan_is_drawn_as_it_was_made(database_url: str) -> None:
    """And not before."""

    async def work(desk: Desk) -> tuple[str, Graph]:
        made = await _scenario(desk)
        plan = await plans.create_plan(MEMBER, desk, PlanCreate(scenario_id=made.id))
        with pytest.raises(Refused) as caught:
            await _graph(desk, made.id, f"plan:{plan.id}")
        worker = Worker(desk)
        end = PlanEnd(state="ready", counts=Counts(create=1), steps=(), saved="{}", picture=KEPT)
        await worker.end(await worker.take(plan.id), end)
        return caught.value.code, await _graph(desk, made.id, f"plan:{plan.id}")

    code, graph = at_desk(database_url, work)
    assert code == "plan.not-ready"
    assert graph.parts == PICTURE.parts
    assert graph.remarks == {"network.blue": GraphRemark(change="create")}
    assert graph.elsewhere == ("+ keypair.mine",)


def test_a_run_is_drawn_with_how_far_it_is(database_url: str) -> None:
    """Before it is planned as the scenario, then on the picture of its plan."""

    async def work(desk: Desk) -> list[Mapping[str, GraphRemark]]:
        made = await _scenario(desk)
        request = RunCreate(scenario_id=made.id, auto_approve=True)
        run = await runs.create_run(MEMBER, desk, request)
        overlay = f"run:{run.id}"
        seen = [(await _graph(desk, made.id, overlay)).remarks]
        worker = Worker(desk)
        job = await worker.take(run.id)
        planned = RunPlan(
            counts=Counts(create=1), steps=(), saved="{}", progress=Progress(), picture=KEPT
        )
        await worker.planned(job, planned)
        seen.append((await _graph(desk, made.id, overlay)).remarks)
        await worker.apply(job)
        await worker.tell(job, _started("network.blue", run.id))
        seen.append((await _graph(desk, made.id, overlay)).remarks)
        await worker.tell(job, _ended("network.blue", run.id, "failed"))
        return [*seen, (await _graph(desk, made.id, overlay)).remarks]

    before, planned, running, failed = at_desk(database_url, work)
    assert before == {}
    assert planned == {"network.blue": GraphRemark(change="create", stage="waiting")}
    assert running == {"network.blue": GraphRemark(change="create", stage="running")}
    assert failed == {
        "network.blue": GraphRemark(change="create", stage="failed", reason="in use (req-7)")
    }


def test_a_run_can_be_looked_at_when_its_scenario_is_gone(database_url: str) -> None:
    """The scenario itself cannot."""

    async def work(desk: Desk) -> tuple[Mapping[str, GraphRemark], str]:
        made = await _scenario(desk)
        run = await runs.destroy_and_delete(MEMBER, desk, made.id, 1)
        worker = Worker(desk)
        job = await worker.take(run.id)
        planned = RunPlan(
            counts=Counts(delete=1), steps=(), saved="{}", progress=Progress(), picture=KEPT
        )
        await worker.planned(job, planned)
        await worker.apply(job)
        await worker.tell(job, _ended("network.blue", run.id, "done"))
        await worker.end(job, RunEnd(state="succeeded"))
        with pytest.raises(Refused) as caught:
            await _graph(desk, made.id)
        return (await _graph(desk, made.id, f"run:{run.id}")).remarks, caught.value.code

    assert at_desk(database_url, work) == (
        {"network.blue": GraphRemark(change="create", stage="done")},
        "not-found",
    )


def test_drift_is_drawn_as_what_an_apply_would_do(database_url: str) -> None:
    """What is not in the text stands beside the picture."""

    async def work(desk: Desk) -> Graph:
        return await _graph(desk, await checked(desk), "drift")

    graph = at_desk(database_url, work)
    assert graph.remarks == {
        "network.blue": GraphRemark(change="update", lines=("mtu: 1500 → 1400",)),
        "network.green": GraphRemark(change="create"),
    }
    assert graph.elsewhere == ("- subnet.old",)
    assert graph.notices == ()


def test_drift_that_cannot_be_mended_in_place_is_a_replacement(database_url: str) -> None:
    """What has no place in the picture stands beside it."""
    field = FieldDifference(field="shape", have="round", want="flat", in_place=False)
    found = tuple(
        SeenResource(
            address=address,
            kind=address.partition(".")[0],
            cloud_id="id",
            name="x",
            condition="changed",
            differences=(field,),
        )
        for address in ("keypair.mine", "network.blue")
    )

    async def work(desk: Desk) -> Graph:
        return await _graph(desk, await checked(desk, found=found), "drift")

    graph = at_desk(database_url, work)
    remark = GraphRemark(change="replace", lines=('shape: "round" → "flat"',))
    assert graph.remarks == {"keypair.mine": remark, "network.blue": remark}
    assert graph.elsewhere == ("± keypair.mine",)


def test_what_was_never_checked_is_not_told_as_unchanged(database_url: str) -> None:
    """A notice says that nothing is known."""

    async def work(desk: Desk) -> Graph:
        return await _graph(desk, (await _scenario(desk)).id, "drift")

    graph = at_desk(database_url, work)
    assert (graph.remarks, graph.notices) == (
        {},
        ("no run or check has looked at the cloud so far",),
    )


def test_what_is_no_overlay_is_refused(database_url: str) -> None:
    """So is a plan or run that is not there, or is of another scenario."""

    async def work(desk: Desk) -> list[tuple[str, Source | None]]:
        made = await _scenario(desk)
        plan = await plans.create_plan(MEMBER, desk, PlanCreate(source=SOURCE))
        other = ScenarioCreate(source=ScenarioSource(text="scenario: two\nnetworks: {a: {}}\n"))
        two = await scenarios.create_scenario(MEMBER, desk, other)
        run = await runs.create_run(MEMBER, desk, RunCreate(scenario_id=two.id))
        refusals = []
        for overlay in (
            "drifts",
            "plan:7",
            f"plans:{plan.id}",
            f"plan:{plan.id}",
            f"run:{run.id}",
            f"plan:{uuid4()}",
            f"run:{uuid4()}",
        ):
            with pytest.raises(Refused) as caught:
                await _graph(desk, made.id, overlay)
            refusals.append((caught.value.code, caught.value.source))
        return refusals

    wrong = ("parameter.invalid", Source(pointer="?overlay"))
    assert at_desk(database_url, work) == [*[wrong] * 5, ("not-found", None), ("not-found", None)]


async def _project(cloud: FakeCloud, url: str) -> tuple[Caller, ServiceSettings]:
    """Return somebody in a project with one network, and the settings of a service there."""
    cloud.base = url
    log_in = Request(method="POST", url=f"{url}/v3/auth/tokens", headers={}, body=b"{}")
    token = Token(Secret("given"), (await cloud.send(log_in)).body)
    network = b'{"network": {"name": "found"}}'
    await cloud.send(Request(method="POST", url=f"{url}/v2.0/networks", headers={}, body=network))
    cloud.requests.clear()
    settings = ServiceSettings(
        identity=IdentitySettings(auth_url=f"{url}/v3"),
        limits=LimitsSettings(readings_at_once=1),
    )
    return caller("reader", token=token.secret, catalog=token), settings


def test_a_project_is_drawn_with_the_callers_token(database_url: str) -> None:
    """Whatever is in it, and whoever made it; without a role nobody is asked."""
    cloud = FakeCloud()

    async def work(url: str) -> tuple[Graph | bytes, int]:
        who, settings = await _project(cloud, url)
        async with a_desk(database_url, settings) as desk:
            with pytest.raises(Refused):
                await graphs.draw_project(NOBODY, desk, ProjectGraphQuery())
            asked = len(cloud.requests)
            return await graphs.draw_project(who, desk, ProjectGraphQuery()), asked

    with served(cloud) as url:
        graph, asked = asyncio.run(work(url))
    assert asked == 0
    assert isinstance(graph, Graph)
    assert graph.title == f"project {PROJECT}"
    assert [each.label for each in graph.parts if isinstance(each, Bar)] == ["found"]
    assert graph.links == (Link(rel="self", href=f"{URL}/v1/project/graph"),)
    assert not [line for line in cloud.requests if not line.startswith("GET ")]


def test_many_who_look_at_a_project_ask_its_cloud_once(database_url: str) -> None:
    """Those with other roles, who may see more or less, ask for themselves."""
    cloud = FakeCloud()

    async def work(url: str) -> None:
        who, settings = await _project(cloud, url)
        other = dataclasses.replace(who, roles=frozenset({"member", "reader"}))
        async with a_desk(database_url, settings) as desk:
            await asyncio.gather(
                *(graphs.draw_project(each, desk, ProjectGraphQuery()) for each in [who] * 5),
                graphs.draw_project(other, desk, ProjectGraphQuery()),
            )

    with served(cloud) as url:
        asyncio.run(work(url))
    assert cloud.requests.count("GET /v2.0/networks") == 2


def test_what_the_cloud_does_not_list_is_told_in_the_picture(database_url: str) -> None:
    """And the rest of it is drawn."""
    cloud = FakeCloud()

    async def work(url: str) -> Graph | bytes:
        who, settings = await _project(cloud, url)
        cloud.faults.append(Fault(trouble=Trouble.FAULT_BEFORE, on="GET /v2.0/routers", times=99))
        async with a_desk(database_url, settings) as desk:
            return await graphs.draw_project(who, desk, ProjectGraphQuery())

    with served(cloud) as url:
        graph = asyncio.run(work(url))
    assert isinstance(graph, Graph)
    told = [each.partition(":")[0] for each in graph.notices]
    assert told == ["router", "router interface", "router routes"]
    assert [each.label for each in graph.parts if isinstance(each, Bar)] == ["found"]


# --- how far a run is, from its events ------------------------------------------------------------

JOB = uuid4()


def _facts(address: str, job_id: UUID = JOB) -> dict[str, object]:
    return {
        "seq": 0,
        "position": 0,
        "at": NOW,
        "job_id": job_id,
        "scenario_id": None,
        "message": "",
        "address": address,
        "action": "create",
    }


def _started(address: str, job_id: UUID = JOB) -> StepStarted:
    return StepStarted(**_facts(address, job_id))  # type: ignore[arg-type]  # its fields


def _ended(
    address: str, job_id: UUID, result: Literal["done", "failed", "skipped", "stopped"]
) -> StepEnded:
    error = StepError(code="engine.conflict", detail="in use", request_id="req-7")
    return StepEnded(
        **_facts(address, job_id),  # type: ignore[arg-type]  # its fields
        result=result,
        seconds=1.0,
        error=error if result == "failed" else None,
    )


def _taken_over() -> TakenOver:
    facts = _facts("")
    del facts["address"], facts["action"]
    return TakenOver(**facts, attempt=2)  # type: ignore[arg-type]  # its fields


def test_each_step_has_the_stage_of_its_last_event() -> None:
    """With the reason where it failed, and why it is looked at again."""
    doubt = StepInDoubt(**_facts("network.b"), reason="no answer")  # type: ignore[arg-type]  # its fields
    events = (
        _started("network.a"),
        _started("network.b"),
        doubt,
        _ended("network.a", JOB, "done"),
        _ended("network.c", JOB, "skipped"),
        _ended("network.d", JOB, "failed"),
        _ended("network.e", JOB, "stopped"),
    )
    assert progress_of(events) == {
        "network.a": Remark(stage=Stage.DONE),
        "network.b": Remark(stage=Stage.RUNNING, reason="no answer"),
        "network.c": Remark(stage=Stage.SKIPPED),
        "network.d": Remark(stage=Stage.FAILED, reason="in use (req-7)"),
        "network.e": Remark(stage=Stage.SKIPPED),
    }


def test_a_failed_half_of_a_replacement_is_not_hidden_by_the_other() -> None:
    """Whichever comes last."""
    events = (_ended("network.a", JOB, "failed"), _ended("network.a", JOB, "skipped"))
    assert progress_of(events)["network.a"].stage is Stage.FAILED


def test_who_takes_over_begins_again_with_what_was_under_way() -> None:
    """Not with what has ended."""
    events = (
        _started("network.a"),
        _started("network.b"),
        _ended("network.a", JOB, "done"),
        _taken_over(),
    )
    assert progress_of(events) == {"network.a": Remark(stage=Stage.DONE)}
