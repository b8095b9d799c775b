# SPDX-License-Identifier: Apache-2.0
"""A network of Neutron."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

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
    Names,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import NAME_PATTERN, Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, Bar, Part
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._ranges import range_faults
from stackloom.resources.network.subnet import SubnetFields, SubnetSpec, subnet_faults

# What Neutron gives by itself to flat and VLAN, VXLAN, Geneve and GRE networks: 1500 less what
# wraps each packet (neutron_lib/constants.py, *_ENCAP_OVERHEAD, 2026.2; Geneve's header 38).
_USUAL_MTUS = {1500, 1450, 1442, 1458}


class ProviderSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a network is made in the data centre; for administrators.

    Attributes:
        network_type: ``flat``, ``vlan``, ``vxlan``, ``gre``, ``geneve`` or ``local``.
        physical_network: the operator's name for the wire, for flat and VLAN networks.
        segmentation_id: the VLAN's id, or the tunnel's.
    """

    network_type: str
    physical_network: str | UnsetType = UNSET
    segmentation_id: int | UnsetType = UNSET


class NetworkSpec(Spec, frozen=True, kw_only=True):
    """A network. What is not given Neutron chooses, and is not compared.

    Attributes:
        cidr: short for a subnet of the same name with this range.
        subnets: subnets by name, with the fields that stand in ``subnets`` at the top, ``network``
            left out.
        mtu: the largest packet, in bytes.
        port_security_enabled: whether its ports are filtered unless they say otherwise.
        shared: usable by every project; for administrators.
        external: routers may have their gateway on it; for administrators.
        provider: how it is made in the data centre; another one makes another network.
        dns_domain: of the names of its ports, with a dot at the end.
        qos_policy: limits for its ports, of the scenario or of the cloud; ``null`` for none.
        availability_zone_hints: where its DHCP should run; others make another network.
    """

    cidr: str = ""
    subnets: dict[Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)], SubnetFields] = msgspec.field(
        default_factory=dict
    )
    description: str = ""
    admin_state_up: bool = True
    mtu: int | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    external: bool | UnsetType = UNSET
    provider: ProviderSpec | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy: str | UnsetType | None = UNSET
    availability_zone_hints: tuple[str, ...] | UnsetType = UNSET


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
    for name, fields in spec.subnets.items():
        subnet = SubnetSpec(network=address.name, **msgspec.structs.asdict(fields))
        yield Address("subnet", name), subnet


def _faults(spec: NetworkSpec) -> Iterator[Fault]:
    if spec.cidr:
        yield from range_faults(spec.cidr, ("cidr",))
    for name, fields in spec.subnets.items():
        yield from subnet_faults(fields, ("subnets", name))
    if isinstance(spec.dns_domain, str) and spec.dns_domain and spec.dns_domain[-1] != ".":
        # neutron_lib/api/validators/dns.py, ``validate_dns_domain``, 2026.2.
        hint = f"{spec.dns_domain}. is meant?"
        message = f'"{spec.dns_domain}" does not end with a dot'
        yield Fault(place=("dns_domain",), message=message, hint=hint)


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Check that no segment of the data centre is asked for twice."""
    taken: dict[tuple[object, ...], Address] = {}
    for address, spec in declared.items():
        if not isinstance(spec, NetworkSpec) or spec.provider is UNSET:
            continue
        provider = spec.provider
        segment = provider.segmentation_id
        if segment is UNSET and provider.network_type != "flat":
            continue
        first = taken.setdefault(
            (provider.network_type, provider.physical_network, segment), address
        )
        if first != address:
            words = provider.network_type if segment is UNSET else f"segment {segment}"
            if provider.physical_network is not UNSET:
                words += f' of physical network "{provider.physical_network}"'
            field = "physical_network" if segment is UNSET else "segmentation_id"
            message = f'{words} is that of network "{first.name}" already'
            yield address, Fault(place=("provider", field), message=message)


def _references(spec: NetworkSpec) -> Iterator[Reference]:
    if isinstance(spec.qos_policy, str):
        place = ("qos_policy",)
        yield Reference(
            kind="qos_policy", name=spec.qos_policy, place=place, declared=False, rebinds=True
        )


# By the file's fields. neutron/conf/policies/network.py, 29.0.0, has the rights.
_EXTENSIONS = {
    "mtu": "net-mtu-writable",
    "port_security_enabled": "port-security",
    "external": "external-net",
    "provider": "provider",
    "dns_domain": "dns-integration",
    "qos_policy": "qos",
    "availability_zone_hints": "network_availability_zone",
}
_FOR_ADMINISTRATORS = ("shared", "external", "provider")


def _requires(spec: NetworkSpec) -> Iterator[Requirement]:
    for field, extension in _EXTENSIONS.items():
        if getattr(spec, field) is not UNSET:
            yield Requirement(place=(field,), extension=extension)
    for field in _FOR_ADMINISTRATORS:
        if getattr(spec, field) not in {UNSET, False}:
            yield Requirement(place=(field,), admin=True)


def _wanted(address: Address, spec: NetworkSpec, mark: Mark, ids: Ids) -> dict[str, Any]:
    """Return what can be changed afterwards as well, by the API's names."""
    fields: dict[str, Any] = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
        "mtu": spec.mtu,
        "port_security_enabled": spec.port_security_enabled,
        "shared": spec.shared,
        "router:external": spec.external,
        # Neutron keeps it in lower case (neutron_lib/api/definitions/dns.py, 2026.2).
        "dns_domain": spec.dns_domain and spec.dns_domain.lower(),
        "qos_policy_id": spec.qos_policy and ids("qos_policy", spec.qos_policy),
    }
    return {name: value for name, value in fields.items() if value is not UNSET}


def _fixed(spec: NetworkSpec) -> dict[str, Any]:
    """Return what is said once, when it is made."""
    fields: dict[str, Any] = {"availability_zone_hints": spec.availability_zone_hints}
    if spec.provider is not UNSET:
        provider = msgspec.to_builtins(spec.provider)
        fields |= {f"provider:{name}": value for name, value in provider.items()}
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(address: Address, spec: NetworkSpec, mark: Mark, ids: Ids) -> Call:
    body = {**_wanted(address, spec, mark, ids), **_fixed(spec)}
    return Call(method="POST", path="/v2.0/networks", body={"network": body})


def _compare(
    address: Address, spec: NetworkSpec, state: NetworkState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    have = msgspec.to_builtins(state)
    # What policy hides from a person is no difference: only administrators see providers.
    for field, want in _fixed(spec).items():
        if have[field] is not None:
            yield from differences([(field, _plain(have[field]), _plain(want), False)])
    wanted = _wanted(address, spec, mark, ids)
    yield from differences((field, have[field], want, True) for field, want in wanted.items())


def _plain(value: object) -> object:
    """Return zones, whose order means nothing, as a sorted list."""
    return sorted(value) if isinstance(value, list | tuple) else value


def _capture(state: NetworkState, names: Names) -> Mapping[str, Any]:
    entry: dict[str, Any] = {
        "description": without_mark(state.description) or UNSET,
        "admin_state_up": UNSET if state.admin_state_up else False,
        "mtu": UNSET if state.mtu in {None, *_USUAL_MTUS} else state.mtu,
        "port_security_enabled": False if state.port_security_enabled is False else UNSET,
        "shared": state.shared or UNSET,
        "external": state.external or UNSET,
        "dns_domain": state.dns_domain or UNSET,
        "availability_zone_hints": list(state.availability_zone_hints) or UNSET,
    }
    if policy := state.qos_policy_id:
        entry["qos_policy"] = names("qos_policy", policy) or names.outside("qos_policy", policy)
    if state.physical_network:  # tunnels and their ids are the cloud's own choice
        provider = {
            "network_type": state.network_type,
            "physical_network": state.physical_network,
            "segmentation_id": state.segmentation_id,
        }
        entry["provider"] = {name: each for name, each in provider.items() if each is not None}
    return {name: value for name, value in entry.items() if value is not UNSET}


def _sketch_spec(address: Address, spec: NetworkSpec, _declared: Declared) -> Iterator[Part]:
    yield Bar(key=str(address), label=address.name, is_external=spec.external is True)
    if spec.qos_policy:
        key = f"qos_policy.{spec.qos_policy}"
        yield Badge(on=str(address), key=key, sort="qos_policy", label=spec.qos_policy)


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
    if state.qos_policy_id:
        yield Badge(on=state.id, key=state.qos_policy_id, sort="qos_policy")


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
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        expand=_expand,
        create=_create,
        compare=_compare,
        needs=lambda state: filter(None, [state.qos_policy_id]),
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.network": 1},
        adopt=by_description("network", "/v2.0/networks"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
