# SPDX-License-Identifier: Apache-2.0
"""The leg of a router on a subnet.

Neutron has no such object: it is a port that ``add_router_interface`` makes, without a description
of ours. Its identity is the pair (router, subnet), also at removal: removing by port would take
every prefix of a shared IPv6 port away (neutron/db/l3_db.py, ``_remove_interface_by_subnet``,
29.0.0). It is ours when router and subnet both are, of the same scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Declared,
    Ids,
    Kind,
    Listed,
    Reference,
    Spec,
    State,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Leg, Part
from stackloom.resources.network.subnet import SubnetSpec

# neutron_lib/constants.py, ROUTER_INTERFACE_OWNERS, 2026.2: plain, distributed, highly available.
_OWNERS = frozenset(
    {
        "network:router_interface",
        "network:router_interface_distributed",
        "network:ha_router_replicated_interface",
    }
)


class RouterInterfaceSpec(Spec, frozen=True, kw_only=True):
    """A router and the subnet that it serves; implied by the router's ``connects``."""

    router: str
    subnet: str

    @property
    def address(self) -> Address:
        """``router_interface.hub.blue``: it needs no name of its own."""
        return Address("router_interface", f"{self.router}.{self.subnet}")


class RouterInterfaceState(State, frozen=True, kw_only=True):
    """A leg as the cloud has it; ``id`` is ``router id/subnet id``."""

    router_id: str
    subnet_id: str
    port_id: str = ""
    network_id: str = ""
    ip_address: str = ""


def interfaces(listed: Listed) -> list[RouterInterfaceState]:
    """Return the legs of routers that are among listed ports."""
    return [
        RouterInterfaceState(
            id=f"{port.device_id}/{fixed.subnet_id}",
            router_id=port.device_id,
            subnet_id=fixed.subnet_id,
            port_id=port.id,
            network_id=port.network_id,
            ip_address=fixed.ip_address,
        )
        for port in listed.get("port", ())
        if port.device_owner in _OWNERS
        for fixed in port.fixed_ips
    ]


def _mark(state: RouterInterfaceState, listed: Listed) -> Mark | None:
    router = _mark_of(listed, "router", state.router_id)
    subnet = _mark_of(listed, "subnet", state.subnet_id)
    if router is None or subnet is None or router.scenario != subnet.scenario:
        return None
    name = f"{router.address.name}.{subnet.address.name}"
    return Mark(router.scenario, Address("router_interface", name))


def _mark_of(listed: Listed, kind: str, id: str) -> Mark | None:
    for state in listed.get(kind, ()):
        if state.id == id:
            return read_mark(state.description)
    return None


def _create(_address: Address, spec: RouterInterfaceSpec, _mark: Mark, ids: Ids) -> Call:
    router_id = ids("router", spec.router)
    body = {"subnet_id": ids("subnet", spec.subnet)}
    return Call(method="PUT", path=f"/v2.0/routers/{router_id}/add_router_interface", body=body)


def _made(answer: Mapping[str, Any], _call: Call) -> RouterInterfaceState:
    """Read ``{"id": router, "subnet_id", "port_id", "network_id", ...}``."""
    return RouterInterfaceState(
        id=f"{answer['id']}/{answer['subnet_id']}",
        router_id=answer["id"],
        subnet_id=answer["subnet_id"],
        port_id=answer["port_id"],
        network_id=answer.get("network_id", ""),
    )


def _delete(state: RouterInterfaceState) -> Call:
    path = f"/v2.0/routers/{state.router_id}/remove_router_interface"
    return Call(method="PUT", path=path, body={"subnet_id": state.subnet_id})


def _sketch_spec(address: Address, spec: RouterInterfaceSpec, declared: Declared) -> Iterator[Part]:
    subnet = declared.get(Address("subnet", spec.subnet))
    if isinstance(subnet, SubnetSpec):
        bar = f"network.{subnet.network}"
        yield Leg(box=f"router.{spec.router}", bar=bar, key=str(address))


def _sketch(state: RouterInterfaceState) -> Iterator[Part]:
    yield Leg(box=state.router_id, bar=state.network_id, note=state.ip_address, key=state.id)


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
        references=lambda spec: [
            Reference(kind="router", name=spec.router, place=("router",)),
            Reference(kind="subnet", name=spec.subnet, place=("subnet",)),
        ],
        create=_create,
        made=_made,
        # Its fields are its identity: where it exists, it is as it should be.
        compare=lambda _address, _spec, _state, _mark, _ids: (),
        delete=_delete,
        needs=lambda state: [state.router_id, state.subnet_id],
        lane=lambda spec: f"router.{spec.router}",
        sketch=_sketch_spec,
        delete_lane=lambda state: f"router.{state.router_id}",
    ),
    sketch=_sketch,
)
