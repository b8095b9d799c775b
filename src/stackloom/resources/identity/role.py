# SPDX-License-Identifier: Apache-2.0
"""A role: what a user may do in a project, a domain or the system."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewRole(Body, frozen=True, kw_only=True):
    """What can be said when a role is made.

    Source: keystone/assignment/schema.py, 30.0.0.
    """

    name: str
    description: str | UnsetType | None = UNSET
    domain_id: str | UnsetType | None = UNSET
    options: Mapping[str, bool | None] | UnsetType = UNSET


class RoleChange(Body, frozen=True, kw_only=True):
    """What can be changed of a role."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    options: Mapping[str, bool | None] | UnsetType = UNSET


class RoleState(State, frozen=True, kw_only=True):
    """What Keystone tells of a role."""

    domain_id: str | None = None
    options: Mapping[str, bool | None] = {}


KIND = Kind(
    name="role",
    plural="roles",
    service="identity",
    path="/v3/roles",
    state=RoleState,
    new=NewRole,
    change=RoleChange,
    update_method="PATCH",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
    ),
    long_columns=(
        Column(title="Domain ID", value=lambda state: state.domain_id),
        Column(title="Description", value=lambda state: state.description),
    ),
)
