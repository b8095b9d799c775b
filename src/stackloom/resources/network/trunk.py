# SPDX-License-Identifier: Apache-2.0
"""A trunk of Neutron: a port of a server that carries the traffic of further ones, tagged."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, Progress, State


class NewSubport(msgspec.Struct, frozen=True, kw_only=True):
    """A port that a trunk carries; without a number it inherits its network's."""

    port_id: str
    segmentation_type: str | UnsetType = UNSET
    segmentation_id: int | UnsetType = UNSET


class NewTrunk(Body, frozen=True, kw_only=True):
    """What can be said when a trunk is made.

    Source: neutron_lib/api/definitions/trunk.py, 2026.2.
    """

    port_id: str
    name: str = ""
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    sub_ports: tuple[NewSubport, ...] | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class TrunkChange(Body, frozen=True, kw_only=True):
    """What can be changed of a trunk; subports go to paths of their own.

    Source: neutron_lib/api/definitions/trunk.py, ``ACTION_STATUS``: ``add_subports`` and
    ``remove_subports``, 2026.2.
    """

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET


class Subport(msgspec.Struct, frozen=True, kw_only=True):
    """A port that a trunk carries, and its number on the wire."""

    port_id: str
    segmentation_type: str = ""
    segmentation_id: int = 0


class TrunkState(State, frozen=True, kw_only=True):
    """What Neutron tells of a trunk."""

    port_id: str = ""
    status: str = ""
    admin_state_up: bool = True
    sub_ports: tuple[Subport, ...] = ()
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _progress(state: TrunkState) -> Progress:
    # DOWN is usable: it stays so until a server is there (neutron_lib/services/trunk/constants.py).
    if state.status in {"ERROR", "DEGRADED"}:
        return Progress.FAILED
    return Progress.WAITING if state.status == "BUILD" else Progress.READY


KIND = Kind(
    name="trunk",
    plural="trunks",
    noun="network trunk",
    service="network",
    path="/v2.0/trunks",
    state=TrunkState,
    new=NewTrunk,
    change=TrunkChange,
    project_query="project_id",
    progress=_progress,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Parent Port", value=lambda state: state.port_id),
        Column(title="Description", value=lambda state: state.description),
    ),
    long_columns=(
        Column(title="Status", value=lambda state: state.status),
        Column(title="State", value=lambda state: "UP" if state.admin_state_up else "DOWN"),
        Column(title="Created At", value=lambda state: state.created_at),
        Column(title="Updated At", value=lambda state: state.updated_at),
    ),
)
