# SPDX-License-Identifier: Apache-2.0
"""``network``: networks of Neutron."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import number, pair, several, switch, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

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
    text("--qos-policy", "qos_policy_id", "id of a QoS policy", metavar="ID"),
    switch("--no-qos-policy", "qos_policy_id", "without a QoS policy", value=None),
)
_CREATE = (
    *_BOTH,
    text("--provider-network-type", "provider:network_type", "flat, vlan, vxlan, geneve, …"),
    text("--provider-physical-network", "provider:physical_network", "its name on the hosts"),
    number("--provider-segment", "provider:segmentation_id", "VLAN or tunnel number"),
    switch("--transparent-vlan", "vlan_transparent", "let tagged frames through"),
    several("--availability-zone-hint", "availability_zone_hints", "where its agents should be"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    switch("--external", "router:external", "only external ones"),
    switch("--internal", "router:external", "only those that are not external", value=False),
    switch("--share", "shared", "only shared ones"),
    switch("--enable", "admin_state_up", "only enabled ones"),
    switch("--disable", "admin_state_up", "only disabled ones", value=False),
    text("--status", "status", "ACTIVE, BUILD, DOWN or ERROR"),
    text("--project", "project_id", "of this project, by id", metavar="PROJECT"),
    text("--tags", "tags", "with all of these tags, separated by commas"),
)

GROUP = Group(
    help="Networks",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, (text("--name", "name", "a new name"), *_BOTH)),
        delete_command(_KIND),
    ),
)
