# SPDX-License-Identifier: Apache-2.0
"""A project as the API tells of it: scenarios in every state, a plan, runs, a picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from tests.fakes.fake_api import FakeApi

from stackloom.operations import read_scenario, topology_of
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage
from stackloom.scenario.picture.svg import svg
from stackloom.wire.caller import Whoami
from stackloom.wire.event import (
    Event,
    EventPage,
    JobState,
    StepEnded,
    StepError,
    StepStarted,
)
from stackloom.wire.graph import Graph
from stackloom.wire.plan import Counts, FieldDifference, Plan, PlanStep
from stackloom.wire.problem import ErrorItem
from stackloom.wire.resource import Output, OutputPage, Resource, ResourcePage
from stackloom.wire.run import Progress, Run, RunActions, RunPage
from stackloom.wire.scenario import (
    Check,
    Condition,
    Revision,
    RevisionPage,
    Scenario,
    ScenarioPage,
    ScenarioSource,
    Validation,
)

NOW = datetime(2026, 11, 24, 12, 20, 5, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "examples" / "three-tiers.yaml"
SCENARIO, PLAN, RUN, ENDED_RUN = (UUID(int=number) for number in (0xA1, 0xB1, 0xC1, 0xC2))
REQUEST_ID = "req-6f1f6dc0-3a0e-4a25-9d0c-6f6a6b6f5f11"
GLOBAL_ID = "req-11111111-2222-4333-8444-555555555555"

WHO = Whoami(
    user_id="8f2b0c6d5f4e4c0b8a7d1e2f3a4b5c6d",
    user_name="alice",
    project_id="1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f",
    project_name="demo",
    roles=("member", "reader"),
    cloud="http://127.0.0.1:9201/v3",
    expires_at=NOW + timedelta(minutes=55),
    may_change=True,
)


def scenario(number: int, name: str, condition: Condition, *, run: UUID | None = None) -> Scenario:
    """Return a scenario of the list."""
    return Scenario(
        id=UUID(int=0xA0 + number),
        name=name,
        revision=number,
        condition=condition,
        tags=("lab", "team-blue") if number % 2 else (),
        check=Check(every_seconds=900) if number % 2 else None,
        checked_at=NOW - timedelta(minutes=number) if condition != "unknown" else None,
        last_run_id=run,
        created_at=NOW - timedelta(days=number),
        created_by="alice",
        updated_at=NOW - timedelta(hours=number),
    )


SCENARIOS = (
    scenario(1, "three-tiers", "drifted", run=ENDED_RUN),
    scenario(2, "two-networks", "changing", run=RUN),
    scenario(3, "classroom", "in_sync", run=ENDED_RUN),
    scenario(4, "database-with-disks", "failed", run=UUID(int=0xC3)),
    scenario(5, "bastion", "absent"),
    scenario(6, "never-looked-at", "unknown"),
)

_MTU = FieldDifference(field="mtu", have=1500, want=1400, in_place=True)
_IMAGE = FieldDifference(field="image", have="cirros-0.5", want="cirros-0.6", in_place=False)
STEPS = (
    PlanStep(address="network.front", action="update", id="n-1", differences=(_MTU,)),
    PlanStep(address="network.back", action="create"),
    PlanStep(address="subnet.back", action="create", needs=("network.back",)),
    PlanStep(address="router.edge", action="keep", id="r-1"),
    PlanStep(address="security_group.web", action="keep", id="g-1"),
    PlanStep(
        address="server.web-0", action="delete", replaces=True, id="s-1", differences=(_IMAGE,)
    ),
    PlanStep(
        address="server.web-0",
        action="create",
        replaces=True,
        differences=(_IMAGE,),
        needs=("network.front", "security_group.web"),
    ),
    PlanStep(address="server.web-1", action="delete", id="s-2"),
    PlanStep(address="server.app", action="create", needs=("network.front", "network.back")),
    PlanStep(address="server.database", action="create", needs=("network.back",)),
    PlanStep(
        address="floating_ip.web", action="create", needs=("server.web-0",), because="server.web-0"
    ),
)
PLAN_READY = Plan(
    id=PLAN,
    scenario_id=SCENARIO,
    scenario_name="three-tiers",
    revision=4,
    operation="apply",
    state="ready",
    counts=Counts(create=5, update=1, replace=1, delete=1, keep=2),
    steps=STEPS,
    warnings=(),
    error=None,
    created_at=NOW,
    created_by="alice",
    ready_at=NOW,
    expires_at=NOW + timedelta(hours=24),
    run_id=None,
    last_seq=3,
)
_REMARKS = {
    "network.front": Remark(change=Change.UPDATE, lines=("mtu: 1500 → 1400",)),
    "network.back": Remark(change=Change.CREATE),
    "subnet.back": Remark(change=Change.CREATE),
    "server.web-0": Remark(
        change=Change.REPLACE, lines=("image: cirros-0.5 → cirros-0.6 (forces replacement)",)
    ),
    "server.web-1": Remark(change=Change.DELETE),
    "server.app": Remark(change=Change.CREATE),
    "server.database": Remark(change=Change.CREATE),
    "floating_ip.web": Remark(change=Change.CREATE),
}
_STAGES = {
    "network.front": Stage.DONE,
    "network.back": Stage.DONE,
    "subnet.back": Stage.DONE,
    "server.web-0": Stage.RUNNING,
    "server.web-1": Stage.DONE,
    "server.app": Stage.FAILED,
    "server.database": Stage.WAITING,
    "floating_ip.web": Stage.WAITING,
}
NO_HOST = StepError(
    code="engine.over-quota",
    detail="server.app: Nova refused (403): Quota exceeded for cores: requested 1, used 20 of 20.",
    hint="delete what is not needed, or ask for a larger quota of cores",
    status=403,
    service="compute",
    method="POST",
    request_id=REQUEST_ID,
)


def picture(remarks: dict[str, Remark] | None = None) -> Picture:
    """Return the picture of the example, with what happens to it."""
    drawn = topology_of(read_scenario(EXAMPLE).scenario)
    return msgspec_free_replace(drawn, remarks)


def msgspec_free_replace(drawn: Picture, remarks: dict[str, Remark] | None) -> Picture:
    """Return a picture with remarks."""
    return Picture(
        parts=drawn.parts,
        title=drawn.title,
        remarks=remarks or {},
        has_overlay=remarks is not None,
    )


def run_remarks() -> dict[str, Remark]:
    """Return what happens to each thing, and how far a run is with it."""
    return {
        key: Remark(change=remark.change, lines=remark.lines, stage=_STAGES[key])
        for key, remark in _REMARKS.items()
    }


def run(id: UUID = RUN, state: str = "applying", **other: object) -> Run:
    """Return a run of the example."""
    plain = Run(
        id=id,
        scenario_id=SCENARIO,
        scenario_name="three-tiers",
        revision=4,
        operation="apply",
        plan_id=PLAN,
        state="applying",
        state_since=NOW,
        timestamps={"queued": NOW},
        counts=PLAN_READY.counts,
        progress=Progress(done=4, failed=1, skipped=0, total=8),
        is_partial=False,
        actions=RunActions(cancel=True),
        attempt=1,
        next_try_at=None,
        retry_of=None,
        error=None,
        global_request_id=GLOBAL_ID,
        created_at=NOW,
        created_by="alice",
        last_seq=9,
    )
    return msgspec.structs.replace(plain, state=state, **other)


def _event(kind: type[msgspec.Struct], seq: int, message: str, **other: object) -> Event:
    return kind(  # type: ignore[return-value] # the fields of each kind are given by name
        seq=seq,
        position=seq,
        at=NOW + timedelta(seconds=seq),
        job_id=RUN,
        scenario_id=SCENARIO,
        message=message,
        **other,
    )


EVENTS: tuple[Event, ...] = (
    _event(JobState, 1, "the run began", state="applying"),
    _event(StepStarted, 2, "updating network.front", address="network.front", action="update"),
    _event(
        StepEnded,
        3,
        "network.front was updated",
        address="network.front",
        action="update",
        result="done",
        seconds=0.4,
        cloud_id="n-1",
    ),
    _event(
        StepEnded,
        4,
        "network.back was created",
        address="network.back",
        action="create",
        result="done",
        seconds=0.7,
        cloud_id="n-2",
    ),
    _event(
        StepEnded,
        5,
        "subnet.back was created",
        address="subnet.back",
        action="create",
        result="done",
        seconds=0.5,
        cloud_id="u-2",
    ),
    _event(
        StepEnded,
        6,
        "server.web-1 was deleted",
        address="server.web-1",
        action="delete",
        result="done",
        seconds=3.1,
        cloud_id="s-2",
    ),
    _event(StepStarted, 7, "deleting server.web-0", address="server.web-0", action="delete"),
    _event(
        StepEnded,
        8,
        NO_HOST.detail,
        address="server.app",
        action="create",
        result="failed",
        seconds=1.2,
        error=NO_HOST,
    ),
)
FAILED = ErrorItem(
    code="stackloom.engine.run-failed",
    status=409,
    title="Steps have failed",
    detail="1 of 8 steps failed: server.app",
    hint="see why at the step, put it right and try again",
)


def sample() -> FakeApi:
    """Return an API that has a project in it."""
    api = FakeApi()
    own = f"/v1/scenarios/{SCENARIO}"
    api.give("GET /v1/token", WHO)
    api.give("GET /v1/scenarios", ScenarioPage(scenarios=SCENARIOS))
    ended = run(ENDED_RUN, "succeeded", progress=Progress(done=8, total=8), actions=RunActions())
    api.give("GET /v1/runs", RunPage(runs=(run(), ended)))
    api.give(f"GET /v1/runs/{RUN}", run())
    api.give(f"GET /v1/runs/{ENDED_RUN}", ended)
    api.give(f"GET {own}", SCENARIOS[0], headers={"etag": '"1"'})
    revision = Revision(
        number=1,
        source=ScenarioSource(text=EXAMPLE.read_text(), variables={"web_servers": 2}),
        created_at=NOW,
        created_by="alice",
    )
    api.give(f"GET {own}/revisions", RevisionPage(revisions=(revision,)))
    api.give(f"GET {own}/revisions/1", revision)
    api.give(f"GET {own}/graph", svg(picture(_drift())))
    for each in SCENARIOS:
        api.give(f"GET /v1/scenarios/{each.id}/resources", ResourcePage(resources=()))
    api.give(f"GET {own}/resources", ResourcePage(resources=tuple(_resources())))
    output = Output(name="url", value="https://203.0.113.7/", is_known=True)
    api.give(f"GET {own}/outputs", OutputPage(outputs=(output,)))
    api.give(f"GET /v1/plans/{PLAN}", PLAN_READY)
    api.give(f"GET {own}/graph?format=svg&overlay=plan:{PLAN}", svg(picture(_REMARKS)))
    api.give(f"GET {own}/graph?overlay=run:{RUN}&format=svg", svg(picture(run_remarks())))
    api.give(f"GET {own}/graph?overlay=run:{ENDED_RUN}&format=svg", svg(picture(_REMARKS)))
    api.give(f"GET /v1/runs/{RUN}/events", EventPage(events=EVENTS))
    api.give(f"GET /v1/runs/{ENDED_RUN}/events", EventPage(events=EVENTS[:1], is_over=True))
    everything = picture()
    api.give(
        "GET /v1/project/graph?format=json",
        Graph(title="", parts=everything.parts, remarks={}, notices=()),
    )
    api.give("GET /v1/project/graph?format=svg", svg(everything))
    api.give(
        "POST /v1/scenarios/validate",
        Validation(is_valid=True, problems=(), name="three-tiers", resources=14),
    )
    api.give("POST /v1/scenarios/draw", svg(everything))
    return api


def _drift() -> dict[str, Remark]:
    return {"network.front": Remark(change=Change.UPDATE, lines=("mtu: 1500 → 1400",))}


def _resources() -> list[Resource]:
    conditions = {"network.front": "changed", "server.web-1": "unmanaged", "server.app": "missing"}
    return [
        Resource(
            address=step.address,
            kind=step.address.partition(".")[0],
            cloud_id=step.id or "5f0c9a3e-2b52-4c2f-8d8b-7b1e8a0d9c11",
            name=step.address.partition(".")[2],
            condition=conditions.get(step.address, "in_sync"),  # type: ignore[arg-type]
            differences=(_MTU,) if step.address == "network.front" else (),
            needs=step.needs,
            seen_at=NOW,
        )
        for step in {step.address: step for step in STEPS}.values()
    ]
