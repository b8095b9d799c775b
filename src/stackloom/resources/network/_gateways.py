# SPDX-License-Identifier: Apache-2.0
"""The way out of a router: asked for and found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Difference, Fault, Ids, Names, Place, Reference, Requirement
from stackloom.resources.network._fixed_ips import (
    FixedIp,
    FixedIpSpec,
    WantedIp,
    compared_ips,
    fixed_ip_faults,
    fixed_ip_references,
    wanted_ips,
)

_FIELD = "external_gateway"
_FIXED_IPS = (_FIELD, "external_fixed_ips")


class GatewaySpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The network behind a router, in the long form.

    Attributes:
        network: name or id of the network, of the scenario or of the cloud.
        enable_snat: whether servers without floating IPs reach the outside; for administrators.
        external_fixed_ips: the router's addresses there, and on which subnets; for administrators.
    """

    network: str
    enable_snat: bool | UnsetType = UNSET
    external_fixed_ips: tuple[FixedIpSpec, ...] = ()


class WantedGateway(msgspec.Struct, frozen=True, kw_only=True):
    """The network behind a router, and the router's addresses there."""

    network_id: str
    enable_snat: bool | UnsetType = UNSET
    external_fixed_ips: tuple[WantedIp, ...] | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """The network behind a router, as Neutron tells it."""

    network_id: str = ""
    enable_snat: bool | None = None
    external_fixed_ips: tuple[FixedIp, ...] = ()
    qos_policy_id: str | None = None


def gateway_faults(spec: GatewaySpec) -> Iterator[Fault]:
    """Check what stands for addresses."""
    yield from fixed_ip_faults(spec.external_fixed_ips, _FIXED_IPS)


def gateway_references(spec: GatewaySpec, place: Place) -> Iterator[Reference]:
    """Yield what a gateway names; it can be pointed elsewhere in place."""
    yield Reference(
        kind="network", name=spec.network, place=place, whole=True, declared=False, rebinds=True
    )
    ips = spec.external_fixed_ips
    yield from fixed_ip_references(ips, _FIXED_IPS, declared=False, rebinds=True)


def gateway_requires(spec: GatewaySpec, place: Place) -> Iterator[Requirement]:
    """Yield what a gateway needs of the cloud and of the person.

    Source: neutron/conf/policies/router.py, ``create_router:external_gateway_info:*``, 29.0.0.
    """
    yield Requirement(place=place, extension="external-net")
    if spec.enable_snat is not UNSET:
        yield Requirement(place=(_FIELD, "enable_snat"), extension="ext-gw-mode", admin=True)
    if spec.external_fixed_ips:
        yield Requirement(place=_FIXED_IPS, admin=True)


def wanted_gateway(spec: GatewaySpec, ids: Ids) -> dict[str, Any]:
    """Return what is sent: what is not said is left out."""
    body: dict[str, Any] = {"network_id": ids("network", spec.network)}
    if spec.enable_snat is not UNSET:
        body["enable_snat"] = spec.enable_snat
    if spec.external_fixed_ips:
        body["external_fixed_ips"] = wanted_ips(spec.external_fixed_ips, ids)
    return body


def compare_gateway(
    spec: GatewaySpec | None, state: Gateway | None, ids: Ids
) -> Iterator[Difference]:
    """Compare the way out by what is asked of it; it is sent as a whole."""
    want = wanted_gateway(spec, ids) if spec else None
    have = _found(state, spec) if state and state.network_id else None
    if spec and state and want and have:
        compared = compared_ips(spec.external_fixed_ips, state.external_fixed_ips, ids)
        if "external_fixed_ips" in want and compared:
            have["external_fixed_ips"], want["external_fixed_ips"] = compared
        elif "external_fixed_ips" in want:
            # What is kept is sent with its addresses, or Neutron would choose new ones.
            kept = [msgspec.to_builtins(each) for each in state.external_fixed_ips]
            have["external_fixed_ips"] = want["external_fixed_ips"] = kept
    if have != want:
        yield Difference(field="external_gateway_info", have=have, want=want)


def is_other_network(wanted: object, network_id: str) -> bool:
    """Tell whether a gateway is to move from one network to another."""
    return isinstance(wanted, Mapping) and bool(network_id) and wanted["network_id"] != network_id


def _found(state: Gateway, spec: GatewaySpec | None) -> dict[str, Any]:
    have: dict[str, Any] = {"network_id": state.network_id}
    # Only administrators see it; what is hidden cannot differ.
    if spec and spec.enable_snat is not UNSET:
        hidden = state.enable_snat is None
        have["enable_snat"] = spec.enable_snat if hidden else state.enable_snat
    return have


def captured_gateway(state: Gateway, names: Names) -> dict[str, Any]:
    """Return the entry's fields for a way out: the short form where that says it all."""
    network = names("network", state.network_id) or names.outside("network", state.network_id)
    if state.enable_snat is not False:
        return {"external_network": network}
    return {"external_gateway": {"network": network, "enable_snat": False}}
