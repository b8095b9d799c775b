# SPDX-License-Identifier: Apache-2.0
"""``subnet``: ranges of addresses on networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackloom.cli.command import Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    Field,
    Join,
    added,
    named,
    number,
    objects,
    pair,
    several,
    switch,
    text,
    without,
)
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
    unset_command,
)

_KIND = "network.subnet"
_IPV6_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")


def _lists(join: Join | None) -> tuple[Field, ...]:
    """Return the options for lists, which a change sends whole."""
    return (
        objects(
            "--allocation-pool",
            "allocation_pools",
            "a range that addresses are taken from",
            {"start": "start", "end": "end"},
            required=["start", "end"],
            join=join,
        ),
        several("--dns-nameserver", "dns_nameservers", "a name server; repeatable", join=join),
        objects(
            "--host-route",
            "host_routes",
            "a route that DHCP tells",
            {"destination": "destination", "gateway": "nexthop"},
            required=["destination", "gateway"],
            join=join,
        ),
        several(
            "--service-type",
            "service_types",
            "a device owner that may have its addresses; repeatable",
            join=join,
        ),
    )


_BOTH = (
    pair("--dhcp", "--no-dhcp", "enable_dhcp", "answer DHCP"),
    pair(
        "--dns-publish-fixed-ip",
        "--no-dns-publish-fixed-ip",
        "dns_publish_fixed_ip",
        "publish its addresses in DNS",
    ),
    text("--gateway", "gateway_ip", "an address, none, or auto for the first", metavar="GATEWAY"),
    text("--network-segment", "segment_id", "id of a segment of the network", metavar="ID"),
    text("--description", "description", "for people"),
)
_CREATE = (
    named("--network", "network_id", "network.network", "where it is", required=True),
    text("--subnet-range", "cidr", "its range, such as 10.0.0.0/24", metavar="CIDR"),
    named(
        "--subnet-pool",
        "subnetpool_id",
        "network.subnet_pool",
        "where it is cut from",
        along={"ip_version": "ip_version"},
    ),
    switch(
        "--use-prefix-delegation",
        "subnetpool_id",
        "take an IPv6 prefix that the provider delegates",
        value="prefix_delegation",
    ),
    switch("--use-default-subnet-pool", "use_default_subnetpool", "cut it from the default pool"),
    number("--prefix-length", "prefixlen", "how long its prefix is, when cut from a pool"),
    number(
        "--ip-version",
        "ip_version",
        "that of the range or the pool, or else 4",
        choices=(4, 6),
    ),
    text("--ipv6-ra-mode", "ipv6_ra_mode", "who announces it", choices=_IPV6_MODES),
    text("--ipv6-address-mode", "ipv6_address_mode", "who gives addresses", choices=_IPV6_MODES),
    *_BOTH,
    *_lists(None),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_SET = (
    text("--name", "name", "a new name"),
    *_BOTH,
    switch("--no-allocation-pool", "allocation_pools", "forget the ranges it has", value=[]),
    switch("--no-dns-nameservers", "dns_nameservers", "forget the servers it has", value=[]),
    switch("--no-host-route", "host_routes", "forget the routes it has", value=[]),
    *_lists(added),
    *SET_TAGS,
)
_UNSET = (
    switch("--gateway", "gateway_ip", "leave it without a gateway", value=None),
    *_lists(without),
    *UNSET_TAGS,
)
_FILTERS = (
    number("--ip-version", "ip_version", "of this version", choices=(4, 6)),
    switch("--dhcp", "enable_dhcp", "only those with DHCP"),
    switch("--no-dhcp", "enable_dhcp", "only those without DHCP", value=False),
    several("--service-type", "service_types", "for this device owner; repeatable"),
    named("--project", "project_id", "identity.project", "of this project"),
    named("--network", "network_id", "network.network", "of this network"),
    text("--gateway", "gateway_ip", "with this gateway"),
    text("--name", "name", "with exactly this name"),
    text("--subnet-range", "cidr", "with exactly this range"),
    named("--subnet-pool", "subnetpool_id", "network.subnet_pool", "cut from this pool"),
    *TAG_FILTERS,
)


def _complete(body: dict[str, Any], have: Mapping[str, Any]) -> None:
    """Say no gateway as null, leave an automatic one out, and see the version by the range."""
    if body.get("gateway_ip") == "none":
        body["gateway_ip"] = None
    elif body.get("gateway_ip") == "auto":
        del body["gateway_ip"]
    if not have:
        body.setdefault("ip_version", 6 if ":" in body.get("cidr", "") else 4)


GROUP = Group(
    help="Subnets",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, complete=_complete),
        set_command(_KIND, _SET, complete=_complete),
        unset_command(_KIND, _UNSET),
        delete_command(_KIND),
    ),
)
