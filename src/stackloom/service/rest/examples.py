# SPDX-License-Identifier: Apache-2.0
"""An example of every body, for the document: one small story about two networks and a router.

They are structs, so that what is no longer true does not pass the type checker.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict
from uuid import UUID

import msgspec

from stackloom.cloud.sketch import Bar, BarNote, Box, Leg
from stackloom.errors import Problem
from stackloom.wire.caller import Whoami
from stackloom.wire.cloud_list import FlavorList, ImageList, NetworkList, ServerList
from stackloom.wire.codes import CODES, PREFIX
from stackloom.wire.event import (
    EventPage,
    JobState,
    PlanReady,
    StepAccepted,
    StepEnded,
    StepStarted,
)
from stackloom.wire.graph import Graph, GraphRemark
from stackloom.wire.health import Health, HealthPart
from stackloom.wire.links import Link
from stackloom.wire.log_in import LogIn
from stackloom.wire.plan import Counts, FieldDifference, Plan, PlanCreate, PlanPage, PlanStep
from stackloom.wire.problem import ErrorItem, Errors, ProblemDetail, Source
from stackloom.wire.resource import Output, OutputPage, Resource, ResourcePage
from stackloom.wire.run import Nothing, Progress, Run, RunAction, RunActions, RunCreate, RunPage
from stackloom.wire.scenario import (
    Check,
    Revision,
    RevisionPage,
    Scenario,
    ScenarioCreate,
    ScenarioPage,
    ScenarioReplace,
    ScenarioSource,
    Validation,
)
from stackloom.wire.version import OneVersion, Version, Versions

_URL: Final = "https://stackloom.example.com"
_SCENARIO: Final = UUID("6f9e2a51-61b4-4b0e-8a57-4a2c35f1c1d0")
_PLAN: Final = UUID("0d8f3f7e-8a4e-4a43-9d0e-8b1b7a4f2f11")
_RUN: Final = UUID("b1c55c40-2a77-4a8d-8b53-2f6f3c1d9e22")
_NETWORK: Final = "1f1c9d53-5b0c-4d6e-9c0e-2d8a3f6b7c33"
_USER: Final = "9a1d7c34f0e84d0c8e5b2f6a7c3d1e44"
_REQUEST: Final = "req-3f0c2d61-7b7e-4d5c-9a3b-5e8d1f2a6c55"
_BEGUN: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_TEXT: Final = """\
scenario: two-networks
networks:
  red: {cidr: 192.0.2.0/25}
  blue: {cidr: 192.0.2.128/25}
routers:
  hub: {networks: [red, blue]}
"""


def _after(seconds: float) -> datetime:
    return _BEGUN + timedelta(seconds=seconds)


def _link(rel: str, path: str) -> Link:
    return Link(rel=rel, href=f"{_URL}{path}")


_SOURCE: Final = ScenarioSource(text=_TEXT)
_DAILY: Final = Check(
    every_seconds=86_400,
    webhook_url="https://portal.example.com/drift",
    webhook_secret="what the two of us know",  # noqa: S106 - the document's example of one
)
_KEPT: Final = Scenario(
    id=_SCENARIO,
    name="two-networks",
    revision=1,
    condition="in_sync",
    tags=("lab",),
    check=msgspec.structs.replace(_DAILY, webhook_secret=None),
    checked_at=_after(30),
    last_run_id=_RUN,
    created_at=_BEGUN,
    created_by=_USER,
    updated_at=_after(30),
    links=(_link("self", f"/v1/scenarios/{_SCENARIO}"),),
)
_FIRST: Final = Revision(
    number=1,
    source=_SOURCE,
    created_at=_BEGUN,
    created_by=_USER,
    links=(_link("self", f"/v1/scenarios/{_SCENARIO}/revisions/1"),),
)
_COUNTS: Final = Counts(create=2, update=1)
_DIFFERENCE: Final = FieldDifference(field="mtu", have=1500, want=1400, in_place=True)
_READY: Final = Plan(
    id=_PLAN,
    scenario_id=_SCENARIO,
    scenario_name="two-networks",
    revision=1,
    operation="apply",
    state="ready",
    counts=_COUNTS,
    steps=(
        PlanStep(address="network.red", action="create"),
        PlanStep(address="network.blue", action="update", id=_NETWORK, differences=(_DIFFERENCE,)),
        PlanStep(address="router.hub", action="create", needs=("network.red", "network.blue")),
    ),
    warnings=(),
    error=None,
    created_at=_after(1),
    created_by=_USER,
    ready_at=_after(2),
    expires_at=_after(86_401),
    run_id=None,
    last_seq=3,
    links=(_link("self", f"/v1/plans/{_PLAN}"), _link("events", f"/v1/plans/{_PLAN}/events")),
)
_UNDER_WAY: Final = Run(
    id=_RUN,
    scenario_id=_SCENARIO,
    scenario_name="two-networks",
    revision=1,
    operation="apply",
    plan_id=_PLAN,
    state="applying",
    state_since=_after(6),
    timestamps={"queued": _after(5), "applying": _after(6)},
    counts=_COUNTS,
    progress=Progress(done=1, total=3),
    is_partial=False,
    actions=RunActions(cancel=True),
    attempt=1,
    next_try_at=None,
    retry_of=None,
    error=None,
    global_request_id=_REQUEST,
    created_at=_after(5),
    created_by=_USER,
    last_seq=4,
    links=(_link("self", f"/v1/runs/{_RUN}"), _link("events", f"/v1/runs/{_RUN}/events")),
)
_REASON: Final = ErrorItem(
    request_id=_REQUEST,
    code=f"{PREFIX}scenario.invalid",
    status=CODES["scenario.invalid"].status,
    title=CODES["scenario.invalid"].title,
    detail='"nmae" is not known here',
    hint='meant is perhaps "name"',
    source=Source(file="scenario.yaml", line=3, column=10),
    links=(_link("help", "/v1/docs#scenario.invalid"),),
)
_VERSION: Final = Version(
    id="v1.0",
    status="CURRENT",
    min_version="1.0",
    max_version="1.0",
    links=(_link("self", "/v1"),),
)


class _Place(TypedDict):
    seq: int
    position: int
    at: datetime
    job_id: UUID
    scenario_id: UUID


def _at(number: int) -> _Place:
    """Return what all events of the story have."""
    return _Place(
        seq=number,
        position=number,
        at=_after(5 + number / 10),
        job_id=_RUN,
        scenario_id=_SCENARIO,
    )


def _events() -> EventPage:
    """Return the first events of a run."""
    return EventPage(
        events=(
            JobState(**_at(1), message="the run is being applied", state="applying"),
            PlanReady(**_at(2), message="2 to create, 1 to update", counts=_COUNTS),
            StepStarted(
                **_at(3),
                message="network.red: create",
                address="network.red",
                action="create",
            ),
            StepAccepted(
                **_at(4),
                message="network.red: the cloud makes it",
                address="network.red",
                cloud_id=_NETWORK,
            ),
            StepEnded(
                **_at(5),
                message="network.red: created in 0.4 s",
                address="network.red",
                action="create",
                result="done",
                seconds=0.4,
                cloud_id=_NETWORK,
            ),
        ),
        links=(_link("self", f"/v1/runs/{_RUN}/events"),),
    )


_EXAMPLES: Final = (
    Versions(versions=(_VERSION,)),
    OneVersion(version=_VERSION),
    ScenarioCreate(source=_SOURCE, tags=("lab",), check=_DAILY),
    ScenarioReplace(source=_SOURCE, tags=("lab", "team-blue")),
    _SOURCE,
    _KEPT,
    ScenarioPage(scenarios=(_KEPT,), links=(_link("self", "/v1/scenarios"),)),
    _FIRST,
    RevisionPage(revisions=(_FIRST,)),
    Validation(
        is_valid=False,
        problems=(
            Problem(
                file="scenario.yaml",
                line=3,
                column=10,
                message='"nmae" is not known here',
                hint='meant is perhaps "name"',
            ),
        ),
    ),
    PlanCreate(scenario_id=_SCENARIO),
    _READY,
    PlanPage(plans=(msgspec.structs.replace(_READY, steps=()),)),
    RunCreate(plan_id=_PLAN),
    RunAction(cancel=Nothing()),
    _UNDER_WAY,
    RunPage(runs=(_UNDER_WAY,)),
    _events(),
    ResourcePage(
        resources=(
            Resource(
                address="network.blue",
                kind="network",
                cloud_id=_NETWORK,
                name="two-networks-blue",
                condition="changed",
                differences=(_DIFFERENCE,),
                needs=(),
                seen_at=_after(30),
            ),
        )
    ),
    OutputPage(outputs=(Output(name="hub", value="203.0.113.7", is_known=True),)),
    Graph(
        title="two-networks",
        parts=(
            Bar(key="network.red", label="red"),
            BarNote(bar="network.red", key="subnet.red", note="192.0.2.0/25"),
            Box(key="router.hub", label="hub", sort="router"),
            Leg(box="router.hub", bar="network.red"),
        ),
        remarks={"network.red": GraphRemark(change="create", stage="done")},
    ),
    NetworkList(networks=({"id": _NETWORK, "name": "two-networks-red", "status": "ACTIVE"},)),
    ServerList(servers=()),
    ImageList(images=()),
    FlavorList(flavors=({"id": "1", "name": "m1.tiny", "ram": 512, "vcpus": 1, "disk": 1},)),
    Whoami(
        user_id=_USER,
        user_name="ada",
        project_id="4c1f0a7b9e2d4f6a8b3c5d7e9f1a2b66",
        project_name="blue",
        roles=("member", "reader"),
        cloud="https://keystone.example.com/v3",
        expires_at=_after(3_600),
        may_change=True,
    ),
    Health(is_well=True, parts=(HealthPart(name="database", is_well=True),)),
    LogIn(user="ada", password="…", project="blue"),  # noqa: S106 - nobody's
    Errors(errors=(_REASON,)),
    ProblemDetail(
        type=f"{_URL}/v1/docs#scenario.invalid",
        title=_REASON.title,
        status=_REASON.status,
        detail=_REASON.detail,
        instance=f"urn:request:{_REQUEST}",
        code=_REASON.code,
        errors=(_REASON,),
    ),
)
EXAMPLES: Final[Mapping[type[msgspec.Struct], msgspec.Struct]] = {
    type(each): each for each in _EXAMPLES
}
