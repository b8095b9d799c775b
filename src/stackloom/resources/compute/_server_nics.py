# SPDX-License-Identifier: Apache-2.0
"""The places of a server on networks: read off Neutron's ports, compared, brought and taken. Pure.

Nova's own answer names networks by *name*, which anybody may change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from stackloom.cloud.kind import UNKNOWN, Call, Difference, Ids, Listed
from stackloom.cloud.mark import Address, read_mark
from stackloom.resources.compute._server_spec import ServerSpec, places
from stackloom.resources.network.router_interface import interfaces


class Nic(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a server on a network, as its port tells it.

    Attributes:
        router_ids: the routers with an interface on one of its subnets.
        trunk_id: the trunk whose parent the port is; empty where it is none.
        port_name: what the port is called in its scenario; empty where it has no mark.
    """

    port_id: str
    network_id: str
    subnet_ids: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    router_ids: tuple[str, ...] = ()
    trunk_id: str = ""
    port_name: str = ""


def nics_by_server(listed: Listed) -> dict[str, tuple[Nic, ...]]:
    """Return the places of every server, by its id, in the order of the ports."""
    routers_by_subnet: dict[str, list[str]] = {}
    for interface in interfaces(listed):
        for subnet_id in interface.subnet_ids:
            routers_by_subnet.setdefault(subnet_id, []).append(interface.router_id)
    found: dict[str, list[Nic]] = {}
    for port in listed.get("port", ()):
        mark = read_mark(port.description)
        nic = Nic(
            port_id=port.id,
            network_id=port.network_id,
            subnet_ids=tuple(ip.subnet_id for ip in port.fixed_ips),
            ip_addresses=tuple(ip.ip_address for ip in port.fixed_ips),
            security_group_ids=tuple(port.security_groups),
            router_ids=tuple(
                router
                for ip in port.fixed_ips
                for router in routers_by_subnet.get(ip.subnet_id, ())
            ),
            trunk_id=(port.trunk_details or {}).get("trunk_id", ""),
            port_name=mark.address.name if mark else "",
        )
        found.setdefault(port.device_id, []).append(nic)
    return {server: tuple(nics) for server, nics in found.items()}


def wanted_nics(address: Address, spec: ServerSpec, ids: Ids) -> list[dict[str, str]] | str:
    """Return the places as Nova takes them when a server is made; their order is the cards'."""
    keys = {"network": "uuid", "port": "port"}
    nics = [{keys[kind]: ids(kind, name)} for kind, name, _ in places(address, spec)]
    return nics or "none"


def compare_nics(
    address: Address, spec: ServerSpec, nics: Sequence[Nic], ids: Ids
) -> Iterator[Difference]:
    """Compare places: the ports by id, the rest by their networks; NIC order is not returned.

    ``networks`` differ as lists of ``{"network": id, "port": id}``; what should come has no port.
    A port that is replaced takes the server with it: its successor may need the address that it
    has, or a subnet in the place of the one that it is on, and so cannot come before it is gone.
    """
    named = [(kind, name, ids(kind, name)) for kind, name, _ in places(address, spec)]
    wanted = [(kind, id) for kind, _, id in named]
    wanted_ports = {id for kind, id in wanted if kind == "port"}
    have_ports = {nic.port_id for nic in nics} & wanted_ports
    if have_ports != wanted_ports:
        replaced = {name for kind, name, id in named if kind == "port" and id == UNKNOWN}
        yield Difference(
            field="ports",
            have=sorted(have_ports),
            want=sorted(wanted_ports),
            in_place=not any(nic.port_name in replaced for nic in nics),
        )
    wanted_networks = Counter(id for kind, id in wanted if kind == "network")
    others = [nic for nic in nics if nic.port_id not in wanted_ports]
    kept: list[Nic] = []
    for nic in others:
        if wanted_networks[nic.network_id] > 0:
            wanted_networks[nic.network_id] -= 1
            kept.append(nic)
    new = [{"network": network} for network in sorted(wanted_networks.elements())]
    if new or len(kept) < len(others):
        have, stay = ([_told(nic) for nic in each] for each in (others, kept))
        yield Difference(field="networks", have=have, want=[*stay, *new])
    if spec.security_groups is not UNSET:
        yield from _compare_groups(spec.security_groups, kept, ids)


def _told(nic: Nic) -> dict[str, str]:
    return {"network": nic.network_id, "port": nic.port_id}


def _compare_groups(groups: Sequence[str], nics: Sequence[Nic], ids: Ids) -> Iterator[Difference]:
    """Compare the groups of the ports that Nova made, as ``{port id: [group id]}``."""
    wanted = sorted(ids("security_group", group) for group in groups)
    have = {nic.port_id: sorted(nic.security_group_ids) for nic in nics}
    differing = {port: found for port, found in have.items() if found != wanted}
    if differing:
        want = dict.fromkeys(differing, wanted)
        yield Difference(field="security_groups", have=differing, want=want)


def nic_calls(
    server: str, nics: Sequence[Nic], changes: Mapping[str, Difference]
) -> Iterator[Call]:
    """Yield the requests that take and bring places, and set the groups of ports.

    Source: nova/api/openstack/compute/attach_interfaces.py, 34.0.0: to take one is answered 202, to
    bring one once it is there.
    """
    path = f"/v2.1/servers/{server}/os-interface"
    attached = {nic.port_id for nic in nics}
    networks: Any = changes.get("networks")
    if networks:
        staying = [each.get("port") for each in networks.want]
        for each in networks.have:
            if each["port"] not in staying:
                yield Call(method="DELETE", path=f"{path}/{each['port']}")
    ports: Any = changes.get("ports")
    for port in ports.want if ports else ():
        if port not in attached:
            yield _attach(path, {"port_id": port})
    for each in networks.want if networks else ():
        if "port" not in each:
            yield _attach(path, {"net_id": each["network"]})
    groups: Any = changes.get("security_groups")
    for port, wanted in groups.want.items() if groups else ():
        body = {"port": {"security_groups": wanted}}
        yield Call(method="PUT", path=f"/v2.0/ports/{port}", body=body, service="network")


def _attach(path: str, wanted: Mapping[str, str]) -> Call:
    return Call(method="POST", path=path, body={"interfaceAttachment": wanted})
