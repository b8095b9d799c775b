# SPDX-License-Identifier: Apache-2.0
"""Both clients against the real service, with a worker that is played."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec
import pytest
from tests.service.desks import Worker
from tests.service.live import listening
from tests.service.serving import app_for, settings_for

from stackloom import errors
from stackloom.client import BlockingClient, Client
from stackloom.errors import BadScenario, Problem
from stackloom.service.database.endings import PlanEnd, RunEnd, RunPlan
from stackloom.wire.plan import Counts, Plan, PlanStep
from stackloom.wire.problem import ErrorItem
from stackloom.wire.resource import Output
from stackloom.wire.run import Progress, Run
from stackloom.wire.scenario import Check, ScenarioSource

T = TypeVar("T")
ONE = "scenario: one\nnetworks: {blue: {}}\n"
TWO = ScenarioSource(text=f"{ONE}include: [more.yaml]\n", files={"more.yaml": "routers: {r: {}}"})
STEPS = (PlanStep(address="network.blue", action="create"),)
PLANNED = PlanEnd(state="ready", counts=Counts(create=1), steps=STEPS, saved="{}", warnings=())


def _with_client(
    database_url: str,
    folder: Path,
    work: Callable[[Client, Worker], Awaitable[T]],
    token: str = "blue-member",
) -> T:
    """Return what *work* does with a client and a worker of one service."""

    async def run() -> T:
        app = app_for(settings_for(database_url, folder))
        async with listening(app) as url, Client(url, token=token) as client:
            assert app.context is not None
            return await work(client, Worker(app.context.desk))

    return asyncio.run(run())


def test_a_scenario_is_kept_changed_and_forgotten(database_url: str, tmp_path: Path) -> None:
    """New, the same, another text; tags and check stay unless they are given."""

    async def work(client: Client, _worker: Worker) -> None:
        check = Check(every_seconds=600)
        made = await client.create_scenario(ONE, tags=["lab"], check=check)
        assert await client.keep_scenario(ONE) == made
        changed = await client.keep_scenario(TWO)
        assert (changed.revision, changed.tags, changed.check) == (2, ("lab",), check)
        bare = await client.replace_scenario(changed, ONE, tags=[], check=None)
        assert (bare.revision, bare.tags, bare.check) == (3, (), None)
        assert [each.number for each in await client.revisions(made.id)] == [3, 2, 1]
        assert (await client.revision(made.id, 2)).source == TWO
        long = msgspec.structs.replace(TWO, files={**TWO.files, "long.yaml": f"#{'x' * 400_000}"})
        for n in range(4, 7):
            text = f"{long.text}# {n}\n"
            bare = await client.replace_scenario(bare, msgspec.structs.replace(long, text=text))
        revisions = await client.revisions(made.id)
        assert [each.number for each in revisions] == [6, 5, 4, 3, 2, 1]
        with pytest.raises(errors.Conflict) as caught:
            await client.replace_scenario(changed, ONE)
        assert caught.value.kind == "etag.mismatch"
        assert await client.scenario("one") == await client.scenario(str(made.id)) == bare
        assert await client.delete_scenario(bare) is None
        with pytest.raises(errors.UnknownName, match='no scenario "one"'):
            await client.scenario("one")
        with pytest.raises(errors.NotFound):
            await client.scenario(made.id)

    _with_client(database_url, tmp_path, work)


def test_lists_are_followed_page_by_page(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many pages there are."""
    monkeypatch.setattr("stackloom.client.asking._A_PAGE", 2)

    async def work(client: Client, _worker: Worker) -> list[str]:
        for name in "abcde":
            await client.create_scenario(f"scenario: {name}\n")
        return [each.name for each in await client.scenarios()]

    assert _with_client(database_url, tmp_path, work) == list("abcde")


def test_problems_are_raised_with_their_places(database_url: str, tmp_path: Path) -> None:
    """Whether the service is asked to keep, to plan, or to say them."""
    bad = "scenario: one\nnets: {}\n"
    problem = Problem(
        file="scenario.yaml",
        line=2,
        column=1,
        message='"nets" is not known here',
        hint='"subnets" is meant?',
    )

    async def work(client: Client, _worker: Worker) -> None:
        assert (await client.validate(bad)).problems == (problem,)
        for asking in (client.keep_scenario(bad), client.create_scenario(bad), client.plan(bad)):
            with pytest.raises(BadScenario) as caught:
                await asking
            assert caught.value.problems == [problem]

    _with_client(database_url, tmp_path, work)


def test_a_plan_is_waited_for_and_carried_out(database_url: str, tmp_path: Path) -> None:
    """Until it is ready, and until the run has ended; then it tells its outputs."""

    async def work(client: Client, worker: Worker) -> None:
        scenario = await client.create_scenario(ONE)
        asked = await client.plan(scenario.id)
        waiting = asyncio.ensure_future(client.until_planned(asked))
        await worker.end(await worker.take(asked.id), PLANNED)
        plan = await waiting
        assert (plan.state, plan.steps) == ("ready", STEPS)
        run = await client.apply(plan)
        with pytest.raises(errors.Conflict) as caught:
            await client.apply(plan)
        assert caught.value.kind == "plan.used"
        waiting_run = asyncio.ensure_future(client.until_ended(run.id))
        output = Output(name="name", value="blue", is_known=True)
        end = RunEnd(state="succeeded", progress=Progress(done=1, total=1), outputs=(output,))
        job = await worker.take(run.id)
        await worker.planned(
            job,
            RunPlan(counts=Counts(create=1), steps=STEPS, saved="{}", progress=Progress(total=1)),
        )
        await worker.apply(job)
        await worker.end(job, end)
        assert (await waiting_run).state == "succeeded"
        assert await client.outputs(scenario.id) == (output,)
        assert [each.id for each in await client.plans(scenario=scenario.id)] == [plan.id]
        assert [each.id for each in await client.runs(state="succeeded")] == [run.id]

    _with_client(database_url, tmp_path, work)


def test_a_plan_that_cannot_be_made_raises_why(database_url: str, tmp_path: Path) -> None:
    """What planning here would have raised."""
    item = ErrorItem(
        code="stackloom.engine.unreachable", status=502, title="", detail="no Neutron", hint="h"
    )

    async def work(client: Client, worker: Worker) -> None:
        asked = await client.plan(ONE)
        await worker.end(await worker.take(asked.id), PlanEnd(state="failed", error=item))
        with pytest.raises(errors.Unreachable) as caught:
            await client.until_planned(asked)
        assert (caught.value.message, caught.value.hint) == ("no Neutron", "h")

    _with_client(database_url, tmp_path, work)


def test_a_run_is_approved_cancelled_and_repeated(database_url: str, tmp_path: Path) -> None:
    """By its id; what its state does not allow is a conflict."""

    async def work(client: Client, worker: Worker) -> None:
        scenario = await client.create_scenario(ONE)
        run = await client.apply(scenario.id, auto_approve=False)
        with pytest.raises(errors.Conflict) as caught:
            await client.approve(run.id)
        assert caught.value.kind == "run.not-possible"
        job = await worker.take(run.id)
        await worker.planned(
            job,
            RunPlan(counts=Counts(create=1), steps=STEPS, saved="{}", progress=Progress(total=1)),
        )
        await worker.hold(job)
        assert (await client.run(run.id)).state == "awaiting_approval"
        assert (await client.approve(run.id)).state == "queued"
        assert (await client.cancel(run.id)).state == "cancelled"
        again = await client.retry(run.id)
        assert (again.retry_of, again.state) == (run.id, "queued")
        await client.cancel(again.id)
        destroying = await client.destroy("one")
        assert (destroying.operation, destroying.scenario_id) == ("destroy", scenario.id)
        await client.cancel(destroying.id)
        assert (await client.check("one")).operation == "check"

    _with_client(database_url, tmp_path, work)


def test_who_may_not_is_told(database_url: str, tmp_path: Path) -> None:
    """As the cloud would tell it."""

    async def work(client: Client, _worker: Worker) -> None:
        assert not (await client.whoami()).may_change
        with pytest.raises(errors.Forbidden) as caught:
            await client.create_scenario(ONE)
        assert caught.value.kind == "role.missing"

    _with_client(database_url, tmp_path, work, token="blue-reader")


def test_the_blocking_client_does_the_same(database_url: str, tmp_path: Path) -> None:
    """In a thread, while the service runs on this loop."""

    def script(url: str, started: Callable[[UUID], object]) -> tuple[Plan, Run, int]:
        with BlockingClient(url, token="blue-member") as client:
            scenario = client.keep_scenario(ONE)
            assert client.scenario("one") == scenario
            assert client.validate(ONE).is_valid
            asked = client.plan(scenario.id)
            started(asked.id)
            plan = client.until_planned(asked)
            run = client.cancel(client.apply(plan).id)
            assert client.until_ended(run.id) == client.run(run.id)
            assert client.graph(scenario.id) == client.draw(ONE)
            with pytest.raises(errors.Conflict):
                client.outputs(scenario.id)
            return plan, run, len(list(client.events(run.id)))

    async def work() -> tuple[Plan, Run, int]:
        app = app_for(settings_for(database_url, tmp_path))
        loop, asked = asyncio.get_running_loop(), asyncio.Queue[UUID]()
        async with listening(app) as url:
            assert app.context is not None
            worker = Worker(app.context.desk)
            working = asyncio.ensure_future(
                asyncio.to_thread(
                    script, url, lambda plan: loop.call_soon_threadsafe(asked.put_nowait, plan)
                )
            )
            await worker.end(await worker.take(await asked.get()), PLANNED)
            return await working

    plan, run, events = asyncio.run(work())
    assert (plan.state, run.state, events) == ("ready", "cancelled", run.last_seq)


def test_both_clients_have_the_same_methods() -> None:
    """With the same arguments."""

    def signatures(kind: type) -> dict[str, list[str]]:
        public = inspect.getmembers(kind, inspect.isfunction)
        return {
            name: [str(each) for each in inspect.signature(method).parameters.values()]
            for name, method in public
            if not name.startswith("_")
        }

    assert signatures(BlockingClient) == signatures(Client)
