# SPDX-License-Identifier: Apache-2.0
"""A router of Neutron; the networks it connects become router interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from stackloom.cloud.kind import (
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
from stackloom.cloud.sketch import Box, Part
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


class _Gateway(msgspec.Struct, frozen=True, kw_only=True):
    network_id: str = ""


class RouterState(State, frozen=True, kw_only=True):
    """What Neutron tells of a router."""

    status: str = ""
    admin_state_up: bool = True
    external_gateway_info: _Gateway | None = None
    project_id: str = ""

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


def _note(is_external: bool) -> str:
    return "external gateway" if is_external else ""


def _sketch(state: RouterState) -> Iterator[Part]:
    note = _note(bool(state.external_network_id))
    yield Box(key=state.id, sort="router", label=state.name or state.id, note=note)


def _sketch_spec(address: Address, spec: RouterSpec, _declared: Declared) -> Iterator[Part]:
    note = _note(bool(spec.external_network))
    yield Box(key=str(address), sort="router", label=address.name, note=note)


KIND = Kind(
    name="router",
    plural="routers",
    service="network",
    path="/v2.0/routers",
    state=RouterState,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
        Column(title="State", value=lambda state: "UP" if state.admin_state_up else "DOWN"),
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
