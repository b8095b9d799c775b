# SPDX-License-Identifier: Apache-2.0
"""A router of Neutron; the networks it connects become router interfaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    Fault,
    Ids,
    Kind,
    Listed,
    Names,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Bar, Box, Leg, Part
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._connections import (
    Connections,
    connection_faults,
    legs,
    legs_towards,
    network_place,
    read_connections,
)
from stackloom.resources.network._gateways import (
    Gateway,
    GatewaySpec,
    WantedGateway,
    captured_gateway,
    compare_gateway,
    gateway_faults,
    gateway_references,
    gateway_requires,
    is_other_network,
    wanted_gateway,
)
from stackloom.resources.network._ranges import HostRoute, RouteSpec, routes_faults
from stackloom.resources.network._router_faults import faults_of_routers
from stackloom.resources.network._router_legs import Connected, captured_connections, connections
from stackloom.resources.network.router_routes import RouterRoutesSpec


class RouterSpec(Spec, frozen=True, kw_only=True):
    """A router.

    Attributes:
        connects: networks of the scenario, each with all its subnets; or ``{network}``,
            ``{subnet}``, ``{subnet, address}``, ``{port}``.
        external_network: name or id of the network behind the gateway; empty for none.
        external_gateway: the same in the long form: ``{network, enable_snat,
            external_fixed_ips: [{subnet, ip_address}]}``.
        routes: ranges that are reached through addresses on connected subnets:
            ``[{destination, nexthop}]``.
    """

    connects: Connections = ()
    external_network: str = ""
    external_gateway: GatewaySpec | UnsetType = UNSET
    routes: tuple[RouteSpec, ...] = ()
    description: str = ""
    admin_state_up: bool = True

    @property
    def gateway(self) -> GatewaySpec | None:
        """The way out, whichever way it is written; None where there is none."""
        if self.external_gateway is not UNSET:
            return self.external_gateway
        return GatewaySpec(network=self.external_network) if self.external_network else None


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


class RouterState(State, frozen=True, kw_only=True):
    """What Neutron tells of a router; ``distributed`` and ``ha`` only to administrators.

    Attributes:
        connected: what it connects, as the lists of ports and subnets tell it; its own answer
            does not.
    """

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
    connected: tuple[Connected, ...] | UnsetType = UNSET

    @property
    def external_network_id(self) -> str:
        """The id of the network behind the gateway; empty where there is none."""
        return self.external_gateway_info.network_id if self.external_gateway_info else ""


def _references(spec: RouterSpec) -> Iterator[Reference]:
    # It is the legs that are tied to networks; the router outlives them.
    for place, each in read_connections(spec.connects):
        if each.network:
            place_of_name = network_place(spec.connects, place)
            yield Reference(kind="network", name=each.network, place=place_of_name, rebinds=True)
    if gateway := spec.gateway:
        yield from gateway_references(gateway, _gateway_place(spec))


def _gateway_place(spec: RouterSpec) -> tuple[str, ...]:
    is_long = spec.external_gateway is not UNSET
    return ("external_gateway", "network") if is_long else ("external_network",)


def _faults(spec: RouterSpec) -> Iterator[Fault]:
    yield from connection_faults(spec.connects)
    yield from routes_faults(spec.routes, ("routes",))
    if spec.external_gateway is UNSET:
        return
    yield from gateway_faults(spec.external_gateway)
    if spec.external_network not in {"", spec.external_gateway.network}:
        message = "external_network is short for the network of external_gateway"
        yield Fault(place=("external_network",), message=message, hint="leave one of the two out")


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    routers = {
        address: (spec.connects, spec.gateway, spec.routes)
        for address, spec in declared.items()
        if isinstance(spec, RouterSpec)
    }
    return faults_of_routers(routers, declared)


def _expand(
    address: Address, spec: RouterSpec, declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    found = list(legs(address.name, spec.connects, declared))
    for leg in found:
        if leg.port is not None:
            yield Address("port", leg.interface.port), leg.port
        yield leg.interface.address, leg.interface
    if spec.routes:
        through: dict[str, None] = {}
        for route in spec.routes:
            holding, unknown = legs_towards(route.nexthop, found, declared)
            names = [leg.interface.address.name for leg in holding or unknown]
            through |= dict.fromkeys(names)
        yield (
            Address("router_routes", address.name),
            RouterRoutesSpec(router=address.name, routes=spec.routes, through=tuple(through)),
        )


def _requires(spec: RouterSpec) -> Iterator[Requirement]:
    yield Requirement(place=(), extension="router")
    if gateway := spec.gateway:
        yield from gateway_requires(gateway, _gateway_place(spec))
    if spec.routes:
        yield Requirement(place=("routes",), extension="extraroute-atomic")


def _wanted(address: Address, spec: RouterSpec, mark: Mark) -> dict[str, Any]:
    return {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
    }


def _create(address: Address, spec: RouterSpec, mark: Mark, ids: Ids) -> Call:
    body = _wanted(address, spec, mark)
    if gateway := spec.gateway:
        body["external_gateway_info"] = wanted_gateway(gateway, ids)
    return Call(method="POST", path="/v2.0/routers", body={"router": body})


def _compare(
    address: Address, spec: RouterSpec, state: RouterState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    wanted = _wanted(address, spec, mark)
    yield from differences(
        (name, getattr(state, name), want, True) for name, want in wanted.items()
    )
    yield from compare_gateway(spec.gateway, state.external_gateway_info, ids)


def _update(state: RouterState, changes: Sequence[Difference]) -> list[Call]:
    """Change it with one PUT; a gateway on another network comes when the old one is gone.

    In one request Neutron takes the old one off, compares the new subnets with those that it still
    remembers of the old one, and leaves the router without any (neutron/db/l3_db.py,
    ``_update_router_gw_info``, 29.0.0; seen on the local cloud).
    """
    path = f"/v2.0/routers/{state.id}"
    fields = {each.field: each.want for each in changes}
    whole = Call(method="PUT", path=path, body={"router": fields})
    if is_other_network(fields.get("external_gateway_info"), state.external_network_id):
        cleared = {"router": {"external_gateway_info": None}}
        return [Call(method="PUT", path=path, body=cleared), whole]
    return [whole]


def _needs(state: RouterState) -> Iterator[str]:
    if gateway := state.external_gateway_info:
        yield gateway.network_id
        yield from (each.subnet_id for each in gateway.external_fixed_ips)


def _derive(listed: Listed) -> list[RouterState]:
    """Complete routers with what they connect."""
    found = connections(listed)
    return [
        msgspec.structs.replace(router, connected=tuple(found.get(router.id, ())))
        for router in listed.get("router", ())
    ]


def _capture(state: RouterState, names: Names) -> Mapping[str, Any]:
    entry: dict[str, Any] = {}
    if found := captured_connections(state.connected or (), names):
        entry["connects"] = found
    if state.external_gateway_info and state.external_network_id:
        entry |= captured_gateway(state.external_gateway_info, names)
    if state.routes:
        entry["routes"] = [msgspec.to_builtins(route) for route in state.routes]
    if words := without_mark(state.description):
        entry["description"] = words
    if not state.admin_state_up:
        entry["admin_state_up"] = False
    return entry


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
    details = tuple(f"route {each.destination} via {each.nexthop}" for each in spec.routes)
    yield Box(key=str(address), sort="router", label=address.name, details=details)
    if gateway := spec.gateway:
        addresses = [each.ip_address for each in gateway.external_fixed_ips if each.ip_address]
        yield from _sketch_gateway(
            str(address),
            f"network.{gateway.network}",
            label=gateway.network,
            note=", ".join(addresses),
        )


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
    derive=_derive,
    derived_from=("router", "port", "subnet"),
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
        faults=_faults,
        faults_together=_faults_together,
        expand=_expand,
        create=_create,
        compare=_compare,
        update=_update,
        needs=_needs,
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.router": 1},
        adopt=by_description("router", "/v2.0/routers"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
