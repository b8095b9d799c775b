# SPDX-License-Identifier: Apache-2.0
"""A group of users."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewGroup(Body, frozen=True, kw_only=True):
    """What can be said when a group is made.

    Source: keystone/identity/schema.py, 30.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET


class GroupChange(Body, frozen=True, kw_only=True):
    """What can be changed of a group."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class GroupState(State, frozen=True, kw_only=True):
    """What Keystone tells of a group."""

    domain_id: str | None = None


KIND = Kind(
    name="group",
    plural="groups",
    service="identity",
    path="/v3/groups",
    state=GroupState,
    new=NewGroup,
    change=GroupChange,
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
