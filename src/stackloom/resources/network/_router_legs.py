# SPDX-License-Identifier: Apache-2.0
"""What a router connects, as the cloud has it: for a file that is written off a project. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stackloom.cloud.kind import Listed, Names
from stackloom.resources.network._fixed_ips import has_both_families
from stackloom.resources.network.port import ROUTER_INTERFACE_OWNERS


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a router connects.

    Attributes:
        network_id: of a whole network, all of whose subnets are reached at their gateways.
        subnet_id: of one subnet, if it is not that.
        address: the router's there, where it is not the gateway's.
        port_id: of a port with addresses of both families, which stands in the file itself.
    """

    network_id: str = ""
    subnet_id: str = ""
    address: str = ""
    port_id: str = ""


def connections(listed: Listed) -> dict[str, list[Connected]]:
    """Return what each router connects, by the router's id."""
    subnets = {subnet.id: subnet for subnet in listed.get("subnet", ())}
    subnets_of: dict[str, set[str]] = {}
    for subnet in subnets.values():
        subnets_of.setdefault(subnet.network_id, set()).add(subnet.id)
    at_gateway: dict[tuple[str, str], set[str]] = {}
    result: dict[str, list[Connected]] = {}
    for port in listed.get("port", ()):
        if port.device_owner not in ROUTER_INTERFACE_OWNERS:
            continue
        found = result.setdefault(port.device_id, [])
        if has_both_families(port.fixed_ips):
            found.append(Connected(port_id=port.id))
            continue
        for fixed in port.fixed_ips:
            subnet = subnets.get(fixed.subnet_id)
            if subnet is None or subnet.gateway_ip == fixed.ip_address:
                key = (port.device_id, port.network_id)
                at_gateway.setdefault(key, set()).add(fixed.subnet_id)
            else:
                found.append(Connected(subnet_id=fixed.subnet_id, address=fixed.ip_address))
    for (router_id, network_id), reached in at_gateway.items():
        if reached == subnets_of.get(network_id):
            result[router_id].append(Connected(network_id=network_id))
        else:
            result[router_id] += [Connected(subnet_id=each) for each in sorted(reached)]
    return result


def captured_connections(found: Sequence[Connected], names: Names) -> list[object]:
    """Return connections as they stand in a file; those with what is not in it are left out."""
    entries: list[object] = []
    for each in found:
        if each.network_id:
            entries.append(names("network", each.network_id))
        elif each.port_id:
            port = names("port", each.port_id)
            entries.append({"port": port} if port else "")
        elif subnet := names("subnet", each.subnet_id):
            address = {"address": each.address} if each.address else {}
            entries.append({"subnet": subnet, **address})
    return sorted(filter(None, entries), key=str)
