# SPDX-License-Identifier: Apache-2.0
"""The same operations over gRPC, asked by a generated client: one answer, and many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Value
from tests.fakes.people import FakePeople
from tests.service.desks import caller
from tests.service.rpc.calling import (
    MEMBER,
    READER,
    STRANGER,
    Line,
    Refusal,
    on_a_line,
    read_refusal,
    refusal_of,
)

from stackloom.service.database.endings import PlanEnd, RunEnd
from stackloom.service.identity.caller import Caller
from stackloom.service.refusal import Refused
from stackloom.service.rpc.call import until_closed
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
from stackloom.service.settings import LimitsSettings
from stackloom.wire.event import StepEnded, StepError
from stackloom.wire.plan import Counts, FieldDifference, PlanStep
from stackloom.wire.run import Progress

TEXT = "scenario: one\nvariables: {size: 1500}\nnetworks: {blue: {mtu: '${var.size}'}}\n"
SOURCE = pb.ScenarioSource(text=TEXT)


async def _kept(line: Line) -> pb.Scenario:
    request = pb.CreateScenarioRequest(source=SOURCE, tags=["lab"])
    made: pb.Scenario = await line.scenarios.CreateScenario(request, metadata=MEMBER)
    return made


def test_a_scenario_is_kept_shown_replaced_and_forgotten(database_url: str, tmp_path: Path) -> None:
    """Whole messages, with numbers that arrive as the numbers they were."""

    async def work(line: Line) -> None:
        made = await _kept(line)
        assert MessageToDict(made, preserving_proto_field_name=True) == {
            "id": made.id,
            "name": "one",
            "revision": 1,
            "condition": "unknown",
            "tags": ["lab"],
            "created_at": made.created_at.ToJsonString(),
            "created_by": "blue-member-id",
            "updated_at": made.updated_at.ToJsonString(),
        }
        ref = pb.ScenarioRef(id=made.id)
        assert await line.scenarios.GetScenario(ref, metadata=READER) == made
        source = pb.ScenarioSource(text=TEXT)
        source.variables["size"].number_value = 1400
        request = pb.ReplaceScenarioRequest(id=made.id, revision=1, source=source)
        replaced = await line.scenarios.ReplaceScenario(request, metadata=MEMBER)
        assert (replaced.revision, list(replaced.tags)) == (2, [])
        revision = await line.scenarios.GetRevision(
            pb.RevisionRef(scenario_id=made.id, number=2), metadata=READER
        )
        assert revision.source == source
        stale = await refusal_of(line.scenarios.ReplaceScenario(request, metadata=MEMBER))
        assert (stale.code, stale.reason) == (
            grpc.StatusCode.ABORTED,
            "stackloom.etag.mismatch",
        )
        last = pb.DeleteScenarioRequest(id=made.id, revision=2)
        assert await line.scenarios.DeleteScenario(last, metadata=MEMBER) == Empty()
        gone = await refusal_of(line.scenarios.GetScenario(ref, metadata=READER))
        assert (gone.code, gone.reason) == (grpc.StatusCode.NOT_FOUND, "stackloom.not-found")

    on_a_line(database_url, tmp_path, work)


def test_files_may_be_called_anything(database_url: str, tmp_path: Path) -> None:
    """Their names are the caller's, also where a message has a field of that name."""
    files = {"links": "a: 1\n", "part": "b: 2\n", "position": "", "type": "", "more.yaml": "c: 3\n"}

    async def work(line: Line) -> None:
        request = pb.CreateScenarioRequest(source=pb.ScenarioSource(text=TEXT, files=files))
        made = await line.scenarios.CreateScenario(request, metadata=MEMBER)
        ref = pb.RevisionRef(scenario_id=made.id, number=1)
        revision = await line.scenarios.GetRevision(ref, metadata=READER)
        assert dict(revision.source.files) == files

    on_a_line(database_url, tmp_path, work)


def test_lists_come_in_pages(database_url: str, tmp_path: Path) -> None:
    """The marker of a page asks for the next one, until there is none."""

    async def work(line: Line) -> list[list[str]]:
        for name in "abc":
            source = pb.ScenarioSource(text=f"scenario: {name}\n")
            request = pb.CreateScenarioRequest(source=source)
            await line.scenarios.CreateScenario(request, metadata=MEMBER)
        pages, marker = [], None
        while True:
            query = pb.ListScenariosRequest(limit=2, marker=marker)
            page = await line.scenarios.ListScenarios(query, metadata=READER)
            pages.append([each.name for each in page.scenarios])
            if not page.HasField("next_marker"):
                return pages
            marker = page.next_marker

    assert on_a_line(database_url, tmp_path, work) == [["a", "b"], ["c"]]


def test_problems_are_told_with_their_places(database_url: str, tmp_path: Path) -> None:
    """As an answer to who asks for them, as a refusal to who wants it kept."""
    source = pb.ScenarioSource(text="scenario: one\nnets: {}\nrouter: {}\n")

    async def work(line: Line) -> tuple[pb.Validation, Refusal]:
        found = await line.scenarios.ValidateScenario(source, metadata=READER)
        request = pb.CreateScenarioRequest(source=source)
        return found, await refusal_of(line.scenarios.CreateScenario(request, metadata=MEMBER))

    found, refused = on_a_line(database_url, tmp_path, work)
    assert not found.is_valid
    assert [(each.file, each.line, each.column) for each in found.problems] == [
        ("scenario.yaml", 2, 1),
        ("scenario.yaml", 3, 1),
    ]
    assert (refused.code, refused.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "stackloom.scenario.invalid",
    )
    assert [each.field for each in refused.detail("BadRequest").field_violations] == [
        "scenario.yaml:2:1",
        "scenario.yaml:3:1",
    ]
    assert refused.message.startswith("scenario.yaml:2:1: ")


def test_very_many_problems_are_told_as_far_as_they_fit(database_url: str, tmp_path: Path) -> None:
    """gRPC gives trailing metadata 8 KiB."""
    text = "scenario: one\n" + "".join(f"section_{n}: {{}}\n" for n in range(500))

    async def work(line: Line) -> Refusal:
        request = pb.CreateScenarioRequest(source=pb.ScenarioSource(text=text))
        return await refusal_of(line.scenarios.CreateScenario(request, metadata=MEMBER))

    refused = on_a_line(database_url, tmp_path, work)
    assert refused.reason == "stackloom.scenario.invalid"
    assert 2 < len(refused.detail("BadRequest").field_violations) < 500


DIFFERENCE = FieldDifference(field="mtu", have=None, want={"links": [1, None]}, in_place=False)
STEP = PlanStep(address="network.blue", action="create", differences=(DIFFERENCE,))


def test_a_plan_is_made_watched_and_carried_out(database_url: str, tmp_path: Path) -> None:
    """A worker is played; every event arrives once and in order, with what is special to it."""
    ended = StepEnded(
        seq=0,
        position=0,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        job_id=uuid4(),
        scenario_id=None,
        message="it failed",
        address="network.blue",
        action="create",
        result="failed",
        seconds=1.5,
        error=StepError(code="engine.conflict", detail="no", status=409, request_id="req-1"),
    )

    async def work(line: Line) -> tuple[pb.Plan, list[pb.Event], list[pb.Event], pb.Run]:
        scenario = await _kept(line)
        request = pb.CreatePlanRequest(scenario_id=scenario.id)
        plan = await line.plans.CreatePlan(request, metadata=MEMBER)
        watching = line.plans.WatchPlan(pb.WatchRequest(id=plan.id), metadata=READER)
        worker = line.worker
        job = await worker.take(UUID(plan.id))
        end = PlanEnd(
            state="ready", counts=Counts(create=1), steps=(STEP,), saved="{}", warnings=()
        )
        await worker.end(job, end)
        plan_events = [each async for each in watching]
        ready = await line.plans.GetPlan(pb.PlanRef(id=plan.id), metadata=READER)
        run = await line.runs.CreateRun(pb.CreateRunRequest(plan_id=plan.id), metadata=MEMBER)
        watching = line.runs.WatchRun(pb.WatchRequest(id=run.id, after=1), metadata=READER)
        job = await worker.take(UUID(run.id))
        await worker.tell(job, ended)
        await worker.end(job, RunEnd(state="failed", progress=Progress(failed=1, total=1)))
        run_events = [each async for each in watching]
        run = await line.runs.GetRun(pb.RunRef(id=run.id), metadata=READER)
        return ready, plan_events, run_events, run

    ready, plan_events, run_events, run = on_a_line(database_url, tmp_path, work)
    assert (ready.state, ready.counts) == ("ready", pb.Counts(create=1))
    (step,) = ready.steps
    (difference,) = step.differences
    assert MessageToDict(difference.want) == {"links": [1.0, None]}
    assert difference.have.WhichOneof("kind") == "null_value"
    assert [(each.seq, each.type) for each in plan_events] == [
        (each + 1, "job_state") for each in range(len(plan_events))
    ]
    assert plan_events[-1].job_state.state == "ready"
    assert [each.seq for each in run_events] == list(range(2, run.last_seq + 1))
    (failed,) = (each for each in run_events if each.type == "step_ended")
    assert failed.step_ended == pb.StepEnded(
        address="network.blue",
        action="create",
        result="failed",
        seconds=1.5,
        error=pb.StepError(code="engine.conflict", detail="no", status=409, request_id="req-1"),
    )
    assert failed.message == "it failed"
    assert (run.state, run.progress) == ("failed", pb.Progress(failed=1, total=1))
    assert run.actions == pb.RunActions()  # a reader asked


def test_who_asks_is_told(database_url: str, tmp_path: Path) -> None:
    """As over REST."""

    async def work(line: Line) -> pb.Caller:
        caller: pb.Caller = await line.lists.GetCaller(Empty(), metadata=MEMBER)
        return caller

    caller = on_a_line(database_url, tmp_path, work)
    assert (caller.project_id, list(caller.roles), caller.may_change) == (
        "blue",
        ["member", "reader"],
        True,
    )
    assert not caller.HasField("expires_at")


@pytest.mark.parametrize(
    ("is_behind", "said", "meant"),
    [
        (False, (("x-forwarded-for", "192.0.2.7"),), {"127.0.0.1", "::1"}),
        (True, (("x-forwarded-for", "1.1.1.1, 192.0.2.7"),), {"192.0.2.7"}),
        (True, (), {""}),
    ],
)
def test_from_where_somebody_asks(
    database_url: str, tmp_path: Path, is_behind: bool, said: Any, meant: set[str]
) -> None:
    """By that bad tokens are counted; behind a proxy its word counts, and only there."""
    people = FakePeople()

    async def work(line: Line) -> None:
        await line.lists.GetCaller(Empty(), metadata=(*MEMBER, *said))

    on_a_line(database_url, tmp_path, work, people=people, behind_proxy=is_behind)
    assert len(people.addresses) == 1
    assert people.addresses[0] in meant


@pytest.mark.parametrize("format", ["svg", "dot"])
def test_a_picture_comes_as_data_and_drawn(database_url: str, tmp_path: Path, format: str) -> None:
    """Each part in a message of its own sort."""

    async def work(line: Line) -> tuple[pb.Graph, pb.Drawing, Refusal]:
        scenario = await _kept(line)
        request = pb.ScenarioGraphRequest(scenario_id=scenario.id)
        graph = await line.graphs.GetScenarioGraph(request, metadata=READER)
        request.format = format
        drawing = await line.graphs.DrawScenario(request, metadata=READER)
        request.format = "json"
        refused = await refusal_of(line.graphs.DrawScenario(request, metadata=READER))
        text = pb.TextGraphRequest(source=SOURCE)
        assert await line.graphs.GetTextGraph(text, metadata=READER) == graph
        text.format = format
        assert await line.graphs.DrawText(text, metadata=READER) == drawing
        return graph, drawing, refused

    graph, drawing, refused = on_a_line(database_url, tmp_path, work)
    (part,) = graph.parts
    assert (graph.title, part.WhichOneof("part"), part.bar.label) == ("one", "bar", "blue")
    assert b"blue" in drawing.content
    assert refused.detail("BadRequest").field_violations[0].field == "$.format"


# --- who may, and how often -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metadata", "code", "reason"),
    [
        ((), grpc.StatusCode.UNAUTHENTICATED, "token.missing"),
        ((("x-auth-token", "nobody"),), grpc.StatusCode.UNAUTHENTICATED, "token.refused"),
        ((("x-auth-token", "a b"),), grpc.StatusCode.UNAUTHENTICATED, "token.refused"),
        ((("x-auth-token", "unscoped"),), grpc.StatusCode.PERMISSION_DENIED, "scope.no-project"),
        (READER, grpc.StatusCode.PERMISSION_DENIED, "role.missing"),
    ],
)
def test_whoever_may_not_is_told_why(
    database_url: str,
    tmp_path: Path,
    metadata: tuple[tuple[str, str], ...],
    code: grpc.StatusCode,
    reason: str,
) -> None:
    """With the code of REST as the reason, and the request id."""

    async def work(line: Line) -> Refusal:
        request = pb.CreateScenarioRequest(source=SOURCE)
        return await refusal_of(line.scenarios.CreateScenario(request, metadata=metadata))

    refused = on_a_line(database_url, tmp_path, work)
    assert (refused.code, refused.reason) == (code, f"stackloom.{reason}")
    assert refused.detail("RequestInfo").request_id.startswith("req-")


def test_another_project_s_things_are_not_there(database_url: str, tmp_path: Path) -> None:
    """Asked of every method that takes an id."""

    async def work(line: Line) -> dict[str, str]:
        scenario = await _kept(line)
        ref = pb.CreatePlanRequest(scenario_id=scenario.id)
        plan = await line.plans.CreatePlan(ref, metadata=MEMBER)
        run = await line.runs.CreateRun(
            pb.CreateRunRequest(scenario_id=scenario.id), metadata=MEMBER
        )
        last = pb.DeleteScenarioRequest(id=scenario.id, revision=1)
        of_scenario = pb.ScenarioRef(id=scenario.id)
        of_plan, of_run = pb.PlanRef(id=plan.id), pb.RunRef(id=run.id)
        of_graph = pb.ScenarioGraphRequest(scenario_id=scenario.id)
        replacement = pb.ReplaceScenarioRequest(id=scenario.id, revision=1, source=SOURCE)
        asked = {
            line.scenarios.GetScenario: of_scenario,
            line.scenarios.ReplaceScenario: replacement,
            line.scenarios.DeleteScenario: last,
            line.scenarios.DestroyAndDeleteScenario: last,
            line.scenarios.ListRevisions: pb.ListRevisionsRequest(scenario_id=scenario.id),
            line.scenarios.GetRevision: pb.RevisionRef(scenario_id=scenario.id, number=1),
            line.scenarios.ListResources: pb.ListResourcesRequest(scenario_id=scenario.id),
            line.scenarios.GetOutputs: of_scenario,
            line.plans.CreatePlan: ref,
            line.plans.GetPlan: of_plan,
            line.plans.CancelPlan: of_plan,
            line.plans.ListPlanEvents: pb.ListEventsRequest(id=plan.id),
            line.runs.CreateRun: pb.CreateRunRequest(scenario_id=scenario.id),
            line.runs.GetRun: of_run,
            line.runs.ApproveRun: of_run,
            line.runs.CancelRun: of_run,
            line.runs.RetryRun: pb.RetryRunRequest(id=run.id),
            line.runs.ListRunEvents: pb.ListEventsRequest(id=run.id),
            line.runs.ListProjectEvents: pb.ListProjectEventsRequest(scenario_id=scenario.id),
            line.graphs.GetScenarioGraph: of_graph,
            line.graphs.DrawScenario: of_graph,
        }
        reasons = {}
        for method, request in asked.items():
            refused = await refusal_of(method(request, metadata=STRANGER))
            reasons[method._method.decode().rpartition("/")[2]] = refused.reason
        streams = {
            line.plans.WatchPlan: pb.WatchRequest(id=plan.id),
            line.runs.WatchRun: pb.WatchRequest(id=run.id),
            line.runs.WatchProject: pb.WatchProjectRequest(scenario_id=scenario.id),
        }
        for method, request in streams.items():
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                [each async for each in method(request, metadata=STRANGER)]
            reasons[method._method.decode().rpartition("/")[2]] = read_refusal(caught.value).reason
        return reasons

    reasons = on_a_line(database_url, tmp_path, work)
    assert len(reasons) == 24
    assert set(reasons.values()) == {"stackloom.not-found"}


def test_a_project_that_asks_too_often_is_told_when_to_come_again(
    database_url: str, tmp_path: Path
) -> None:
    """With how long to wait."""
    limits = LimitsSettings(readings_at_once=1, requests_per_second=0.1, requests_at_once=1)

    async def work(line: Line) -> Refusal:
        await line.lists.GetCaller(Empty(), metadata=MEMBER)
        return await refusal_of(line.lists.GetCaller(Empty(), metadata=MEMBER))

    refused = on_a_line(database_url, tmp_path, work, limits=limits)
    assert (refused.code, refused.reason) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "stackloom.rate.exceeded",
    )
    assert 1 <= refused.detail("RetryInfo").retry_delay.seconds <= 10


def test_watching_ends_with_the_token(database_url: str, tmp_path: Path) -> None:
    """Whoever comes back brings another one."""
    people = FakePeople(expires_at=datetime.now(UTC) + timedelta(seconds=2))

    async def work(line: Line) -> Refusal:
        scenario = await _kept(line)
        request = pb.CreateRunRequest(scenario_id=scenario.id)
        run = await line.runs.CreateRun(request, metadata=MEMBER)
        events = line.runs.WatchRun(pb.WatchRequest(id=run.id), metadata=READER)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            [each async for each in events]
        return read_refusal(caught.value)

    refused = on_a_line(database_url, tmp_path, work, people=people)
    assert (refused.code, refused.reason) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "stackloom.token.refused",
    )


def test_watching_ends_with_the_rights() -> None:
    """A token that was revoked is found out while it is in use, as over REST."""
    looked: list[str] = []

    async def is_welcome(caller: Caller) -> bool:
        looked.append(caller.user_id)
        return len(looked) < 3

    async def forever() -> AsyncIterator[int]:
        for number in count():
            await asyncio.sleep(0)
            yield number

    moments = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=20 * n) for n in count())

    told: set[object] = set()

    async def watch() -> None:
        closing, clock = asyncio.Event(), lambda: next(moments)
        async for each in until_closed(forever(), caller(), closing, is_welcome, now=clock):
            told.add(each)

    with pytest.raises(Refused, match="the token has ended") as caught:
        asyncio.run(watch())
    assert caught.value.code == "token.refused"
    assert told == set(range(8))
    assert looked == ["ada-id"] * 3


async def _watching(line: Line) -> Any:
    """Watch a run that nobody works on, and return the call after its first event."""
    scenario = await _kept(line)
    request = pb.CreateRunRequest(scenario_id=scenario.id)
    run = await line.runs.CreateRun(request, metadata=MEMBER)
    watching = line.runs.WatchRun(pb.WatchRequest(id=run.id), metadata=READER)
    assert (await watching.read()).seq == 1
    assert line.streams.open_now == 1
    return watching


def test_whoever_stops_watching_takes_no_place(database_url: str, tmp_path: Path) -> None:
    """The service sees that the call was cancelled."""

    async def work(line: Line) -> None:
        watching = await _watching(line)
        watching.cancel()
        async with asyncio.timeout(20):
            while line.streams.open_now:  # noqa: ASYNC110 - nobody is told but by the count
                await asyncio.sleep(0.01)

    on_a_line(database_url, tmp_path, work)


def test_a_service_that_goes_down_says_so_to_those_who_watch(
    database_url: str, tmp_path: Path
) -> None:
    """They come back, here or elsewhere."""

    async def work(line: Line) -> Refusal:
        watching = await _watching(line)
        line.streams.close()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await watching.read()
        return read_refusal(caught.value)

    refused = on_a_line(database_url, tmp_path, work)
    assert (refused.code, refused.reason) == (
        grpc.StatusCode.UNAVAILABLE,
        "stackloom.stopping",
    )


# --- the same again, and nonsense -----------------------------------------------------------------


def test_a_call_with_a_key_is_done_once(database_url: str, tmp_path: Path) -> None:
    """The second answer is the first one; another request with the same key is refused."""

    async def work(line: Line) -> None:
        metadata = (*MEMBER, ("idempotency-key", "once"))
        request = pb.CreateScenarioRequest(source=SOURCE)
        first = await line.scenarios.CreateScenario(request, metadata=metadata)
        assert await line.scenarios.CreateScenario(request, metadata=metadata) == first
        request.tags.append("other")
        refused = await refusal_of(line.scenarios.CreateScenario(request, metadata=metadata))
        assert refused.reason == "stackloom.idempotency.reused"

    on_a_line(database_url, tmp_path, work)


def test_ids_of_requests_come_back(database_url: str, tmp_path: Path) -> None:
    """Our own with every answer; the caller's goes with the run to the cloud."""
    theirs = "req-11111111-1111-4111-8111-111111111111"

    async def work(line: Line) -> pb.Run:
        scenario = await _kept(line)
        call = line.runs.CreateRun(
            pb.CreateRunRequest(scenario_id=scenario.id),
            metadata=(*MEMBER, ("x-openstack-request-id", theirs)),
        )
        begun = dict(await call.initial_metadata())
        assert str(begun["x-openstack-request-id"]).startswith("req-")
        run: pb.Run = await call
        return run

    assert on_a_line(database_url, tmp_path, work).global_request_id == theirs


NONSENSE = {
    "no message": (b"\xff\xff", ""),
    "no id": (pb.CreatePlanRequest(scenario_id="x").SerializeToString(), "$.scenario_id"),
    "neither": (pb.CreatePlanRequest().SerializeToString(), "$.scenario_id"),
    "a word that is none": (
        pb.CreatePlanRequest(scenario_id=str(uuid4()), operation="explode").SerializeToString(),
        "$.operation",
    ),
    "nul": (
        pb.CreatePlanRequest(source=pb.ScenarioSource(text="a\0b")).SerializeToString(),
        "",
    ),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_refused_with_its_place(database_url: str, tmp_path: Path, name: str) -> None:
    """Never as a failure of the service."""
    data, place = NONSENSE[name]

    async def work(line: Line) -> Refusal:
        call: Any = line.channel.unary_unary("/stackloom.v1.PlanService/CreatePlan")
        return await refusal_of(call(data, metadata=MEMBER))

    refused = on_a_line(database_url, tmp_path, work)
    assert (refused.code, refused.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "stackloom.body.invalid",
    )
    places = [
        each.field
        for detail in refused.details
        if detail.DESCRIPTOR.name == "BadRequest"
        for each in detail.field_violations
    ]
    assert places == ([place] if place else [])


def test_a_message_of_too_many_values_is_refused(database_url: str, tmp_path: Path) -> None:
    """However small each of them is."""
    limits = LimitsSettings(readings_at_once=1, values=1_000)

    async def work(line: Line) -> Refusal:
        source = pb.ScenarioSource(text="scenario: s\n")
        source.variables["many"].list_value.values.extend(Value() for _ in range(50_000))
        return await refusal_of(line.scenarios.ValidateScenario(source, metadata=READER))

    refused = on_a_line(database_url, tmp_path, work, limits=limits)
    assert (refused.reason, refused.message) == (
        "stackloom.body.invalid",
        "the message has more than 1000 values",
    )


def test_a_message_that_is_too_large_is_not_read(database_url: str, tmp_path: Path) -> None:
    """gRPC itself refuses it, by the limit that bodies of REST have."""
    limits = LimitsSettings(readings_at_once=1, body_bytes=10_000)

    async def work(line: Line) -> grpc.StatusCode:
        request = pb.ScenarioSource(text="x" * 20_000)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await line.scenarios.ValidateScenario(request, metadata=READER)
        return caught.value.code()

    code = on_a_line(database_url, tmp_path, work, limits=limits)
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
