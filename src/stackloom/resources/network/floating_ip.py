# SPDX-License-Identifier: Apache-2.0
"""A floating IP of Neutron: an outer address that leads to a port."""

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
from stackloom.cloud.sketch import Badge, Part
from stackloom.resources.network import _reach
from stackloom.resources.network._ranges import as_neutron_writes, read_address
from stackloom.resources.network.port import PortSpec


class FloatingIpSpec(Spec, frozen=True, kw_only=True):
    """A floating IP: on a server, on a port, or free. It moves without changing its address.

    Attributes:
        network: the network outside; of the scenario, or looked up in the cloud.
        server: the server that it leads to, at a place that a router serves.
        on: the network on which that server is meant, where it has several.
        port: the port that it leads to.
        fixed_ip_address: which of the port's addresses; needed where it has several of IPv4.
        floating_ip_address: the address that it should be; by default only for administrators and
            managers. Another one makes another floating IP, as do ``network`` and the DNS names.
        dns_name, dns_domain: its name, both or neither. A cloud that publishes none keeps none, and
            an address without a name gets none later.
        qos_policy: limits for what goes through it; ``null`` for none.
    """

    network: str
    server: str = ""
    on: str = ""
    port: str = ""
    fixed_ip_address: str = ""
    floating_ip_address: str | UnsetType = UNSET
    description: str = ""
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy: str | UnsetType | None = UNSET

    @property
    def target(self) -> _reach.Target:
        """What it leads to."""
        return _reach.Target(
            server=self.server, on=self.on, port=self.port, address=self.fixed_ip_address
        )


class NewFloatingIp(Body, frozen=True, kw_only=True):
    """What can be said when a floating IP is made.

    Source: neutron_lib/api/definitions/{l3,qos_fip,dns}.py, 2026.2.
    """

    floating_network_id: str
    subnet_id: str | UnsetType = UNSET
    floating_ip_address: str | UnsetType = UNSET
    port_id: str | UnsetType | None = UNSET
    router_id: str | UnsetType = UNSET
    fixed_ip_address: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class FloatingIpChange(Body, frozen=True, kw_only=True):
    """What can be changed of a floating IP; a port of null takes it off."""

    port_id: str | UnsetType | None = UNSET
    router_id: str | UnsetType = UNSET
    fixed_ip_address: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    qos_policy_id: str | UnsetType | None = UNSET


class FloatingIpState(State, frozen=True, kw_only=True):
    """What Neutron tells of a floating IP; its address is its name.

    Attributes:
        interface_id: the leg of its router on the subnet that it leads to, as its port tells it.
        is_one_of_several: the port has further IPv4 addresses, so this one has to be named.
    """

    name: str | None = msgspec.field(name="floating_ip_address", default="")
    floating_network_id: str = ""
    fixed_ip_address: str | None = None
    port_id: str | None = None
    port_details: Mapping[str, Any] | None = None
    port_forwardings: tuple[Mapping[str, Any], ...] = ()
    router_id: str | None = None
    status: str = ""
    qos_policy_id: str | None = None
    dns_name: str | None = None
    dns_domain: str | None = None
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None
    # Left out of what a command shows, for no list of floating IPs tells them.
    interface_id: str | UnsetType = UNSET
    is_one_of_several: bool | UnsetType = UNSET


# --- in a file ------------------------------------------------------------------------------------


def _references(spec: FloatingIpSpec) -> Iterator[Reference]:
    yield Reference(
        kind="network", name=spec.network, place=("network",), declared=False, whole=True
    )
    yield from _reach.references(spec.target)
    if isinstance(spec.qos_policy, str):
        yield Reference(
            kind="qos_policy",
            name=spec.qos_policy,
            place=("qos_policy",),
            declared=False,
            rebinds=True,
        )


def _faults(spec: FloatingIpSpec) -> Iterator[Fault]:
    yield from _reach.faults(spec.target)
    yield from _reach.address_faults(spec.fixed_ip_address, ("fixed_ip_address",))
    if spec.fixed_ip_address and not spec.target.is_given:
        message = "this is an address of a port, and neither a port nor a server is given"
        yield Fault(place=("fixed_ip_address",), message=message)
    if spec.floating_ip_address is not UNSET:
        yield from _reach.address_faults(spec.floating_ip_address, ("floating_ip_address",))
    if bool(spec.dns_name) != bool(spec.dns_domain):
        # neutron/db/dns_db.py, _validate_floatingip_dns, 29.0.0.
        message = "dns_name and dns_domain go together"
        yield Fault(place=("dns_name",) if spec.dns_name else ("dns_domain",), message=message)


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Find two that lead to one address, and ports where it is open which address is meant."""
    taken: dict[tuple[str, _reach.Target], Address] = {}
    for address, spec in declared.items():
        if not isinstance(spec, FloatingIpSpec) or not spec.target.is_given:
            continue
        other = taken.setdefault((spec.network, spec.target), address)
        if other != address:
            message = f"{other} leads to the same address"
            yield address, Fault(place=("port",) if spec.port else ("server",), message=message)
        yield from ((address, fault) for fault in _reach.place_faults(spec.target, declared))
        port = declared.get(Address("port", spec.port))
        if isinstance(port, PortSpec):
            yield from ((address, fault) for fault in _choice_faults(spec, port))


def _choice_faults(spec: FloatingIpSpec, port: PortSpec) -> Iterator[Fault]:
    parsed = [read_address(each.ip_address) for each in port.fixed_ips]
    known = [str(each) for each in parsed if each is not None and each.version == 4]
    if len(known) > 1 and not spec.fixed_ip_address:
        message = f"port {spec.port} has several IPv4 addresses, and this leads to one of them"
        yield Fault(place=("port",), message=message, hint="say which with fixed_ip_address")
    if known and len(known) == len(port.fixed_ips) and spec.fixed_ip_address not in {"", *known}:
        message = f"port {spec.port} has no address {spec.fixed_ip_address}"
        yield Fault(place=("fixed_ip_address",), message=message, hint=f"it has {', '.join(known)}")


def _requires(spec: FloatingIpSpec) -> Iterator[Requirement]:
    yield Requirement(place=("network",), extension="router")
    if spec.floating_ip_address is not UNSET:
        # neutron/conf/policies/floatingip.py, create_floatingip:floating_ip_address, 29.0.0.
        yield Requirement(place=("floating_ip_address",), admin=True)
    for name in ("dns_name", "dns_domain"):
        if getattr(spec, name) is not UNSET:
            yield Requirement(place=(name,), extension="dns-integration")
    if spec.qos_policy is not UNSET:
        yield Requirement(place=("qos_policy",), extension="qos-fip")


# --- to the cloud ---------------------------------------------------------------------------------


def _said(spec: FloatingIpSpec, ids: Ids) -> dict[str, Any]:
    """Return what was said beside the target."""
    policy = spec.qos_policy
    fields = {
        "floating_ip_address": spec.floating_ip_address
        if spec.floating_ip_address is UNSET
        else as_neutron_writes(spec.floating_ip_address),
        "dns_name": spec.dns_name,
        "dns_domain": spec.dns_domain,
        "qos_policy_id": ids("qos_policy", policy) if isinstance(policy, str) else policy,
    }
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(_address: Address, spec: FloatingIpSpec, mark: Mark, ids: Ids) -> Call:
    body = {
        "floating_network_id": ids("network", spec.network),
        "description": mark.beside(spec.description),
        **_said(spec, ids),
    }
    end = _reach.end_of(spec.target, ids, now=None)
    if end is not None:
        body["port_id"] = end.port_id
        if address := spec.fixed_ip_address or end.only_with:
            body["fixed_ip_address"] = as_neutron_writes(address)
    _reach.require(body)
    return Call(method="POST", path="/v2.0/floatingips", body={"floatingip": body})


def _compare(
    _address: Address, spec: FloatingIpSpec, state: FloatingIpState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    said = _said(spec, ids)
    yield from differences(
        [
            (
                "floating_network_id",
                state.floating_network_id,
                ids("network", spec.network),
                False,
            ),
            ("floating_ip_address", state.name, said.get("floating_ip_address", UNSET), False),
            *_compared_names(state, said),
            ("description", state.description, mark.beside(spec.description), True),
            ("qos_policy_id", state.qos_policy_id, said.get("qos_policy_id", UNSET), True),
        ]
    )
    end = _reach.end_of(spec.target, ids, now=state.port_id)
    port_id = end.port_id if end is not None else None
    yield from differences([("port_id", state.port_id, port_id, True)])
    wanted = as_neutron_writes(spec.fixed_ip_address) if spec.fixed_ip_address else UNSET
    if wanted is UNSET and end is not None and port_id != state.port_id and end.only_with:
        wanted = end.only_with
    yield from differences([("fixed_ip_address", state.fixed_ip_address, wanted, True)])


def _compared_names(
    state: FloatingIpState, said: Mapping[str, Any]
) -> Iterator[tuple[str, object, object, bool]]:
    """Compare its names, if it has any: Neutron drops them where no service publishes them.

    Source: neutron/db/dns_db.py, ``_process_dns_floatingip_create_precommit``, 29.0.0.
    """
    if state.dns_name or state.dns_domain:
        for field in ("dns_name", "dns_domain"):
            yield field, getattr(state, field) or "", said.get(field, UNSET), False


def _update(state: FloatingIpState, changes: Sequence[Difference]) -> list[Call]:
    """Change it in one PUT; the port is said whenever there is one.

    What is not said of a port that has several addresses Neutron does not keep but asks for: 400
    (neutron/db/l3_db.py, ``_check_and_get_fip_assoc``, 29.0.0).
    """
    fields = {change.field: change.want for change in changes}
    if state.port_id and "port_id" not in fields:
        fields = {
            "port_id": state.port_id,
            "fixed_ip_address": state.fixed_ip_address,
            **fields,
        }
    _reach.require(fields)
    path = f"/v2.0/floatingips/{state.id}"
    return [Call(method="PUT", path=path, body={"floatingip": fields})]


def _derive(listed: Listed) -> list[FloatingIpState]:
    ports = {port.id: port for port in listed.get("port", ())}
    legs = _reach.legs_of(listed)
    return [_completed(state, ports, legs) for state in listed.get("floating_ip", ())]


def _completed(
    state: FloatingIpState,
    ports: Mapping[str, Any],
    legs: Mapping[tuple[str | None, str], str],
) -> FloatingIpState:
    port = ports.get(state.port_id or "")
    if port is None:
        return state
    subnet_id = _reach.subnet_of(port, state.fixed_ip_address)
    addresses = [ip.ip_address for ip in port.fixed_ips if ":" not in ip.ip_address]
    return msgspec.structs.replace(
        state,
        interface_id=legs.get((state.router_id, subnet_id), ""),
        is_one_of_several=len(addresses) > 1,
    )


def _needs(state: FloatingIpState) -> Iterator[str]:
    """Name what cannot go before: 409 ``RouterInterfaceInUseByFloatingIP`` and the like."""
    ids = (
        state.floating_network_id,
        state.port_id,
        state.interface_id,
        state.router_id,
        state.qos_policy_id,
    )
    yield from (str(id) for id in ids if id)


def _adopt(state: FloatingIpState, mark: Mark) -> Call:
    words = mark.beside(without_mark(state.description))
    difference = Difference(field="description", have=state.description, want=words)
    return _update(state, [difference])[0]


def _capture(state: FloatingIpState, names: Names) -> Mapping[str, Any]:
    entry: dict[str, Any] = {
        "network": _name("network", state.floating_network_id, names),
        **_captured_target(state, names),
        "description": without_mark(state.description),
        "dns_name": state.dns_name,
        "dns_domain": state.dns_domain,
    }
    if state.port_id and state.is_one_of_several:
        entry["fixed_ip_address"] = state.fixed_ip_address
    if state.qos_policy_id:
        entry["qos_policy"] = _name("qos_policy", state.qos_policy_id, names)
    return {name: value for name, value in entry.items() if value}


def _captured_target(state: FloatingIpState, names: Names) -> dict[str, str]:
    """Say where it leads: to a port of the file, or to a server that has the port from Nova."""
    if not state.port_id:
        return {}
    if port := names("port", state.port_id):
        return {"port": port}
    details = state.port_details or {}
    if server := names("server", str(details.get("device_id", ""))):
        on = names("network", str(details.get("network_id", "")))
        return {"server": server, "on": on}
    return {}


def _name(kind: str, id: str, names: Names) -> str:
    return names(kind, id) or names.outside(kind, id)


# --- in pictures ----------------------------------------------------------------------------------


def _sketch(state: FloatingIpState) -> Iterator[Part]:
    yield Badge(
        on=state.port_id or state.floating_network_id,
        key=state.id,
        sort="floating_ip",
        label=state.name or "",
        status="" if state.status in {"ACTIVE", "DOWN"} else state.status,
        details=(f"to {state.fixed_ip_address}",) if state.fixed_ip_address else (),
    )


def _sketch_spec(address: Address, spec: FloatingIpSpec, _declared: Declared) -> Iterator[Part]:
    on = f"network.{spec.network}"
    if spec.target.is_given:
        on = f"port.{spec.port}" if spec.port else f"server.{spec.server}"
    label = address.name if spec.floating_ip_address is UNSET else spec.floating_ip_address
    yield Badge(on=on, key=str(address), sort="floating_ip", label=label)


KIND = Kind(
    name="floating_ip",
    plural="floatingips",
    key="floatingip",
    service="network",
    path="/v2.0/floatingips",
    state=FloatingIpState,
    new=NewFloatingIp,
    change=FloatingIpChange,
    project_query="project_id",
    name_query="floating_ip_address",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Floating IP Address", value=lambda state: state.name),
        Column(title="Fixed IP Address", value=lambda state: state.fixed_ip_address),
        Column(title="Port", value=lambda state: state.port_id),
        Column(title="Floating Network", value=lambda state: state.floating_network_id),
        Column(title="Project", value=lambda state: state.project_id),
    ),
    long_columns=(
        Column(title="Router", value=lambda state: state.router_id),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Tags", value=lambda state: list(state.tags)),
        Column(title="DNS Name", value=lambda state: state.dns_name),
        Column(title="DNS Domain", value=lambda state: state.dns_domain),
    ),
    derive=_derive,
    derived_from=("port",),
    declaration=Declaration(
        spec=FloatingIpSpec,
        section="floating_ips",
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.floatingip": 1},
        waits=lambda _address, spec, declared: _reach.waits(spec.target, spec.network, declared),
        create=_create,
        compare=_compare,
        update=_update,
        needs=_needs,
        # Another one still leads there, or port forwardings on their way out do: neutron_lib/
        # exceptions/l3.py, 2026.2; neutron/services/portforwarding/common/exceptions.py, 29.0.0.
        contended=frozenset({"FloatingIPPortAlreadyAssociated", "FipInUseByPortForwarding"}),
        attributes={
            "address": lambda state: state.name,
            "floating_ip_address": lambda state: state.name,
        },
        adopt=_adopt,
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
