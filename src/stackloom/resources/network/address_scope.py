# SPDX-License-Identifier: Apache-2.0
"""An address scope of Neutron: subnet pools whose addresses never overlap."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewAddressScope(Body, frozen=True, kw_only=True):
    """What can be said when an address scope is made; ``shared`` by administrators.

    Source: neutron_lib/api/definitions/address_scope.py, 2026.2.
    """

    name: str
    ip_version: int
    shared: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class AddressScopeChange(Body, frozen=True, kw_only=True):
    """What can be changed of an address scope."""

    name: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


class AddressScopeState(State, frozen=True, kw_only=True):
    """What Neutron tells of an address scope."""

    ip_version: int = 4
    shared: bool = False
    project_id: str = ""


KIND = Kind(
    name="address_scope",
    plural="address_scopes",
    service="network",
    path="/v2.0/address-scopes",
    state=AddressScopeState,
    new=NewAddressScope,
    change=AddressScopeChange,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="IP Version", value=lambda state: state.ip_version),
        Column(title="Shared", value=lambda state: state.shared),
        Column(title="Project", value=lambda state: state.project_id),
    ),
)
