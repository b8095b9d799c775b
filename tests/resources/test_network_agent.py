# SPDX-License-Identifier: Apache-2.0
"""An agent of Neutron is listed and switched, never made."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.network_agent import KIND, NetworkAgentChange, NetworkAgentState


def test_it_can_be_switched_off_and_not_be_made() -> None:
    """Agents report themselves."""
    assert KIND.new is None
    change = NetworkAgentChange(admin_state_up=False)
    assert msgspec.to_builtins(KIND.patch(change)) == {"agent": {"admin_state_up": False}}


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "a-1",
        "agent_type": "L3 agent",
        "binary": "neutron-l3-agent",
        "topic": "l3_agent",
        "host": "one",
        "admin_state_up": True,
        "created_at": "2026-06-01 12:00:00",
        "started_at": "2026-06-01 12:00:00",
        "heartbeat_timestamp": "2026-06-01 12:00:30",
        "description": None,
        "resources_synced": None,
        "availability_zone": None,
        "alive": True,
        "configurations": {"agent_mode": "legacy", "routers": 2},
        "resource_versions": {},
    }
    state = msgspec.convert(answer, NetworkAgentState)
    assert [column.value(state) for column in KIND.columns] == [
        *("a-1", "L3 agent", "one", None, True, "UP", "neutron-l3-agent")
    ]
