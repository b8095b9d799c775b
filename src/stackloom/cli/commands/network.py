# SPDX-License-Identifier: Apache-2.0
"""``network``: networks of Neutron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    named,
    number,
    pair,
    several,
    switch,
    text,
)
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
    unset_command,
)

if TYPE_CHECKING:
    from stackloom.cloud.kind import Kind

_KIND = "network.network"

_BOTH = (
    pair("--enable", "--disable", "admin_state_up", "let it carry traffic"),
    pair("--share", "--no-share", "shared", "let other projects use it (administrators)"),
    pair(
        "--external", "--internal", "router:external", "a network behind gateways (administrators)"
    ),
    pair(
        "--enable-port-security",
        "--disable-port-security",
        "port_security_enabled",
        "filter what its ports send, unless they say otherwise",
    ),
    text("--description", "description", "for people"),
    number("--mtu", "mtu", "the largest packet, in bytes", metavar="BYTES"),
    text("--dns-domain", "dns_domain", "the domain of its ports' names", metavar="DOMAIN"),
    pair("--default", "--no-default", "is_default", "the one for networks out of the box"),
    named("--qos-policy", "qos_policy_id", "network.qos_policy", "the policy of its ports"),
    switch("--no-qos-policy", "qos_policy_id", "without a QoS policy", value=None),
)
_CREATE = (
    *_BOTH,
    text("--provider-network-type", "provider:network_type", "flat, vlan, vxlan, geneve, …"),
    text("--provider-physical-network", "provider:physical_network", "its name on the hosts"),
    number("--provider-segment", "provider:segmentation_id", "VLAN or tunnel number"),
    pair(
        "--transparent-vlan",
        "--no-transparent-vlan",
        "vlan_transparent",
        "let tagged frames through",
    ),
    several("--availability-zone-hint", "availability_zone_hints", "where its agents should be"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    switch("--external", "router:external", "only external ones"),
    switch("--internal", "router:external", "only those that are not external", value=False),
    switch("--share", "shared", "only shared ones"),
    switch("--no-share", "shared", "only those that are not shared", value=False),
    switch("--enable", "admin_state_up", "only enabled ones"),
    switch("--disable", "admin_state_up", "only disabled ones", value=False),
    text("--status", "status", "ACTIVE, BUILD, DOWN or ERROR"),
    named("--project", "project_id", "identity.project", "of this project"),
    text("--provider-network-type", "provider:network_type", "flat, vlan, vxlan, geneve, …"),
    text("--provider-physical-network", "provider:physical_network", "with this name on the hosts"),
    number("--provider-segment", "provider:segmentation_id", "with this VLAN or tunnel number"),
    *TAG_FILTERS,
)
_PLACES = (text("--agent", "agent", "that this DHCP agent serves, by id", metavar="AGENT"),)


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    """Source: neutron/extensions/dhcpagentscheduler.py, 29.0.0."""
    if "agent" not in given:
        return kind
    from stackloom.cli.identity import at

    return at(kind, f"/v2.0/agents/{given['agent']}/dhcp-networks")


GROUP = Group(
    help="Networks",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, elsewhere=_elsewhere),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH, *SET_TAGS)),
        unset_command(_KIND, UNSET_TAGS),
        delete_command(_KIND),
    ),
)
