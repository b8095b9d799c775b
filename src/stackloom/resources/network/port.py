# SPDX-License-Identifier: Apache-2.0
"""A port of Neutron: a place on a network, with its addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    Names,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark, without_mark
from stackloom.cloud.sketch import Badge, Part, Port
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._fixed_ips import (
    FixedIp,
    FixedIpSpec,
    WantedIp,
    compared_ips,
    fixed_ip_faults,
    fixed_ip_references,
    has_both_families,
    is_made_of,
    wanted_ips,
)
from stackloom.resources.network._port_addresses import faults_of_addresses
from stackloom.resources.network._port_filters import (
    AddressPair,
    DhcpOption,
    OptionsSpec,
    PairsSpec,
    as_mac,
    captured_options,
    captured_pairs,
    compare_options,
    compared_pairs,
    pair_faults,
    wanted_options,
    wanted_pairs,
)
from stackloom.resources.network.subnet import SubnetSpec

# neutron_lib/constants.py, ROUTER_INTERFACE_OWNERS, 2026.2: plain, distributed, highly available.
ROUTER_INTERFACE_OWNERS = frozenset(
    {
        "network:router_interface",
        "network:router_interface_distributed",
        "network:ha_router_replicated_interface",
    }
)
# neutron/conf/common.py, ``base_mac``, 29.0.0: how the MACs begin that Neutron makes.
_NEUTRONS_MAC = "fa:16:3e:"
# Every project has it, and none can make it.
_DEFAULT_GROUP = "default"


class PortSpec(Spec, frozen=True, kw_only=True):
    """A port: a place on a network for a server, a router, or whatever a person connects.

    What is not given Neutron chooses, and is not compared.

    Attributes:
        network: the network of the scenario that it is on.
        fixed_ips: its addresses, each on a subnet of that network; not given, Neutron takes one of
            each family.
        mac_address: another one makes another port.
        port_security_enabled: ``false`` lets everything through, and takes no groups.
        security_groups: by name; ``[]`` for none; not given, the project's ``default``.
        allowed_address_pairs: what it may send from beside its own addresses: an address, a range,
            or ``{ip_address, mac_address}``.
        qos_policy: limits of its own, of the scenario or of the cloud; ``null`` for none.
        extra_dhcp_opts: what DHCP tells it alone, by name: ``{mtu: 1400}``, or
            ``{value: ..., ip_version: 6}``.
        dns_name: its name in the network's domain.
        vnic_type: what kind of device it becomes, such as ``normal`` or ``direct``.
    """

    network: str
    fixed_ips: tuple[FixedIpSpec, ...] = ()
    mac_address: str | UnsetType = UNSET
    description: str = ""
    admin_state_up: bool = True
    port_security_enabled: bool | UnsetType = UNSET
    security_groups: tuple[str, ...] | UnsetType = UNSET
    allowed_address_pairs: PairsSpec | UnsetType = UNSET
    qos_policy: str | UnsetType | None = UNSET
    extra_dhcp_opts: OptionsSpec | UnsetType = UNSET
    dns_name: str | UnsetType = UNSET
    vnic_type: str | UnsetType = UNSET


class NewPort(Body, frozen=True, kw_only=True):
    """What can be said when a port is made; administrators may say all of it.

    Source: neutron_lib/api/definitions/{port,portbindings,port_security,allowedaddresspairs,
    extra_dhcp_opt,dns,dns_domain_ports,port_numa_affinity_policy,port_device_profile,
    uplink_status_propagation,port_hints,port_trusted_vif,port_hardware_offload_type,qos}.py,
    2026.2.
    """

    network_id: str
    name: str = ""
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    mac_address: str | UnsetType = UNSET
    fixed_ips: tuple[WantedIp, ...] | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    security_groups: tuple[str, ...] | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    allowed_address_pairs: tuple[AddressPair, ...] | UnsetType = UNSET
    extra_dhcp_opts: tuple[DhcpOption, ...] | UnsetType = UNSET
    host_id: str | UnsetType = msgspec.field(name="binding:host_id", default=UNSET)
    vnic_type: str | UnsetType = msgspec.field(name="binding:vnic_type", default=UNSET)
    profile: Mapping[str, Any] | UnsetType = msgspec.field(name="binding:profile", default=UNSET)
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    numa_affinity_policy: str | UnsetType | None = UNSET
    device_profile: str | UnsetType = UNSET
    hardware_offload_type: str | UnsetType = UNSET
    hints: Mapping[str, Any] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class PortChange(Body, frozen=True, kw_only=True):
    """What can be changed of a port; lists are replaced as a whole, except DHCP options."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    mac_address: str | UnsetType | None = UNSET
    fixed_ips: tuple[WantedIp, ...] | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    security_groups: tuple[str, ...] | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    allowed_address_pairs: tuple[AddressPair, ...] | UnsetType = UNSET
    extra_dhcp_opts: tuple[DhcpOption, ...] | UnsetType = UNSET
    host_id: str | UnsetType | None = msgspec.field(name="binding:host_id", default=UNSET)
    vnic_type: str | UnsetType = msgspec.field(name="binding:vnic_type", default=UNSET)
    profile: Mapping[str, Any] | UnsetType = msgspec.field(name="binding:profile", default=UNSET)
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    numa_affinity_policy: str | UnsetType | None = UNSET
    data_plane_status: str | UnsetType | None = UNSET
    hints: Mapping[str, Any] | UnsetType | None = UNSET
    trusted: bool | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET


class PortState(State, frozen=True, kw_only=True):
    """What Neutron tells of a port; hosts and bindings only to administrators."""

    network_id: str
    status: str = ""
    admin_state_up: bool = True
    mac_address: str = ""
    fixed_ips: tuple[FixedIp, ...] = ()
    device_id: str = ""
    device_owner: str = ""
    security_groups: tuple[str, ...] = ()
    port_security_enabled: bool | None = None
    allowed_address_pairs: tuple[AddressPair, ...] = ()
    extra_dhcp_opts: tuple[DhcpOption, ...] = ()
    vnic_type: str | None = msgspec.field(name="binding:vnic_type", default=None)
    vif_type: str | None = msgspec.field(name="binding:vif_type", default=None)
    host_id: str | None = msgspec.field(name="binding:host_id", default=None)
    profile: Mapping[str, Any] | None = msgspec.field(name="binding:profile", default=None)
    dns_name: str | None = None
    dns_domain: str | None = None
    qos_policy_id: str | None = None
    qos_network_policy_id: str | None = None
    numa_affinity_policy: str | None = None
    data_plane_status: str | None = None
    trunk_details: Mapping[str, Any] | None = None
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _references(spec: PortSpec) -> Iterator[Reference]:
    # All subnets, so that it gets an address on each, and none is added behind its back later.
    if spec.network:  # the one that a router implies on a subnet of others names none
        yield Reference(kind="network", name=spec.network, place=("network",), whole=True)
    yield from fixed_ip_references(spec.fixed_ips, ("fixed_ips",))
    for index, group in enumerate(spec.security_groups or ()):
        yield Reference(
            kind="security_group",
            name=group,
            place=("security_groups", index),
            declared=group != _DEFAULT_GROUP,
            rebinds=True,
        )
    if isinstance(spec.qos_policy, str):
        place = ("qos_policy",)
        yield Reference(
            kind="qos_policy", name=spec.qos_policy, place=place, declared=False, rebinds=True
        )


def _faults(spec: PortSpec) -> Iterator[Fault]:
    yield from fixed_ip_faults(spec.fixed_ips, ("fixed_ips",))
    yield from pair_faults(spec.allowed_address_pairs or (), ("allowed_address_pairs",))
    if spec.port_security_enabled is not False:
        return
    for field in ("security_groups", "allowed_address_pairs"):
        if getattr(spec, field):
            # neutron_lib/exceptions/port_security.py, 2026.2: a 409 for each of them.
            message = f"a port without port security takes no {field}"
            hint = "leave them out, or leave port security on"
            yield Fault(place=(field,), message=message, hint=hint)


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    ports = (
        (address, spec.network, spec.fixed_ips)
        for address, spec in declared.items()
        if isinstance(spec, PortSpec)
    )
    return faults_of_addresses(ports, declared)


# By the file's fields.
_EXTENSIONS = {
    "port_security_enabled": "port-security",
    "security_groups": "security-group",
    "allowed_address_pairs": "allowed-address-pairs",
    "qos_policy": "qos",
    "extra_dhcp_opts": "extra_dhcp_opt",
    "dns_name": "dns-integration",
    "vnic_type": "binding",
}


def _requires(spec: PortSpec) -> Iterator[Requirement]:
    for field, extension in _EXTENSIONS.items():
        if getattr(spec, field) is not UNSET:
            yield Requirement(place=(field,), extension=extension)


def _wanted(address: Address, spec: PortSpec, mark: Mark, ids: Ids) -> dict[str, Any]:
    """Return plain values that can be changed afterwards as well, by the API's names."""
    fields: dict[str, Any] = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
        "port_security_enabled": spec.port_security_enabled,
        "qos_policy_id": spec.qos_policy and ids("qos_policy", spec.qos_policy),
        # Neutron keeps it in lower case (neutron_lib/api/definitions/dns.py, 2026.2).
        "dns_name": spec.dns_name and spec.dns_name.lower(),
        "binding:vnic_type": spec.vnic_type,
    }
    if spec.security_groups is not UNSET:
        groups = [ids("security_group", name) for name in spec.security_groups]
        fields["security_groups"] = sorted(groups)
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(address: Address, spec: PortSpec, mark: Mark, ids: Ids) -> Call:
    network_id = ids("network", spec.network) if spec.network else _network_of(spec, ids)
    body = {"network_id": network_id, **_wanted(address, spec, mark, ids)}
    if spec.mac_address is not UNSET:
        body["mac_address"] = spec.mac_address
    if spec.fixed_ips:
        body["fixed_ips"] = wanted_ips(spec.fixed_ips, ids)
    if spec.allowed_address_pairs is not UNSET:
        body["allowed_address_pairs"] = wanted_pairs(spec.allowed_address_pairs)
    if spec.extra_dhcp_opts is not UNSET:
        body["extra_dhcp_opts"] = wanted_options(spec.extra_dhcp_opts)
    return Call(method="POST", path="/v2.0/ports", body={"port": body})


def _network_of(spec: PortSpec, ids: Ids) -> str:
    """Return the network of a subnet that others made."""
    subnet = ids.state("subnet", spec.fixed_ips[0].subnet)
    return str(subnet.network_id)


def _compare(
    address: Address, spec: PortSpec, state: PortState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    fixed: list[tuple[str, object, object, bool]] = []
    if spec.network:
        fixed.append(("network_id", state.network_id, ids("network", spec.network), False))
    if spec.mac_address is not UNSET:
        # For administrators to change (neutron/conf/policies/port.py, 29.0.0).
        fixed.append(("mac_address", state.mac_address, as_mac(spec.mac_address), False))
    yield from differences(fixed)
    have = msgspec.to_builtins(state)
    have["security_groups"] = sorted(state.security_groups)
    wanted = _wanted(address, spec, mark, ids)
    if have["binding:vnic_type"] is None:  # hidden by policy, so it cannot differ
        wanted.pop("binding:vnic_type", None)
    yield from differences((name, have[name], want, True) for name, want in wanted.items())
    ips = compared_ips(spec.fixed_ips, state.fixed_ips, ids, state.mac_address)
    if spec.fixed_ips and ips:
        # neutron/db/ipam_pluggable_backend.py, ``IPAddressChangeNotAllowed``, 29.0.0.
        is_leg = state.device_owner in ROUTER_INTERFACE_OWNERS
        yield Difference(field="fixed_ips", have=ips[0], want=ips[1], in_place=not is_leg)
    yield from _compare_filters(spec, state)


def _compare_filters(spec: PortSpec, state: PortState) -> Iterator[Difference]:
    """Compare address pairs and DHCP options; port security takes groups and pairs with it."""
    pairs, wanted = compared_pairs(
        spec.allowed_address_pairs, state.allowed_address_pairs, state.mac_address
    )
    yield from differences([("allowed_address_pairs", pairs, wanted, True)])
    if spec.port_security_enabled is False and state.port_security_enabled is not False:
        if spec.security_groups is UNSET and state.security_groups:
            yield Difference(field="security_groups", have=sorted(state.security_groups), want=[])
        if wanted is UNSET and pairs:
            yield Difference(field="allowed_address_pairs", have=pairs, want=[])
    if spec.extra_dhcp_opts is not UNSET:
        yield from compare_options(spec.extra_dhcp_opts, state.extra_dhcp_opts)


def _needs(state: PortState) -> Iterator[str]:
    yield state.network_id
    yield from (ip.subnet_id for ip in state.fixed_ips)
    yield from state.security_groups
    if state.qos_policy_id:
        yield state.qos_policy_id


def _leaves_with(state: PortState) -> str:
    """Return the leg of a router that it is: taking that away takes the port as well."""
    is_leg = state.device_owner in ROUTER_INTERFACE_OWNERS and state.fixed_ips
    return f"{state.device_id}/{min(ip.subnet_id for ip in state.fixed_ips)}" if is_leg else ""


def _first_address(state: PortState) -> str:
    addresses = [each.ip_address for each in state.fixed_ips]
    return next((each for each in addresses if ":" not in each), "".join(addresses[:1]))


def _capture(state: PortState, names: Names) -> Mapping[str, Any] | None:
    """Return its entry, unless somebody else brings it."""
    network = names("network", state.network_id)
    if not network or _is_brought(state):
        return None
    entry: dict[str, Any] = {
        "network": network,
        "description": without_mark(state.description) or UNSET,
        "admin_state_up": UNSET if state.admin_state_up else False,
        "port_security_enabled": False if state.port_security_enabled is False else UNSET,
        "dns_name": state.dns_name or UNSET,
        "vnic_type": UNSET if state.vnic_type in {None, "normal"} else state.vnic_type,
    }
    if not state.mac_address.startswith(_NEUTRONS_MAC):
        entry["mac_address"] = state.mac_address or UNSET
    entry["fixed_ips"] = [
        {"subnet": subnet, "ip_address": fixed.ip_address}
        for fixed in state.fixed_ips
        if (subnet := names("subnet", fixed.subnet_id))
        and not is_made_of(fixed.ip_address, state.mac_address)
    ] or UNSET
    if policy := state.qos_policy_id:
        entry["qos_policy"] = names("qos_policy", policy) or names.outside("qos_policy", policy)
    entry |= _captured_filters(state, names)
    return {name: value for name, value in entry.items() if value is not UNSET}


def _is_brought(state: PortState) -> bool:
    """Tell whether a router, DHCP or Nova made it for itself.

    Of a server's ports those were there before that have a name, or our mark; of a router's, those
    that have addresses of both families.
    """
    if state.device_owner in ROUTER_INTERFACE_OWNERS:
        return not has_both_families(state.fixed_ips)
    is_server = state.device_owner.startswith("compute:")
    is_novas = is_server and not state.name and read_mark(state.description) is None
    return is_novas or state.device_owner.startswith("network:")


def _captured_filters(state: PortState, names: Names) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    groups = [
        names("security_group", group) or names.outside("security_group", group)
        for group in state.security_groups
    ]
    if groups != [_DEFAULT_GROUP] and state.port_security_enabled is not False:
        entry["security_groups"] = sorted(groups)
    if state.allowed_address_pairs:
        pairs = captured_pairs(state.allowed_address_pairs, state.mac_address)
        entry["allowed_address_pairs"] = pairs
    if state.extra_dhcp_opts:
        entry["extra_dhcp_opts"] = captured_options(state.extra_dhcp_opts)
    return entry


def _subports(state: PortState) -> list[str]:
    subports = (state.trunk_details or {}).get("sub_ports", ())
    return [f"{each['port_id']} ({each['segmentation_id']})" for each in subports]


def _sketch(state: PortState) -> Iterator[Part]:
    if not state.device_owner.startswith("network:"):  # of routers, DHCP and floating IPs
        yield Port(
            key=state.id,
            bar=state.network_id,
            label=state.name or state.id,
            note=", ".join(each.ip_address for each in state.fixed_ips),
            status=state.status,
            details=(f"MAC {state.mac_address}",) if state.mac_address else (),
        )
        for group in state.security_groups:
            yield Badge(on=state.id, key=group, sort="security_group")
        if state.qos_policy_id:
            yield Badge(on=state.id, key=state.qos_policy_id, sort="qos_policy")


def _sketch_spec(address: Address, spec: PortSpec, declared: Declared) -> Iterator[Part]:
    key = str(address)
    note = ", ".join(each.ip_address for each in spec.fixed_ips if each.ip_address)
    subnets = (declared.get(Address("subnet", each.subnet)) for each in spec.fixed_ips)
    of_subnet = next((each.network for each in subnets if isinstance(each, SubnetSpec)), "")
    yield Port(key=key, bar=f"network.{spec.network or of_subnet}", label=address.name, note=note)
    for name in spec.security_groups or ():
        yield Badge(on=key, key=f"security_group.{name}", sort="security_group", label=name)
    if policy := spec.qos_policy:
        yield Badge(on=key, key=f"qos_policy.{policy}", sort="qos_policy", label=policy)


KIND = Kind(
    name="port",
    plural="ports",
    service="network",
    path="/v2.0/ports",
    state=PortState,
    new=NewPort,
    change=PortChange,
    project_query="project_id",
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="MAC Address", value=lambda state: state.mac_address),
        Column(
            title="Fixed IP Addresses",
            value=lambda state: [ip.ip_address for ip in state.fixed_ips],
        ),
        Column(title="Status", value=lambda state: state.status),
    ),
    long_columns=(
        Column(title="Security Groups", value=lambda state: list(state.security_groups)),
        Column(title="Device Owner", value=lambda state: state.device_owner),
        Column(title="Tags", value=lambda state: list(state.tags)),
        Column(title="Trunk subports", value=_subports),
    ),
    declaration=Declaration(
        spec=PortSpec,
        section="ports",
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        create=_create,
        compare=_compare,
        needs=_needs,
        leaves_with=_leaves_with,
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.port": 1},
        attributes={
            "address": _first_address,
            "addresses": lambda state: [each.ip_address for each in state.fixed_ips],
        },
        adopt=by_description("port", "/v2.0/ports"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
