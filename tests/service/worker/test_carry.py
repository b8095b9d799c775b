# SPDX-License-Identifier: Apache-2.0
"""Jobs from their lease to their end: on a real PostgreSQL, against a cloud in memory."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec
import pytest
from tests.fakes import weaving
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.service.worker.bench import Shop, in_shop, told, until

from stackloom.scenario.picture.overlay import Picture
from stackloom.service.database.pool import connected, rows
from stackloom.service.settings import RunsSettings
from stackloom.transport.client import Answer, Request
from stackloom.wire.event import JobState, StepEnded
from stackloom.wire.plan import Counts
from stackloom.wire.resource import Output
from stackloom.wire.run import Progress, RunOperation
from stackloom.wire.scenario import ScenarioSource

ONE_NETWORK = "scenario: one\nnetworks: {blue: {}}\n"
SECRET = "scenario: one\nvariables: {word: {secret: true}}\n"
SECRET += "networks: {blue: {description: '${var.word}'}}\n"
GARDEN_CREATES = Counts(create=9)


async def _conditions(shop: Shop, id: UUID) -> dict[str, str]:
    resources = await shop.store.resources.page(id, limit=100)
    return {each.address: each.condition for each in resources}


# --- plans ----------------------------------------------------------------------------------------


def test_a_plan_says_what_would_be_done_and_does_nothing(database_url: str) -> None:
    """With its picture, and with what an apply needs to do exactly this."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        plan = await shop.plan(await shop.scenario())
        assert (plan.state, plan.counts, plan.error) == ("ready", GARDEN_CREATES, None)
        assert [step.address for step in plan.steps if step.action == "create"][:2] == [
            "network.blue",
            "network.green",
        ]
        assert (await shop.store.plans.saved(plan.id) or "").startswith('{\n  "stackloom_plan": 1')
        picture = await shop.store.plans.picture(plan.id)
        drawn = msgspec.json.decode(picture or b"", type=Picture)
        assert drawn.title == "garden"
        assert {str(change.value): number for change, number in drawn.counts.items()} == {
            "create": 9
        }
        assert told(await shop.events(plan.id)) == [
            "job_state pending",
            "job_state planning",
            "plan_ready",
            "job_state ready",
        ]
        assert cloud.told() == []

    in_shop(database_url, work, cloud)


def test_a_plan_of_a_text_that_is_not_kept(database_url: str) -> None:
    """It reads what was sent along with it, and its files."""
    source = ScenarioSource(
        text="scenario: sent\ninclude: nets.yaml\n", files={"nets.yaml": "networks: {a: {}}\n"}
    )

    async def work(shop: Shop) -> None:
        plan = await shop.plan(None, source=source)
        assert (plan.state, plan.counts) == ("ready", Counts(create=1))

    in_shop(database_url, work)


def test_a_plan_that_cannot_be_made_says_why_with_the_place(database_url: str) -> None:
    """An image that the cloud does not have."""

    async def work(shop: Shop) -> None:
        text = "scenario: s\nservers:\n  a: {image: none, flavor: m1.tiny}\n"
        plan = await shop.plan(await shop.scenario(text))
        assert plan.state == "failed"
        assert plan.error is not None
        assert (plan.error.code, plan.error.status) == ("stackloom.scenario.invalid", 400)
        assert plan.error.detail.startswith('scenario.yaml:3:14: image "none" is not there')
        assert plan.error.source is not None
        assert (plan.error.source.line, plan.error.source.column) == (3, 14)

    in_shop(database_url, work)


def test_a_cloud_that_is_away_is_asked_again_later(database_url: str) -> None:
    """The plan waits, says when it is tried again, and is made then."""
    away = Fault(trouble=Trouble.GATEWAY_BEFORE, on="GET /v2.0/networks", times=4)

    async def work(shop: Shop) -> None:
        plan = await shop.plan(await shop.scenario(ONE_NETWORK))
        assert plan.state == "pending"
        states = [each for each in await shop.events(plan.id) if isinstance(each, JobState)]
        assert states[-1].reason.startswith("try 1 of 5 failed, the next in ")
        await shop.crew.carry(plan.id)
        assert (await shop.store.plans.get(plan.id)).state == "pending", "it is not due yet"
        await _make_due(shop, plan.id)
        await shop.crew.carry(plan.id)
        assert (await shop.store.plans.get(plan.id)).state == "ready"

    in_shop(database_url, work, FakeCloud(faults=[away]))


def test_what_stays_away_fails_after_the_last_try(database_url: str) -> None:
    """With the cloud's own words."""
    away = Fault(trouble=Trouble.GATEWAY_BEFORE, on="GET /v2.0/networks", times=99)

    async def work(shop: Shop) -> None:
        plan = await shop.plan(await shop.scenario(ONE_NETWORK))
        await _make_due(shop, plan.id)
        await shop.crew.carry(plan.id)
        plan = await shop.store.plans.get(plan.id)
        assert plan.state == "failed"
        assert plan.error is not None
        assert plan.error.code == "stackloom.engine.server-fault"

    in_shop(database_url, work, FakeCloud(faults=[away]), RunsSettings(tries=2))


# --- applying -------------------------------------------------------------------------------------


def test_a_plan_is_carried_out_as_it_was_approved(database_url: str) -> None:
    """Everything is told in order, and what there is by then is known."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        run = await shop.run(scenario, plan=await shop.plan(scenario))
        assert (run.state, run.error, run.is_partial) == ("succeeded", None, False)
        assert run.progress == Progress(done=9, total=9)
        lines = told(await shop.events(run.id))
        assert lines[:4] == [
            "job_state queued",
            "job_state planning",
            "plan_ready",
            "job_state applying",
        ]
        assert lines[4:-2].count("step_started server.bob create") == 1
        assert sum(line.endswith("create done") for line in lines) == 9
        assert lines[-2:] == ["output blue", "job_state succeeded"]
        assert set((await _conditions(shop, scenario.id)).values()) == {"in_sync"}
        (network, _) = cloud.things("network")
        assert await shop.store.outputs(scenario.id) == (
            Output(name="blue", value=network["id"], is_known=True),
        )
        scenario = await shop.store.scenarios.get(scenario.id)
        assert (scenario.condition, scenario.last_run_id) == ("in_sync", run.id)
        assert len(cloud.told()) == 11

    in_shop(database_url, work, cloud)


def test_a_run_without_approval_waits_for_it_and_then_does_what_was_shown(
    database_url: str,
) -> None:
    """Meanwhile others of the scenario may go."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(ONE_NETWORK)
        run = await shop.run(scenario, auto_approve=False)
        assert (run.state, run.counts) == ("awaiting_approval", Counts(create=1))
        assert cloud.told() == []
        assert (await shop.run(scenario, "check")).state == "succeeded"
        await shop.store.runs.approve(run.id, "ben")
        await shop.crew.carry(run.id)
        assert (await shop.store.runs.get(run.id)).state == "succeeded"
        assert cloud.told() == ["network blue"]

    in_shop(database_url, work, cloud)


@pytest.mark.parametrize("way", ["plan", "approval"])
def test_what_no_longer_says_what_would_be_done_is_not_done(database_url: str, way: str) -> None:
    """Somebody has made the network in the meantime: the run fails and names it."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(ONE_NETWORK)
        plan = await shop.plan(scenario) if way == "plan" else None
        asked = await shop.ask(scenario, plan=plan, auto_approve=plan is not None)
        if way == "approval":
            await shop.crew.carry(asked.id)
            await shop.store.runs.approve(asked.id, "ben")
        await weaving.apply(cloud, weaving.scenario(ONE_NETWORK))
        await shop.crew.carry(asked.id)
        run = await shop.store.runs.get(asked.id)
        assert run.state == "failed"
        assert run.error is not None
        assert run.error.code == "stackloom.plan.stale"
        assert "network.blue" in run.error.detail
        assert len(cloud.things("network")) == 1

    in_shop(database_url, work, cloud)


def test_a_step_that_fails_is_told_with_the_clouds_words(database_url: str) -> None:
    """What waited for it is skipped, what was made stays, and another run makes the rest."""
    cloud = FakeCloud(refused_names=["green"])

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        run = await shop.run(scenario)
        assert (run.state, run.is_partial) == ("failed", True)
        assert run.error is not None
        assert run.error.code == "stackloom.engine.conflict"
        assert "green is not wanted here" in run.error.detail
        assert run.progress == Progress(done=3, failed=1, skipped=5, total=9)
        ended = [each for each in await shop.events(run.id) if isinstance(each, StepEnded)]
        (error,) = [each.error for each in ended if each.error]
        assert (error.code, error.status, error.service) == ("engine.conflict", 409, "network")
        conditions = await _conditions(shop, scenario.id)
        assert (conditions["network.blue"], conditions["network.green"]) == ("in_sync", "missing")
        assert (await shop.store.scenarios.get(scenario.id)).condition == "failed"
        cloud.refused_names.clear()
        assert (await shop.run(scenario)).state == "succeeded"
        assert (await shop.store.scenarios.get(scenario.id)).condition == "in_sync"

    in_shop(database_url, work, cloud)


def test_a_step_that_may_go_well_later_is_tried_again_by_itself(database_url: str) -> None:
    """The run keeps its place, goes on where it stood, and makes nothing twice."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        cloud.faults = [Fault(trouble=Trouble.FAULT_BEFORE, on="POST /v2.1/servers", times=8)]
        run = await shop.run(scenario)
        assert (run.state, run.attempt) == ("queued", 1)
        assert run.next_try_at is not None
        cloud.faults.clear()
        await _make_due(shop, run.id)
        await shop.crew.carry(run.id)
        run = await shop.store.runs.get(run.id)
        assert (run.state, run.attempt) == ("succeeded", 2)
        assert run.progress == Progress(done=9, total=9)
        assert run.counts == GARDEN_CREATES, "what was asked for, not what was left"
        assert "taken_over" in told(await shop.events(run.id))
        assert len(cloud.things("server")) == 2

    in_shop(database_url, work, cloud)


def test_with_nothing_to_do_nothing_is_sent(database_url: str) -> None:
    """And nobody has to approve it."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(ONE_NETWORK)
        await shop.run(scenario)
        before = len([line for line in cloud.requests if line.startswith("POST /v2")])
        run = await shop.run(scenario, auto_approve=False)
        assert (run.state, run.counts) == ("succeeded", Counts(keep=1))
        assert "applying" not in run.timestamps
        assert len([line for line in cloud.requests if line.startswith("POST /v2")]) == before

    in_shop(database_url, work, cloud)


def test_a_destroy_takes_everything_away(database_url: str) -> None:
    """By a plan of it as well; nothing of the scenario's text is needed."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        await shop.run(scenario)
        plan = await shop.plan(scenario, "destroy")
        assert plan.counts == Counts(delete=9)
        run = await shop.run(scenario, plan=plan)
        assert (run.operation, run.state) == ("destroy", "succeeded")
        assert cloud.told() == []
        assert await _conditions(shop, scenario.id) == {}
        assert (await shop.store.scenarios.get(scenario.id)).condition == "absent"

    in_shop(database_url, work, cloud)


def test_secrets_are_used_and_shown_nowhere(database_url: str) -> None:
    """Not in plan, events, picture, error or what is kept of the job."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(SECRET)
        plan = await shop.plan(scenario, word="hunter2")
        run = await shop.run(scenario, plan=plan, word="hunter2")
        assert run.state == "succeeded"
        (network,) = cloud.things("network")
        assert "hunter2" in network["description"]
        other = await shop.plan(scenario, word="hunter3")
        assert other.counts == Counts(update=1)
        for table in ("jobs", "plans", "runs", "events", "resources", "revisions"):
            async with connected(shop.bench.pool) as connection:
                text = f"select t::text as line from stackloom.{table} as t"
                for row in await rows(connection, text, {}):
                    assert "hunter" not in row["line"], table

    in_shop(database_url, work, cloud)


def test_a_missing_secret_is_told(database_url: str) -> None:
    """The scenario cannot be read without its value."""

    async def work(shop: Shop) -> None:
        plan = await shop.plan(await shop.scenario(SECRET))
        assert plan.state == "failed"
        assert plan.error is not None
        assert 'variable "word" has no value' in plan.error.detail

    in_shop(database_url, work)


def test_rights_that_were_taken_back_end_the_run(database_url: str) -> None:
    """Keystone does not let the service in any more: no second try would help."""

    async def work(shop: Shop) -> None:
        run = await shop.run(await shop.scenario(ONE_NETWORK))
        assert run.state == "failed"
        assert run.error is not None
        assert (run.error.code, run.error.status) == ("stackloom.grant.revoked", 403)

    refused = Fault(trouble=Trouble.UNAUTHORIZED, on="POST /v3/auth/tokens", times=9)
    in_shop(database_url, work, FakeCloud(faults=[refused]))


# --- checking -------------------------------------------------------------------------------------


def test_a_check_tells_what_is_not_as_it_should_be(database_url: str) -> None:
    """Missing and changed, as events, as rows, and as what a webhook is sent."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        await shop.run(scenario)
        assert (await shop.store.scenarios.get(scenario.id)).condition == "in_sync"
        (alice,) = [each for each in cloud.things("server") if each["name"] == "alice"]
        del cloud.tables["server"][alice["id"]]
        cloud.things("network")[0]["mtu"] = 1400
        cloud.things("router")[0]["admin_state_up"] = False
        run = await shop.run(scenario, "check")
        assert run.state == "succeeded"
        lines = told(await shop.events(run.id))
        assert "drift server.alice missing" in lines
        assert (await shop.store.scenarios.get(scenario.id)).condition == "drifted"
        conditions = await _conditions(shop, scenario.id)
        assert conditions["server.alice"] == "missing"
        assert conditions["server.bob"] == "in_sync"

    in_shop(database_url, work, cloud)


def test_a_check_of_what_was_never_made_finds_nothing(database_url: str) -> None:
    """It is absent, which is no drift."""

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        run = await shop.run(scenario, "check")
        assert run.state == "succeeded"
        assert (await shop.store.scenarios.get(scenario.id)).condition == "absent"
        assert told(await shop.events(run.id)) == [
            "job_state queued",
            "job_state planning",
            "job_state succeeded",
        ]

    in_shop(database_url, work)


def test_what_was_made_and_is_gone_altogether_has_drifted(database_url: str) -> None:
    """Until a destroy has taken it away: then it should not be there."""
    cloud = FakeCloud()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(ONE_NETWORK)
        conditions = []

        async def run(operation: RunOperation) -> None:
            await shop.run(scenario, operation)
            conditions.append((await shop.store.scenarios.get(scenario.id)).condition)

        await run("apply")
        cloud.tables["network"].clear()
        await run("check")
        await run("destroy")
        await run("check")
        assert conditions == ["in_sync", "drifted", "absent", "absent"]

    in_shop(database_url, work, cloud)


# --- stopping -------------------------------------------------------------------------------------


def test_a_worker_that_goes_down_gives_its_job_back_at_a_safe_point(database_url: str) -> None:
    """What is under way ends, nothing more begins, and another worker goes on."""
    held = _Held()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        asked = await shop.ask(scenario)
        crew = shop.crew
        carrying = asyncio.ensure_future(crew.carry(asked.id))
        await held.reached.wait()
        draining = asyncio.ensure_future(crew.drain())
        await asyncio.sleep(0)
        held.release.set()
        await asyncio.gather(carrying, draining)
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.attempt) == ("queued", 1)
        lines = told(await shop.events(asked.id))
        assert "step_ended subnet.blue create done" in lines
        assert not [line for line in lines if "stopped" in line]
        assert not held.things("server")
        await shop.crew.carry(asked.id)
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.attempt, run.progress.done) == ("succeeded", 2, 9)

    in_shop(database_url, work, held)


def test_a_job_that_comes_while_the_worker_goes_down_is_given_back(database_url: str) -> None:
    """It was on its way when nothing more was to be taken."""

    async def work(shop: Shop) -> None:
        asked = await shop.ask(await shop.scenario(ONE_NETWORK))
        crew = shop.crew
        await asyncio.gather(crew.carry(asked.id), crew.drain())
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.attempt) == ("queued", 1)
        await crew.carry(asked.id)
        assert (await shop.store.runs.get(asked.id)).attempt == 1

    cloud = FakeCloud()
    in_shop(database_url, work, cloud)
    assert cloud.told() == []


def test_what_does_not_stop_in_time_is_left_and_taken_over(database_url: str) -> None:
    """Its intent stands, so whoever takes over waits for it before making it again."""
    held = _Held()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(
            ONE_NETWORK + "subnets: {b: {network: blue, cidr: 10.0.0.0/24}}\n"
        )
        asked = await shop.ask(scenario)
        crew = shop.crew
        carrying = asyncio.ensure_future(crew.carry(asked.id))
        await held.reached.wait()
        await crew.drain()
        await carrying
        assert (await shop.store.runs.get(asked.id)).state == "queued"
        held.release.set()
        await shop.crew.carry(asked.id)
        assert (await shop.store.runs.get(asked.id)).state == "succeeded"
        assert len(held.things("subnet")) == 1

    in_shop(database_url, work, held, RunsSettings(drain_seconds=0.2))


def test_a_run_is_cancelled_at_a_safe_point(database_url: str) -> None:
    """What is under way ends; what there is by then is known."""
    held = _Held()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        asked = await shop.ask(scenario)
        carrying = asyncio.ensure_future(shop.crew.carry(asked.id))
        await held.reached.wait()
        await shop.store.runs.cancel(asked.id)
        await _heard(shop, asked.id)
        held.release.set()
        await carrying
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.is_partial, run.error) == ("cancelled", True, None)
        assert run.progress == Progress(done=5, skipped=4, total=9)
        assert (await _conditions(shop, scenario.id))["server.bob"] == "missing"

    in_shop(database_url, work, held)


def test_cancelling_twice_does_not_wait(database_url: str) -> None:
    """The request that is under way is left, and nothing is known of the scenario."""
    held = _Held()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        asked = await shop.ask(scenario)
        carrying = asyncio.ensure_future(shop.crew.carry(asked.id))
        await held.reached.wait()
        await shop.store.runs.cancel(asked.id)
        await shop.store.runs.cancel(asked.id)
        await carrying
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.is_partial) == ("cancelled", True)
        assert (await shop.store.scenarios.get(scenario.id)).condition == "unknown"
        held.release.set()

    in_shop(database_url, work, held)


def test_a_worker_that_has_lost_a_job_writes_and_sends_nothing_more(database_url: str) -> None:
    """Another one has it: the first one's end is not the job's."""
    held = _Held()

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario()
        asked = await shop.ask(scenario)
        carrying = asyncio.ensure_future(shop.crew.carry(asked.id))
        await held.reached.wait()
        async with connected(shop.bench.pool) as connection:
            await connection.execute(
                b"update stackloom.jobs set attempt = attempt + 1, worker_id = gen_random_uuid()"
            )
        await carrying
        sent = len(held.changes())
        held.release.set()
        await asyncio.sleep(0.1)
        assert len(held.changes()) == sent
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.attempt) == ("applying", 2)

    in_shop(database_url, work, held, RunsSettings(lease_seconds=4))


def test_what_ends_every_worker_is_not_taken_up_for_ever(database_url: str) -> None:
    """Say a text that takes all memory: after a hundred of them it has failed."""

    async def work(shop: Shop) -> None:
        asked = await shop.ask(await shop.scenario(ONE_NETWORK))
        async with connected(shop.bench.pool) as connection:
            await connection.execute(b"update stackloom.jobs set attempt = 100")
        await shop.crew.carry(asked.id)
        run = await shop.store.runs.get(asked.id)
        assert run.state == "failed"
        assert run.error is not None
        assert (run.error.code, run.error.detail) == (
            "stackloom.server.failed",
            "100 workers have begun with it, and none of them came to an end",
        )

    in_shop(database_url, work)


# --- helpers --------------------------------------------------------------------------------------


class _Held(FakeCloud):
    """A cloud that keeps the first create of subnets waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.release = asyncio.Event()

    async def send(self, request: Request) -> Answer:
        """Handle a request, that create once it may be."""
        if request.method == "POST" and request.url.endswith("/subnets"):
            self.reached.set()
            await self.release.wait()
        return await super().send(request)

    def changes(self) -> list[str]:
        """Return the requests that change something."""
        return [line for line in self.requests if not line.startswith("GET")]


async def _make_due(shop: Shop, id: UUID) -> None:
    async with connected(shop.bench.pool) as connection:
        await connection.execute(
            b"update stackloom.jobs set not_before = clock_timestamp() where id = %(id)s",
            {"id": id},
        )


async def _heard(shop: Shop, id: UUID) -> None:
    """Wait until whoever works on a job has heard that it is to be cancelled."""

    async def is_known() -> bool:
        async with connected(shop.bench.pool) as connection:
            sql = "select cancels from stackloom.jobs where id = %(id)s"
            (found,) = await rows(connection, sql, {"id": id})
        return bool(found["cancels"])

    await until(is_known)
    await asyncio.sleep(0.2)
