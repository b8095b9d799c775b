# SPDX-License-Identifier: Apache-2.0
"""The ``.proto``, what is made of it, and the structs of the wire say the same."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from stackloom.cloud.sketch import Part
from stackloom.errors import Problem
from stackloom.service.operation import queries
from stackloom.service.rest.routes import all_routes
from stackloom.service.rpc.services import all_services
from stackloom.service.rpc.v1.stackloom_pb2 import DESCRIPTOR
from stackloom.wire import (
    caller,
    event,
    graph,
    plan,
    problem,
    resource,
    run,
    scenario,
)

GENERATED = Path("src/stackloom/service/rpc/v1")


def test_the_generated_modules_are_those_of_the_proto(tmp_path: Path) -> None:
    """``scripts/proto`` writes them anew."""
    subprocess.run(["scripts/proto", str(tmp_path)], check=True)
    made = tmp_path / "stackloom/service/rpc/v1"
    names = sorted(each.name for each in made.iterdir())
    assert names == ["stackloom_pb2.py", "stackloom_pb2.pyi", "stackloom_pb2_grpc.py"]
    for name in names:
        assert (made / name).read_text() == (GENERATED / name).read_text(), name


# What a message has beside its struct, and a struct beside its message.
_ONLY_THERE: dict[str, set[str]] = {
    "Event": {"detail"},
    "ScenarioPage": {"next_marker"},
    "RevisionPage": {"next_marker"},
    "ResourcePage": {"next_marker"},
    "PlanPage": {"next_marker"},
    "RunPage": {"next_marker"},
    "ReplaceScenarioRequest": {"id", "revision"},
    "ListRevisionsRequest": {"scenario_id"},
    "ListResourcesRequest": {"scenario_id"},
    "ListEventsRequest": {"id"},
    "RetryRunRequest": {"id"},
    "ScenarioGraphRequest": {"scenario_id"},
    "TextGraphRequest": {"source"},
    "ListCloudRequest": {"anew"},
}
_STRUCTS: dict[str, type] = {
    "ScenarioSource": scenario.ScenarioSource,
    "Check": scenario.Check,
    "CreateScenarioRequest": scenario.ScenarioCreate,
    "ReplaceScenarioRequest": scenario.ScenarioReplace,
    "Scenario": scenario.Scenario,
    "ScenarioPage": scenario.ScenarioPage,
    "Revision": scenario.Revision,
    "RevisionPage": scenario.RevisionPage,
    "Validation": scenario.Validation,
    "Problem": Problem,
    "Resource": resource.Resource,
    "ResourcePage": resource.ResourcePage,
    "Output": resource.Output,
    "OutputPage": resource.OutputPage,
    "Credential": plan.Credential,
    "CreatePlanRequest": plan.PlanCreate,
    "Counts": plan.Counts,
    "FieldDifference": plan.FieldDifference,
    "PlanStep": plan.PlanStep,
    "Plan": plan.Plan,
    "PlanPage": plan.PlanPage,
    "Source": problem.Source,
    "ErrorItem": problem.ErrorItem,
    "CreateRunRequest": run.RunCreate,
    "RetryRunRequest": run.Retry,
    "Progress": run.Progress,
    "RunActions": run.RunActions,
    "Run": run.Run,
    "RunPage": run.RunPage,
    "StepError": event.StepError,
    "EventPage": event.EventPage,
    "Graph": graph.Graph,
    "GraphRemark": graph.GraphRemark,
    "Caller": caller.Whoami,
    "ListScenariosRequest": queries.ScenarioQuery,
    "ListRevisionsRequest": queries.RevisionQuery,
    "ListResourcesRequest": queries.ResourceQuery,
    "ListPlansRequest": queries.PlanQuery,
    "ListRunsRequest": queries.RunQuery,
    "ListEventsRequest": queries.EventQuery,
    "ListProjectEventsRequest": queries.ProjectEventQuery,
    "ScenarioGraphRequest": queries.GraphQuery,
    "ProjectGraphRequest": queries.ProjectGraphQuery,
    "TextGraphRequest": queries.ProjectGraphQuery,
    "ListCloudRequest": queries.ListQuery,
}
# Made of nothing but what their services need.
_ALONE = {
    "ScenarioRef",
    "RevisionRef",
    "PlanRef",
    "RunRef",
    "DeleteScenarioRequest",
    "WatchRequest",
    "WatchProjectRequest",
    "Drawing",
    "CloudList",
}


def _fields(struct: type) -> set[str]:
    return {each.encode_name for each in msgspec.structs.fields(struct)}


def _message(name: str) -> Any:
    return DESCRIPTOR.message_types_by_name[name]


@pytest.mark.parametrize("name", _STRUCTS)
def test_a_message_has_the_fields_of_its_struct(name: str) -> None:
    """All of them but links; a field that is added to the one is added to the other."""
    mine = {each.name for each in _message(name).fields}
    assert mine - _ONLY_THERE.get(name, set()) == _fields(_STRUCTS[name]) - {"links"}


def _events() -> Iterator[tuple[str, type]]:
    for each in get_args(event.Event):
        yield str(each.__struct_config__.tag), each


def test_every_event_has_its_detail() -> None:
    """By the name of its type, with what is special to it."""
    common = {each.name for each in _message("Event").fields if each.containing_oneof is None}
    common |= {"scenario_id"}  # it may be missing, for which protobuf makes a oneof of its own
    details = {each.name: each for each in _message("Event").oneofs_by_name["detail"].fields}
    assert set(details) == {type for type, _ in _events()}
    for type, struct in _events():
        mine = {each.name for each in details[type].message_type.fields}
        assert mine == _fields(struct) - common, type


def test_every_part_of_a_picture_has_its_message() -> None:
    """By the name of its sort."""
    parts = {each.name: each.message_type for each in _message("Part").fields}
    structs = {str(each.__struct_config__.tag): each for each in get_args(Part)}
    assert set(parts) == set(structs)
    for name, message in parts.items():
        assert {each.name for each in message.fields} == _fields(structs[name]), name


def test_no_message_is_forgotten() -> None:
    """Each is compared with a struct, or known to have none."""
    details = {each.message_type.name for each in _message("Event").oneofs_by_name["detail"].fields}
    parts = {each.message_type.name for each in _message("Part").fields}
    known = set(_STRUCTS) | _ALONE | details | parts | {"Event", "Part"}
    assert set(DESCRIPTOR.message_types_by_name) == known


def test_every_method_of_the_proto_is_answered() -> None:
    """By its service, which is asked for the methods that the .proto has."""
    answered = {each.full_name: set(each.methods()) for each in all_services()}
    assert answered == {
        each.full_name: {method.name for method in each.methods}
        for each in DESCRIPTOR.services_by_name.values()
    }


# What REST has for browsers, load balancers, and readers of its own description.
_ONLY_OF_REST = {
    "show_openapi",
    "show_docs",
    "show_scenario_schema",
    "show_liveness",
    "show_readiness",
    "show_health",
    "create_session",
    "delete_session",
    "list_versions",
    "show_version",
}
_METHODS = {
    "list_run_events": {"ListRunEvents", "WatchRun"},
    "list_plan_events": {"ListPlanEvents", "WatchPlan"},
    "list_events": {"ListProjectEvents", "WatchProject"},
    "show_graph": {"GetScenarioGraph", "DrawScenario"},
    "draw_text": {"GetTextGraph", "DrawText"},
    "show_project_graph": {"GetProjectGraph", "DrawProject"},
    "act_on_run": {"ApproveRun", "CancelRun", "RetryRun"},
    "delete_scenario": {"DeleteScenario", "DestroyAndDeleteScenario"},
    "show_token": {"GetCaller"},
}


def test_what_rest_can_do_can_be_done_over_grpc() -> None:
    """A route that is added there is added here."""
    wanted: set[str] = set()
    for route in all_routes():
        name = route.call.__name__
        if name not in _ONLY_OF_REST:
            plain = "".join(word.capitalize() for word in name.split("_")).replace("Show", "Get")
            wanted |= _METHODS.get(name, {plain})
    assert {name for each in all_services() for name in each.methods()} == wanted
