# SPDX-License-Identifier: Apache-2.0
"""What a router connects, as the cloud has it: for pictures of a project in a file. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stackloom.cloud.kind import Listed, Names
from stackloom.resources.network.router_interface import interfaces


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a router connects.

    Attributes:
        network_id: of a whole network, all of whose subnets are reached at their gateways.
        subnet_id: of one subnet, if it is not that.
        address: the router's there, where it is not the gateway's.
    """

    network_id: str = ""
    subnet_id: str = ""
    address: str = ""


def connections(listed: Listed) -> dict[str, list[Connected]]:
    """Return what each router connects, by the router's id."""
    subnets = {subnet.id: subnet for subnet in listed.get("subnet", ())}
    subnets_of: dict[str, set[str]] = {}
    for subnet in subnets.values():
        subnets_of.setdefault(subnet.network_id, set()).add(subnet.id)
    at_gateway: dict[tuple[str, str], set[str]] = {}
    result: dict[str, list[Connected]] = {}
    for leg in interfaces(listed):
        subnet = subnets.get(leg.subnet_id)
        if subnet is None or subnet.gateway_ip == leg.ip_address:
            at_gateway.setdefault((leg.router_id, leg.network_id), set()).add(leg.subnet_id)
        else:
            there = Connected(subnet_id=leg.subnet_id, address=leg.ip_address)
            result.setdefault(leg.router_id, []).append(there)
    for (router_id, network_id), found in at_gateway.items():
        if found == subnets_of.get(network_id):
            whole = [Connected(network_id=network_id)]
        else:
            whole = [Connected(subnet_id=each) for each in sorted(found)]
        result.setdefault(router_id, []).extend(whole)
    return result


def captured_connections(found: Sequence[Connected], names: Names) -> list[object]:
    """Return connections as they stand in a file; those with what is not in it are left out."""
    entries: list[object] = []
    for each in found:
        if each.network_id:
            entries.append(names("network", each.network_id))
        elif subnet := names("subnet", each.subnet_id):
            address = {"address": each.address} if each.address else {}
            entries.append({"subnet": subnet, **address})
    return sorted(filter(None, entries), key=str)
