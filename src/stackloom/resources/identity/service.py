# SPDX-License-Identifier: Apache-2.0
"""A service of the catalog."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewService(Body, frozen=True, kw_only=True):
    """What can be said when a service is made.

    Source: keystone/catalog/schema.py, 30.0.0.
    """

    type: str
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ServiceChange(Body, frozen=True, kw_only=True):
    """What can be changed of a service."""

    type: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ServiceState(State, frozen=True, kw_only=True):
    """What Keystone tells of a service."""

    type: str = ""
    enabled: bool = True


KIND = Kind(
    name="service",
    plural="services",
    service="identity",
    path="/v3/services",
    state=ServiceState,
    new=NewService,
    change=ServiceChange,
    update_method="PATCH",
    also_by="type",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Type", value=lambda state: state.type),
    ),
    long_columns=(
        Column(title="Description", value=lambda state: state.description),
        Column(title="Enabled", value=lambda state: state.enabled),
    ),
)
