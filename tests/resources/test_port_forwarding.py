# SPDX-License-Identifier: Apache-2.0
"""A port forwarding: it stands below its floating IP."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.port_forwarding import (
    KIND,
    NewPortForwarding,
    PortForwardingState,
)


def test_it_is_below_a_floating_ip() -> None:
    """Its paths name that one; what a person typed cannot lead elsewhere."""
    assert KIND.under("f-1").member_path("x") == "/v2.0/floatingips/f-1/port_forwardings/x"
    assert KIND.under("../a").listed_at == "/v2.0/floatingips/..%2Fa/port_forwardings"


def test_a_request_says_only_what_was_given() -> None:
    """Single ports and ranges are different fields."""
    new = NewPortForwarding(
        protocol="tcp",
        internal_port_id="p-1",
        internal_ip_address="10.0.0.5",
        internal_port_range="80:90",
        external_port_range="8080:8090",
    )
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "port_forwarding": {
            "protocol": "tcp",
            "internal_port_id": "p-1",
            "internal_ip_address": "10.0.0.5",
            "internal_port_range": "80:90",
            "external_port_range": "8080:8090",
        }
    }


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "x-1",
        "external_port": 8080,
        "internal_port": 80,
        "external_port_range": "8080:8080",
        "internal_port_range": "80:80",
        "internal_port_id": "p-1",
        "internal_ip_address": "10.0.0.5",
        "protocol": "tcp",
        "description": "words",
    }
    state = msgspec.convert(answer, PortForwardingState)
    assert [column.value(state) for column in KIND.columns] == [
        *("x-1", "p-1", "10.0.0.5", 80, "80:80", 8080, "8080:8080", "tcp", "words")
    ]
