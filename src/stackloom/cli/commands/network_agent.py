# SPDX-License-Identifier: Apache-2.0
"""``network agent``: the programs that do Neutron's work on hosts; administrators see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Group
from stackloom.cli.fields import named, pair, text
from stackloom.cli.identity import at
from stackloom.cli.kind_commands import delete_command, list_command, set_command, show_command

if TYPE_CHECKING:
    from stackloom.cloud.kind import Kind

_KIND = "network.network_agent"

# Neutron's names by those of the openstack client.
_TYPES = {
    "bgp": "BGP dynamic routing agent",
    "dhcp": "DHCP agent",
    "open-vswitch": "Open vSwitch agent",
    "linux-bridge": "Linux bridge agent",
    "ofa": "OFA driver agent",
    "l3": "L3 agent",
    "loadbalancer": "Loadbalancer agent",
    "metering": "Metering agent",
    "metadata": "Metadata agent",
    "macvtap": "Macvtap agent",
    "nic": "NIC Switch agent",
    "baremetal": "Baremetal Node",
    "ovn-controller": "OVN Controller agent",
    "ovn-controller-gateway": "OVN Controller Gateway agent",
}

_FILTERS = (
    text(
        "--agent-type",
        "agent_type",
        "of this type",
        choices=tuple(_TYPES),
        take=lambda t: _TYPES[t],
    ),
    text("--host", "host", "on this host"),
)
_PLACES = (
    named("--network", "network", "network.network", "that give addresses on this network"),
    named("--router", "router", "network.router", "that carry this router"),
)


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    """Source: neutron/extensions/{dhcp,l3}agentscheduler.py, 29.0.0."""
    if "network" in given:
        return at(kind, f"/v2.0/networks/{given['network']}/dhcp-agents")
    return at(kind, f"/v2.0/routers/{given['router']}/l3-agents") if "router" in given else kind


_SET = (
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "admin_state_up", "let it be given work"),
)

GROUP = Group(
    help="Agents of Neutron",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, elsewhere=_elsewhere),
        show_command(_KIND),
        set_command(_KIND, _SET),
        delete_command(_KIND),
    ),
)
