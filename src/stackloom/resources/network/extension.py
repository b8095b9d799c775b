# SPDX-License-Identifier: Apache-2.0
"""An extension of Neutron's API: what this cloud can do beyond networks, subnets and ports."""

from __future__ import annotations

import msgspec

from stackloom.cloud.kind import Column, Kind, State


class ExtensionState(State, frozen=True, kw_only=True):
    """What Neutron tells of an extension; its alias is its id."""

    id: str = msgspec.field(name="alias")
    updated: str = ""


KIND = Kind(
    name="extension",
    plural="extensions",
    service="network",
    path="/v2.0/extensions",
    state=ExtensionState,
    name_query="",
    columns=(
        Column(title="Name", value=lambda state: state.name),
        Column(title="Alias", value=lambda state: state.id),
        Column(title="Description", value=lambda state: state.description),
    ),
)
