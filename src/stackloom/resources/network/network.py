# SPDX-License-Identifier: Apache-2.0
"""A network of Neutron."""

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
    Fault,
    Ids,
    Kind,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Bar, Part
from stackloom.resources.network.subnet import SubnetSpec, range_faults


class NetworkSpec(Spec, frozen=True, kw_only=True):
    """A network. With ``cidr`` it brings a subnet of the same name."""

    cidr: str = ""
    description: str = ""
    admin_state_up: bool = True
    mtu: int | msgspec.UnsetType = msgspec.UNSET
    port_security_enabled: bool | msgspec.UnsetType = msgspec.UNSET


class NewNetwork(Body, frozen=True, kw_only=True):
    """What can be said when a network is made; administrators may say all of it.

    Source: neutron_lib/api/definitions/{network,external_net,provider_net}.py, 2026.2.
    """

    name: str = ""
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    external: bool | UnsetType = msgspec.field(name="router:external", default=UNSET)
    is_default: bool | UnsetType = UNSET
    mtu: int | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    vlan_transparent: bool | UnsetType = UNSET
    availability_zone_hints: tuple[str, ...] | UnsetType = UNSET
    network_type: str | UnsetType = msgspec.field(name="provider:network_type", default=UNSET)
    physical_network: str | UnsetType = msgspec.field(
        name="provider:physical_network", default=UNSET
    )
    segmentation_id: int | UnsetType = msgspec.field(name="provider:segmentation_id", default=UNSET)
    project_id: str | UnsetType = UNSET


class NetworkChange(Body, frozen=True, kw_only=True):
    """What can be changed of a network."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    external: bool | UnsetType = msgspec.field(name="router:external", default=UNSET)
    is_default: bool | UnsetType = UNSET
    mtu: int | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET


class NetworkState(State, frozen=True, kw_only=True):
    """What Neutron tells of a network."""

    status: str = ""
    admin_state_up: bool = True
    subnets: tuple[str, ...] = ()
    shared: bool = False
    external: bool = msgspec.field(name="router:external", default=False)
    mtu: int | None = None
    port_security_enabled: bool | None = None
    is_default: bool | None = None
    dns_domain: str | None = None
    qos_policy_id: str | None = None
    vlan_transparent: bool | None = None
    ipv4_address_scope: str | None = None
    ipv6_address_scope: str | None = None
    network_type: str | None = msgspec.field(name="provider:network_type", default=None)
    physical_network: str | None = msgspec.field(name="provider:physical_network", default=None)
    segmentation_id: int | None = msgspec.field(name="provider:segmentation_id", default=None)
    project_id: str = ""
    availability_zone_hints: tuple[str, ...] = ()
    availability_zones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _expand(
    address: Address, spec: NetworkSpec, _declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    if spec.cidr:
        yield Address("subnet", address.name), SubnetSpec(network=address.name, cidr=spec.cidr)


def _faults(spec: NetworkSpec) -> Iterator[Fault]:
    if spec.cidr:
        yield from range_faults(spec.cidr, ("cidr",))


def _wanted(address: Address, spec: NetworkSpec, mark: Mark) -> dict[str, Any]:
    fields = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
        "mtu": spec.mtu,
        "port_security_enabled": spec.port_security_enabled,
    }
    return {name: value for name, value in fields.items() if value is not msgspec.UNSET}


def _create(address: Address, spec: NetworkSpec, mark: Mark, _ids: Ids) -> Call:
    return Call(
        method="POST", path="/v2.0/networks", body={"network": _wanted(address, spec, mark)}
    )


def _compare(
    address: Address, spec: NetworkSpec, state: NetworkState, mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    wanted = _wanted(address, spec, mark)
    return differences((field, getattr(state, field), want, True) for field, want in wanted.items())


def _sketch_spec(address: Address, _spec: NetworkSpec, _declared: Declared) -> Iterator[Part]:
    yield Bar(key=str(address), label=address.name)


def _sketch(state: NetworkState) -> Iterator[Part]:
    details = {
        "mtu": state.mtu,
        "type": state.network_type,
        "physical network": state.physical_network,
        "segment": state.segmentation_id,
        "shared": "yes" if state.shared else None,
        "port security": "off" if state.port_security_enabled is False else None,
    }
    yield Bar(
        key=state.id,
        label=state.name or state.id,
        status="" if state.status == "ACTIVE" else state.status,
        is_external=state.external,
        details=tuple(f"{name} {value}" for name, value in details.items() if value is not None),
    )


KIND = Kind(
    name="network",
    plural="networks",
    service="network",
    path="/v2.0/networks",
    state=NetworkState,
    new=NewNetwork,
    change=NetworkChange,
    project_query="project_id",
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Subnets", value=lambda state: list(state.subnets)),
        Column(title="External", value=lambda state: state.external),
        Column(title="Shared", value=lambda state: state.shared),
    ),
    long_columns=(
        Column(title="Project", value=lambda state: state.project_id),
        Column(title="State", value=lambda state: "UP" if state.admin_state_up else "DOWN"),
        Column(title="MTU", value=lambda state: state.mtu),
        Column(title="Availability Zones", value=lambda state: list(state.availability_zones)),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
    declaration=Declaration(
        spec=NetworkSpec,
        section="networks",
        faults=_faults,
        expand=_expand,
        create=_create,
        compare=_compare,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
