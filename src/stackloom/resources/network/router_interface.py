# SPDX-License-Identifier: Apache-2.0
"""The leg of a router on a subnet.

Neutron has no such object: it is a port that ``add_router_interface`` makes, without a description
of ours. Its identity is the pair (router, subnet), also at removal: removing by port would take
every prefix of a shared IPv6 port away (neutron/db/l3_db.py, ``_remove_interface_by_subnet``,
29.0.0). It is ours when router and subnet both are, of the same scenario.

Two prefixes of one port are changed one after the other: Neutron reads what the port has and
writes the whole of it back, so that of two requests at once one would be lost
(``_add_interface_by_subnet`` and ``_remove_interface_by_subnet``; seen on the local cloud).

Where the port was there before, with an address of its own, it is ours when router and port both
are; Neutron deletes the port with it (``_remove_interface_by_port``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Declared,
    Difference,
    Ids,
    Kind,
    Listed,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Leg, Part
from stackloom.resources.network._remembered import Remembered
from stackloom.resources.network.port import ROUTER_INTERFACE_OWNERS, PortSpec, PortState
from stackloom.resources.network.subnet import SubnetSpec


class RouterInterfaceSpec(Spec, frozen=True, kw_only=True):
    """A router, and the subnet that it serves or the port that becomes its own.

    Implied by the router's ``connects``.
    """

    router: str
    subnet: str = ""
    port: str = ""

    @property
    def address(self) -> Address:
        """``router_interface.hub.blue``: it needs no name of its own."""
        return _address(self.router, self.subnet or self.port)


def _address(router: str, name: str) -> Address:
    """Return the address of a leg; a port that a router implies has its name before its own."""
    has_router = name.startswith(f"{router}.")
    return Address("router_interface", name if has_router else f"{router}.{name}")


class RouterInterfaceState(State, frozen=True, kw_only=True):
    """A leg as the cloud has it.

    Attributes:
        id: ``router id/subnet id``.
        subnet_id: of several the least.
        subnet_ids: all of them; more than one only by port.
        is_by_port: its port was made before it, and carries a mark.
        goes_before: the leg on the same port that is taken away after it; empty for the last.
    """

    router_id: str
    subnet_id: str
    port_id: str = ""
    network_id: str = ""
    ip_address: str = ""
    subnet_ids: tuple[str, ...] = ()
    is_by_port: bool = False
    goes_before: str = ""


def interfaces(listed: Listed) -> list[RouterInterfaceState]:
    """Return the legs of routers that are among listed ports."""
    return [
        leg
        for port in listed.get("port", ())
        if port.device_owner in ROUTER_INTERFACE_OWNERS and port.fixed_ips
        for leg in _legs_of(port)
    ]


def _legs_of(port: PortState) -> Iterator[RouterInterfaceState]:
    is_ours = read_mark(port.description) is not None
    ips = sorted(port.fixed_ips, key=lambda each: each.subnet_id)
    behind = [f"{port.device_id}/{each.subnet_id}" for each in ips[1:]] + [""]
    for fixed, next_id in [(ips[0], "")] if is_ours else zip(ips, behind, strict=True):
        yield RouterInterfaceState(
            id=f"{port.device_id}/{fixed.subnet_id}",
            router_id=port.device_id,
            subnet_id=fixed.subnet_id,
            port_id=port.id,
            network_id=port.network_id,
            ip_address=fixed.ip_address,
            subnet_ids=tuple(each.subnet_id for each in ips) if is_ours else (fixed.subnet_id,),
            is_by_port=is_ours,
            goes_before=next_id,
        )


def _mark(state: RouterInterfaceState, listed: Listed) -> Mark | None:
    router = _mark_of(listed, "router", state.router_id)
    other_kind, id = ("port", state.port_id) if state.is_by_port else ("subnet", state.subnet_id)
    other = _mark_of(listed, other_kind, id)
    if router is None or other is None or router.scenario != other.scenario:
        return None
    return Mark(router.scenario, _address(router.address.name, other.address.name))


def _mark_of(listed: Listed, kind: str, id: str) -> Mark | None:
    for state in listed.get(kind, ()):
        if state.id == id:
            return read_mark(state.description)
    return None


def _create(_address: Address, spec: RouterInterfaceSpec, _mark: Mark, ids: Ids) -> Call:
    path = f"/v2.0/routers/{ids('router', spec.router)}/add_router_interface"
    if spec.port:
        return Call(method="PUT", path=path, body={"port_id": ids("port", spec.port)})
    return Call(method="PUT", path=path, body={"subnet_id": ids("subnet", spec.subnet)})


def _made(answer: Mapping[str, Any], call: Call) -> RouterInterfaceState:
    """Read ``{"id": router, "subnet_id", "subnet_ids", "port_id", "network_id", ...}``."""
    is_by_port = isinstance(call.body, Mapping) and "port_id" in call.body
    subnet_ids = sorted(answer.get("subnet_ids", ())) if is_by_port else []
    subnet_id = subnet_ids[0] if subnet_ids else answer["subnet_id"]
    return RouterInterfaceState(
        id=f"{answer['id']}/{subnet_id}",
        router_id=answer["id"],
        subnet_id=subnet_id,
        port_id=answer["port_id"],
        network_id=answer.get("network_id", ""),
        subnet_ids=tuple(subnet_ids) or (subnet_id,),
        is_by_port=is_by_port,
    )


def _compare(
    _address: Address, spec: RouterInterfaceSpec, state: RouterInterfaceState, _mark: Mark, ids: Ids
) -> Iterator[Difference]:
    """Compare what it is added by; all else is its identity."""
    have = state.port_id if state.is_by_port else None
    want = ids("port", spec.port) if spec.port else None
    return differences([("port_id", have, want, False)])


def _delete(state: RouterInterfaceState) -> Call:
    path = f"/v2.0/routers/{state.router_id}/remove_router_interface"
    body = {"port_id": state.port_id} if state.is_by_port else {"subnet_id": state.subnet_id}
    return Call(method="PUT", path=path, body=body)


def _references(spec: RouterInterfaceSpec) -> Iterator[Reference]:
    yield Reference(kind="router", name=spec.router, place=("router",))
    if spec.port:
        yield Reference(kind="port", name=spec.port, place=("port",))
    else:
        yield Reference(kind="subnet", name=spec.subnet, place=("subnet",))


def _needs(state: RouterInterfaceState) -> Iterator[str]:
    yield state.router_id
    yield from state.subnet_ids or (state.subnet_id,)
    if state.is_by_port:
        yield state.port_id
    if state.goes_before:
        yield state.goes_before


def _prefixes(declared: Declared) -> dict[Address, Address]:
    """Return the legs that share a port with one before them, each with that one."""
    last: dict[tuple[str, str], Address] = {}
    found: dict[Address, Address] = {}
    for address, spec in declared.items():
        if not isinstance(spec, RouterInterfaceSpec):
            continue
        subnet = declared.get(Address("subnet", spec.subnet))
        if isinstance(subnet, SubnetSpec) and subnet.version == 6:
            key = (spec.router, subnet.network)
            if key in last:
                found[address] = last[key]
            last[key] = address
    return found


_before_by_leg = Remembered(_prefixes)


def _waits(address: Address, _spec: RouterInterfaceSpec, declared: Declared) -> Iterator[Address]:
    before = _before_by_leg(declared).get(address)
    if before is not None:
        yield before


def _sketch_spec(address: Address, spec: RouterInterfaceSpec, declared: Declared) -> Iterator[Part]:
    box = f"router.{spec.router}"
    port = declared.get(Address("port", spec.port))
    if isinstance(port, PortSpec):
        subnet_names = [each.subnet for each in port.fixed_ips]
        note = ", ".join(each.ip_address for each in port.fixed_ips if each.ip_address)
    else:
        subnet_names, note = [spec.subnet], ""
    networks = [port.network] if isinstance(port, PortSpec) and port.network else []
    for name in subnet_names:
        subnet = declared.get(Address("subnet", name))
        networks += [subnet.network] if isinstance(subnet, SubnetSpec) else []
    key = f"port.{spec.port}" if spec.port else ""
    for network in dict.fromkeys(networks):
        yield Leg(box=box, bar=f"network.{network}", note=note, key=str(address), port=key)


def _sketch(state: RouterInterfaceState) -> Iterator[Part]:
    yield Leg(
        box=state.router_id,
        bar=state.network_id,
        note=state.ip_address,
        key=state.id,
        port=state.port_id,
    )


KIND = Kind(
    name="router_interface",
    plural="router_interfaces",
    service="network",
    path="/v2.0/routers",
    state=RouterInterfaceState,
    has_own_list=False,
    derive=interfaces,
    derived_from=("port", "router", "subnet"),
    mark=_mark,
    declaration=Declaration(
        spec=RouterInterfaceSpec,
        references=_references,
        create=_create,
        made=_made,
        compare=_compare,
        delete=_delete,
        needs=_needs,
        waits=_waits,
        consumes=lambda spec, _ids: {} if spec.port else {"network.port": 1},
        lane=lambda spec: f"router.{spec.router}",
        sketch=_sketch_spec,
        delete_lane=lambda state: f"router.{state.router_id}",
    ),
    sketch=_sketch,
)
