# SPDX-License-Identifier: Apache-2.0
"""A floating IP: what is said of it, and that its address is its name."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.floating_ip import (
    KIND,
    FloatingIpChange,
    FloatingIpState,
    NewFloatingIp,
)


def test_a_request_says_only_what_was_given() -> None:
    """A port of null takes it off."""
    new = NewFloatingIp(floating_network_id="n-1", port_id="p-1")
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "floatingip": {"floating_network_id": "n-1", "port_id": "p-1"}
    }
    change = FloatingIpChange(port_id=None)
    assert msgspec.to_builtins(KIND.patch(change)) == {"floatingip": {"port_id": None}}


def test_its_address_is_its_name() -> None:
    """So it is found by what people know of it, and shown once."""
    answer = {
        "id": "f-1",
        "description": "",
        "floating_ip_address": "203.0.113.9",
        "floating_network_id": "n-1",
        "router_id": None,
        "port_id": None,
        "fixed_ip_address": None,
        "status": "DOWN",
        "project_id": "project-1",
        "port_details": None,
        "port_forwardings": [{"protocol": "tcp", "external_port": 80}],
        "tags": ["a"],
    }
    state = msgspec.convert(answer, FloatingIpState)
    assert (state.name, KIND.name_query) == ("203.0.113.9", "floating_ip_address")
    assert msgspec.to_builtins(state)["floating_ip_address"] == "203.0.113.9"
    assert [column.value(state) for column in KIND.columns] == [
        *("f-1", "203.0.113.9", None, None, "n-1", "project-1")
    ]
    assert [column.value(state) for column in KIND.long_columns] == [
        *(None, "DOWN", "", ["a"], None, None)
    ]
