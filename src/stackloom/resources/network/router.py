# SPDX-License-Identifier: Apache-2.0
"""A router of Neutron; the networks it connects become router interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Ids,
    Kind,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Bar, Box, Leg, Part
from stackloom.resources.network._fixed_ips import FixedIp, WantedIp
from stackloom.resources.network._ranges import HostRoute
from stackloom.resources.network.router_interface import RouterInterfaceSpec
from stackloom.resources.network.subnet import SubnetSpec


class RouterSpec(Spec, frozen=True, kw_only=True):
    """A router.

    Attributes:
        connects: networks of the scenario; every subnet of each gets an interface.
        external_network: name or id of the network behind the gateway; empty for none.
    """

    connects: tuple[str, ...] = ()
    external_network: str = ""
    description: str = ""
    admin_state_up: bool = True


class WantedGateway(msgspec.Struct, frozen=True, kw_only=True):
    """The network behind a router, and the router's addresses there."""

    network_id: str
    enable_snat: bool | UnsetType = UNSET
    external_fixed_ips: tuple[WantedIp, ...] | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET


class NewRouter(Body, frozen=True, kw_only=True):
    """What can be said when a router is made; administrators may say all of it.

    Source: neutron_lib/api/definitions/{l3,l3_ext_gw_mode,l3_ext_ha_mode,dvr,l3_flavors,
    router_availability_zone,qos_gateway_ip,l3_ext_ndp_proxy,l3_enable_default_route_bfd,
    l3_enable_default_route_ecmp}.py, 2026.2.
    """

    name: str = ""
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    external_gateway_info: WantedGateway | UnsetType | None = UNSET
    distributed: bool | UnsetType = UNSET
    ha: bool | UnsetType = UNSET
    enable_ndp_proxy: bool | UnsetType = UNSET
    enable_default_route_bfd: bool | UnsetType = UNSET
    enable_default_route_ecmp: bool | UnsetType = UNSET
    availability_zone_hints: tuple[str, ...] | UnsetType = UNSET
    flavor_id: str | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class RouterChange(Body, frozen=True, kw_only=True):
    """What can be changed of a router; routes are replaced as a whole."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    external_gateway_info: WantedGateway | UnsetType | None = UNSET
    routes: tuple[HostRoute, ...] | UnsetType = UNSET
    distributed: bool | UnsetType = UNSET
    ha: bool | UnsetType = UNSET
    enable_ndp_proxy: bool | UnsetType = UNSET
    enable_default_route_bfd: bool | UnsetType = UNSET
    enable_default_route_ecmp: bool | UnsetType = UNSET


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """The network behind a router, as Neutron tells it."""

    network_id: str = ""
    enable_snat: bool | None = None
    external_fixed_ips: tuple[FixedIp, ...] = ()
    qos_policy_id: str | None = None


class RouterState(State, frozen=True, kw_only=True):
    """What Neutron tells of a router; ``distributed`` and ``ha`` only to administrators."""

    status: str = ""
    admin_state_up: bool = True
    external_gateway_info: Gateway | None = None
    routes: tuple[HostRoute, ...] = ()
    distributed: bool | None = None
    ha: bool | None = None
    enable_ndp_proxy: bool | None = None
    flavor_id: str | None = None
    project_id: str = ""
    availability_zone_hints: tuple[str, ...] = ()
    availability_zones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None

    @property
    def external_network_id(self) -> str:
        """The id of the network behind the gateway; empty where there is none."""
        return self.external_gateway_info.network_id if self.external_gateway_info else ""


def _references(spec: RouterSpec) -> Iterator[Reference]:
    for index, network in enumerate(spec.connects):
        yield Reference(kind="network", name=network, place=("connects", index))
    if spec.external_network:
        yield Reference(
            kind="network", name=spec.external_network, place=("external_network",), declared=False
        )


def _expand(
    address: Address, spec: RouterSpec, declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    for subnet_address, other in declared.items():
        if isinstance(other, SubnetSpec) and other.network in spec.connects:
            interface = RouterInterfaceSpec(router=address.name, subnet=subnet_address.name)
            yield interface.address, interface


def _wanted(address: Address, spec: RouterSpec, mark: Mark) -> dict[str, Any]:
    return {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
    }


def _gateway(spec: RouterSpec, ids: Ids) -> dict[str, Any] | None:
    if not spec.external_network:
        return None
    return {"network_id": ids("network", spec.external_network)}


def _create(address: Address, spec: RouterSpec, mark: Mark, ids: Ids) -> Call:
    body = _wanted(address, spec, mark)
    if gateway := _gateway(spec, ids):
        body["external_gateway_info"] = gateway
    return Call(method="POST", path="/v2.0/routers", body={"router": body})


def _compare(
    address: Address, spec: RouterSpec, state: RouterState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    wanted = _wanted(address, spec, mark)
    yield from differences(
        (name, getattr(state, name), want, True) for name, want in wanted.items()
    )
    gateway = _gateway(spec, ids)
    have = {"network_id": state.external_network_id} if state.external_network_id else None
    yield from differences([("external_gateway_info", have, gateway, True)])


def _sketch(state: RouterState) -> Iterator[Part]:
    yield Box(
        key=state.id,
        sort="router",
        label=state.name or state.id,
        status=state.status,
        details=tuple(f"route {each.destination} via {each.nexthop}" for each in state.routes),
    )
    if gateway := state.external_gateway_info:
        addresses = ", ".join(each.ip_address for each in gateway.external_fixed_ips)
        yield from _sketch_gateway(state.id, gateway.network_id, note=addresses)


def _sketch_spec(address: Address, spec: RouterSpec, _declared: Declared) -> Iterator[Part]:
    yield Box(key=str(address), sort="router", label=address.name)
    if spec.external_network:
        network = f"network.{spec.external_network}"
        yield from _sketch_gateway(str(address), network, label=spec.external_network)


def _sketch_gateway(
    router: str, network: str, *, label: str = "", note: str = ""
) -> Iterator[Part]:
    yield Bar(key=network, label=label, is_external=True, is_borrowed=True)
    yield Leg(box=router, bar=network, note=note, is_gateway=True)


KIND = Kind(
    name="router",
    plural="routers",
    service="network",
    path="/v2.0/routers",
    state=RouterState,
    new=NewRouter,
    change=RouterChange,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
        Column(title="State", value=lambda state: "UP" if state.admin_state_up else "DOWN"),
        Column(title="Project", value=lambda state: state.project_id),
    ),
    long_columns=(
        Column(title="Distributed", value=lambda state: state.distributed),
        Column(title="HA", value=lambda state: state.ha),
        Column(
            title="Routes",
            value=lambda state: [msgspec.to_builtins(route) for route in state.routes],
        ),
        Column(
            title="External gateway info",
            value=lambda state: msgspec.to_builtins(state.external_gateway_info),
        ),
        Column(title="Availability zones", value=lambda state: list(state.availability_zones)),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
    declaration=Declaration(
        spec=RouterSpec,
        section="routers",
        references=_references,
        expand=_expand,
        create=_create,
        compare=_compare,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
