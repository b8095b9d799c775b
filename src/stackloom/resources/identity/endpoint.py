# SPDX-License-Identifier: Apache-2.0
"""An address of a service in the catalog."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewEndpoint(Body, frozen=True, kw_only=True):
    """What can be said when an endpoint is made.

    Source: keystone/catalog/schema.py, 30.0.0.
    """

    service_id: str
    interface: str
    url: str
    region_id: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET


class EndpointChange(Body, frozen=True, kw_only=True):
    """What can be changed of an endpoint."""

    service_id: str | UnsetType = UNSET
    interface: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    region_id: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET


class EndpointState(State, frozen=True, kw_only=True):
    """What Keystone tells of an endpoint."""

    service_id: str = ""
    interface: str = ""
    url: str = ""
    region_id: str | None = None
    enabled: bool = True


KIND = Kind(
    name="endpoint",
    plural="endpoints",
    service="identity",
    path="/v3/endpoints",
    state=EndpointState,
    new=NewEndpoint,
    change=EndpointChange,
    update_method="PATCH",
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Region", value=lambda state: state.region_id),
        Column(title="Service ID", value=lambda state: state.service_id),
        Column(title="Enabled", value=lambda state: state.enabled),
        Column(title="Interface", value=lambda state: state.interface),
        Column(title="URL", value=lambda state: state.url),
    ),
)
