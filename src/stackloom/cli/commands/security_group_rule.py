# SPDX-License-Identifier: Apache-2.0
"""``security group rule``: what may come in or go out."""

from __future__ import annotations

from argparse import SUPPRESS
from collections.abc import Mapping
from typing import Any

from stackloom.cli.command import Group
from stackloom.cli.fields import named, number, switch, text
from stackloom.cli.kind_commands import create_command, delete_command, list_command, show_command
from stackloom.errors import UsageError

_KIND = "network.security_group_rule"
_GROUP = "network.security_group"

# Names and numbers of protocols that mean IPv6 by themselves, as in the openstack client.
_IPV6_PROTOCOLS = frozenset({"icmpv6", "41", "43", "44", "58", "59", "60"})

_DIRECTION = (
    switch("--ingress", "direction", "what comes in, which is usual", value="ingress"),
    switch("--egress", "direction", "what goes out", value="egress"),
)
_CREATE = (
    named("group", "security_group_id", _GROUP, "the group that gets it, by name or id"),
    text("--protocol", "protocol", "tcp, udp, icmp, any, … or a number", type=str.lower),
    text("--proto", "protocol", SUPPRESS, type=str.lower),  # as many guides have it
    text("--dst-port", "ports", "a port, or a range such as 137:139", metavar="PORT"),
    number("--icmp-type", "icmp_type", "of ICMP"),
    number("--icmp-code", "icmp_code", "of ICMP, with --icmp-type"),
    text("--remote-ip", "remote_ip_prefix", "the other side, such as 10.0.0.0/24", metavar="CIDR"),
    named("--remote-group", "remote_group_id", _GROUP, "the other side, by its group"),
    named(
        "--remote-address-group",
        "remote_address_group_id",
        "network.address_group",
        "the other side, by a group of addresses",
    ),
    *_DIRECTION,
    text(
        "--ethertype",
        "ethertype",
        "that of the protocol, or else IPv4",
        type=str.lower,
        choices=("ipv4", "ipv6"),
    ),
    text("--description", "description", "for people"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
)
_FILTERS = (
    named("group", "security_group_id", _GROUP, "only those of this group", nargs="?"),
    text("--protocol", "protocol", "of this protocol", type=str.lower),
    text(
        "--ethertype",
        "ethertype",
        "IPv4 or IPv6",
        type=str.lower,
        choices=("ipv4", "ipv6"),
        take=lambda word: word.replace("ipv", "IPv"),
    ),
    *_DIRECTION,
    named("--project", "project_id", "identity.project", "of this project"),
)


def _complete(body: dict[str, Any], _have: Mapping[str, Any]) -> None:
    """See the direction, the version and the ports by what was given.

    Raises:
        UsageError: ports and ICMP do not go together.
    """
    from stackloom.resources.network.security_group_rule import ICMP_PROTOCOLS

    body.setdefault("direction", "ingress")
    protocol = None if body.get("protocol") == "any" else body.get("protocol")
    body["protocol"] = protocol
    body["ethertype"] = _ethertype(body.pop("ethertype", ""), protocol)
    ports = body.pop("ports", "")
    icmp = [body.pop(name, None) for name in ("icmp_type", "icmp_code")]
    if protocol not in ICMP_PROTOCOLS:
        if icmp != [None, None]:
            raise UsageError("--icmp-type needs an ICMP protocol", hint="--protocol icmp")
        if ports:
            body["port_range_min"], body["port_range_max"] = _port_range(ports)
        return
    if ports:
        raise UsageError("ICMP has no ports", hint="it has --icmp-type and --icmp-code")
    if icmp[0] is None and icmp[1] is not None:
        raise UsageError("--icmp-code needs --icmp-type")
    body |= {
        field: value
        for field, value in zip(("port_range_min", "port_range_max"), icmp, strict=True)
        if value is not None
    }


def _ethertype(given: str, protocol: str | None) -> str:
    is_ipv6 = protocol is not None and (protocol.startswith("ipv6-") or protocol in _IPV6_PROTOCOLS)
    return "IPv6" if given == "ipv6" or (not given and is_ipv6) else "IPv4"


def _port_range(word: str) -> tuple[int, int]:
    first, _, last = word.partition(":")
    try:
        ports = int(first), int(last or first)
    except ValueError as error:
        hint = "such as 80 or 137:139"
        raise UsageError(f'--dst-port "{word}" is neither a port nor a range', hint=hint) from error
    if ports[0] > ports[1]:
        raise UsageError(f'--dst-port "{word}" ends before it begins')
    return ports


GROUP = Group(
    help="Rules of security groups",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, name="", complete=_complete),
        delete_command(_KIND),
    ),
)
