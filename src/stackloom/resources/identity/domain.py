# SPDX-License-Identifier: Apache-2.0
"""A domain of Keystone: where names of users, groups and projects are unique."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewDomain(Body, frozen=True, kw_only=True):
    """What can be said when a domain is made.

    Source: keystone/resource/schema.py, 30.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    options: Mapping[str, bool | None] | UnsetType = UNSET


class DomainChange(Body, frozen=True, kw_only=True):
    """What can be changed of a domain; it has to be disabled before it can be deleted."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    options: Mapping[str, bool | None] | UnsetType = UNSET


class DomainState(State, frozen=True, kw_only=True):
    """What Keystone tells of a domain."""

    enabled: bool = True
    tags: tuple[str, ...] = ()
    options: Mapping[str, bool | None] = {}


KIND = Kind(
    name="domain",
    plural="domains",
    service="identity",
    path="/v3/domains",
    state=DomainState,
    new=NewDomain,
    change=DomainChange,
    update_method="PATCH",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Enabled", value=lambda state: state.enabled),
        Column(title="Description", value=lambda state: state.description),
    ),
)
