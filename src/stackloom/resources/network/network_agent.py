# SPDX-License-Identifier: Apache-2.0
"""An agent of Neutron: a program on a host that does its work there; administrators see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NetworkAgentChange(Body, frozen=True, kw_only=True):
    """What can be changed of an agent.

    Source: neutron_lib/api/definitions/agent.py, 2026.2.
    """

    admin_state_up: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET


class NetworkAgentState(State, frozen=True, kw_only=True):
    """What Neutron tells of an agent."""

    agent_type: str = ""
    binary: str = ""
    host: str = ""
    topic: str = ""
    availability_zone: str | None = None
    alive: bool = False
    admin_state_up: bool = True
    configurations: Mapping[str, Any] = {}
    resources_synced: bool | None = None
    created_at: str = ""
    started_at: str = ""
    heartbeat_timestamp: str = ""


KIND = Kind(
    name="network_agent",
    plural="agents",
    key="agent",
    service="network",
    path="/v2.0/agents",
    state=NetworkAgentState,
    change=NetworkAgentChange,
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Agent Type", value=lambda state: state.agent_type),
        Column(title="Host", value=lambda state: state.host),
        Column(title="Availability Zone", value=lambda state: state.availability_zone),
        Column(title="Alive", value=lambda state: state.alive),
        Column(title="State", value=lambda state: "UP" if state.admin_state_up else "DOWN"),
        Column(title="Binary", value=lambda state: state.binary),
    ),
)
