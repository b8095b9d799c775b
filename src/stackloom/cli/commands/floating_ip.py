# SPDX-License-Identifier: Apache-2.0
"""``floating ip``: outer addresses that lead to ports; an address stands for its id."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    named,
    several_named,
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

_KIND = "network.floating_ip"

_BOTH = (
    named("--port", "port_id", "network.port", "where it leads"),
    named("--router", "router_id", "network.router", "the router that leads there"),
    text("--fixed-ip-address", "fixed_ip_address", "which address of the port"),
    named("--qos-policy", "qos_policy_id", "network.qos_policy", "its policy"),
    text("--description", "description", "for people"),
)
_CREATE = (
    named("network", "floating_network_id", "network.network", "where it is, by name or id"),
    named("--subnet", "subnet_id", "network.subnet", "the subnet it is from"),
    text("--floating-ip-address", "floating_ip_address", "which address (administrators)"),
    *_BOTH,
    text("--dns-domain", "dns_domain", "the domain of its name"),
    text("--dns-name", "dns_name", "its name in DNS"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_SET = (
    *_BOTH,
    switch("--no-qos-policy", "qos_policy_id", "without a policy", value=None),
    *SET_TAGS,
)
_UNSET = (
    switch("--port", "port_id", "let it lead nowhere", value=None),
    switch("--qos-policy", "qos_policy_id", "leave it without a policy", value=None),
    *UNSET_TAGS,
)
_FILTERS = (
    several_named("--network", "floating_network_id", "network.network", "on this network"),
    several_named("--port", "port_id", "network.port", "that lead to this port"),
    several_named("--router", "router_id", "network.router", "that go through this router"),
    text("--fixed-ip-address", "fixed_ip_address", "that lead to this address"),
    text("--floating-ip-address", "floating_ip_address", "with this address"),
    text("--status", "status", "ACTIVE or DOWN"),
    named("--project", "project_id", "identity.project", "of this project"),
    *TAG_FILTERS,
)

GROUP = Group(
    help="Floating IPs",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, name=""),
        set_command(_KIND, _SET),
        unset_command(_KIND, _UNSET),
        delete_command(_KIND),
    ),
)
