# SPDX-License-Identifier: Apache-2.0
"""A project of Keystone: what owns everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewProject(Body, frozen=True, kw_only=True):
    """What can be said when a project is made.

    Source: keystone/resource/schema.py, 30.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET
    parent_id: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    options: Mapping[str, bool | None] | UnsetType = UNSET
    properties: Mapping[str, Any] | UnsetType = UNSET


class ProjectChange(Body, frozen=True, kw_only=True):
    """What can be changed of a project."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    options: Mapping[str, bool | None] | UnsetType = UNSET
    properties: Mapping[str, Any] | UnsetType = UNSET


class ProjectState(State, frozen=True, kw_only=True):
    """What Keystone tells of a project; properties of any name, which people have given it."""

    domain_id: str | None = None
    parent_id: str | None = None
    enabled: bool = True
    is_domain: bool = False
    tags: tuple[str, ...] = ()
    options: Mapping[str, bool | None] = {}
    properties: Mapping[str, Any] = {}


# What Keystone tells beside these, and is no property.
_ABOUT = {"links", "parents", "subtree"}
_OWN = {*ProjectState.__struct_fields__} - {"properties"}


def _gathered(answer: Any) -> Any:
    """Gather the properties, which stand among a project's own fields."""
    own = {name: value for name, value in answer.items() if name in _OWN}
    others = {name: answer[name] for name in answer if name not in _OWN and name not in _ABOUT}
    return {**own, "properties": others}


KIND = Kind(
    name="project",
    plural="projects",
    service="identity",
    path="/v3/projects",
    state=ProjectState,
    new=NewProject,
    change=ProjectChange,
    inline="properties",
    reshape=_gathered,
    update_method="PATCH",
    own_list="/v3/auth/projects",
    in_token=lambda token: (token.project_id, token.scope.removeprefix("project ")),
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
    ),
    long_columns=(
        Column(title="Domain ID", value=lambda state: state.domain_id),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Enabled", value=lambda state: state.enabled),
    ),
)
