# SPDX-License-Identifier: Apache-2.0
"""Which part of a list is asked for: a struct a list, whose fields are its parameters."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from stackloom.wire.plan import PlanState
from stackloom.wire.resource import ResourceCondition
from stackloom.wire.run import RunState
from stackloom.wire.scenario import Condition
from stackloom.wire.words import Line, Name, Position, Tag

Limit = Annotated[int, Meta(ge=1, le=1_000)]
Sort = Literal["created_at", "created_at:asc", "created_at:desc"]
NEWEST_FIRST: Sort = "created_at:desc"
A_PAGE = 100


class _Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    def said(self) -> dict[str, Any]:
        """Return what differs from the default, by parameter: the query of a link to the same."""
        plain = msgspec.structs.asdict(self)
        defaults = msgspec.structs.asdict(type(self)())
        return {name: value for name, value in plain.items() if value != defaults[name]}


class ScenarioQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the scenarios of a project.

    Attributes:
        marker: the id of the last one of the page before.
        tags: that they all have.
    """

    limit: Limit = A_PAGE
    marker: UUID | None = None
    name: Name | None = None
    tags: Annotated[tuple[Tag, ...], Meta(max_length=50)] = ()
    condition: Condition | None = None
    sort: Sort = "created_at"


class ScenarioDeletion(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a scenario is to go.

    Attributes:
        destroy: what it has in the cloud first.
    """

    destroy: bool = False


class RevisionQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the revisions of a scenario; *marker* is the number of the last one before."""

    limit: Limit = A_PAGE
    marker: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class PlanQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the plans of a project."""

    limit: Limit = A_PAGE
    marker: UUID | None = None
    scenario_id: UUID | None = None
    state: PlanState | None = None
    sort: Sort = "created_at"


class RunQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the runs of a project."""

    limit: Limit = A_PAGE
    marker: UUID | None = None
    scenario_id: UUID | None = None
    state: RunState | None = None
    sort: Sort = "created_at"


class ResourceQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the resources of a scenario; *marker* is the address of the last one before."""

    limit: Limit = A_PAGE
    marker: Line | None = None
    kind: Line | None = None
    condition: ResourceCondition | None = None


class EventQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the events of a run or plan; those with a greater ``seq`` than *after*."""

    after: Position = 0
    limit: Limit = A_PAGE


class ProjectEventQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the events of a project; those with a greater ``position`` than *after*."""

    after: Position = 0
    limit: Limit = A_PAGE
    scenario_id: UUID | None = None


class GraphQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a picture is asked for.

    Attributes:
        overlay: what is shown on it: ``plan:ID``, ``run:ID`` or ``drift``; None for nothing.
        theme: the colours of SVG and PNG; ``auto`` is both in one SVG.
        expand: show each of many servers that are alike.
    """

    format: Literal["json", "svg", "png", "mermaid", "dot"] = "json"
    overlay: Line | None = None
    theme: Literal["auto", "light", "dark"] = "auto"
    expand: bool = False


class ProjectGraphQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the picture of a whole project is asked for."""

    format: Literal["json", "svg", "png", "mermaid", "dot"] = "json"
    theme: Literal["auto", "light", "dark"] = "auto"
    expand: bool = False


class ListQuery(_Query, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of what the cloud lists; what is not said is left to the cloud.

    Attributes:
        marker: the cloud's id of the last one before.
    """

    limit: Limit | None = None
    marker: Line | None = None
    name: Line | None = None
    status: Line | None = None
