# SPDX-License-Identifier: Apache-2.0
"""A port forwarding of Neutron: one port of a floating IP that leads to one inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    UNKNOWN,
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
    Place,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, Part
from stackloom.resources.network import _reach
from stackloom.resources.network._ranges import as_neutron_writes
from stackloom.resources.network.floating_ip import FloatingIpSpec, FloatingIpState
from stackloom.resources.network.port import PortState

_LAST_PORT = 65535
_PATH = "/v2.0/floatingips/{}/port_forwardings"


class PortForwardingSpec(Spec, frozen=True, kw_only=True):
    """A port forwarding: what comes for one port of a floating IP goes to one of a server.

    Attributes:
        floating_ip: one that is free otherwise; another one makes another port forwarding.
        protocol: what is forwarded.
        external_port: the port of the floating IP, or several such as ``8000-8010``.
        server: the server that it leads to, at a place that a router serves.
        on: the network on which that server is meant, where it has several.
        port: the port that it leads to, instead.
        internal_ip_address: which of its IPv4 addresses; not given, the first.
        internal_port: the port there, or as many as outside.
    """

    floating_ip: str
    protocol: Literal["tcp", "udp", "sctp", "dccp"] = "tcp"
    external_port: int | str
    server: str = ""
    on: str = ""
    port: str = ""
    internal_ip_address: str = ""
    internal_port: int | str
    description: str = ""

    @property
    def target(self) -> _reach.Target:
        """What it leads to."""
        return _reach.Target(
            server=self.server, on=self.on, port=self.port, address=self.internal_ip_address
        )


class NewPortForwarding(Body, frozen=True, kw_only=True):
    """What can be said when a port forwarding is made: single ports, or ranges like ``80:90``.

    Source: neutron_lib/api/definitions/floating_ip_port_forwarding.py,
    fip_pf_{description,port_range}.py, 2026.2.
    """

    protocol: str
    internal_port_id: str
    internal_ip_address: str
    internal_port: int | UnsetType = UNSET
    internal_port_range: str | UnsetType = UNSET
    external_port: int | UnsetType = UNSET
    external_port_range: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class PortForwardingChange(Body, frozen=True, kw_only=True):
    """What can be changed of a port forwarding."""

    protocol: str | UnsetType = UNSET
    internal_port_id: str | UnsetType = UNSET
    internal_ip_address: str | UnsetType = UNSET
    internal_port: int | UnsetType = UNSET
    internal_port_range: str | UnsetType = UNSET
    external_port: int | UnsetType = UNSET
    external_port_range: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class PortForwardingState(State, frozen=True, kw_only=True):
    """What Neutron tells of a port forwarding.

    Attributes:
        floating_ip_id, router_id: of the floating IP that has it, as that one tells.
        interface_id: the leg of that router through which it leads, as its port tells it.
        server_id, network_id: who has that port, and where it is.
    """

    protocol: str = ""
    internal_port_id: str = ""
    internal_ip_address: str = ""
    internal_port: int | None = None
    internal_port_range: str | None = None
    external_port: int | None = None
    external_port_range: str | None = None
    # Left out of what a command shows, for no list of port forwardings tells them.
    floating_ip_id: str | UnsetType = UNSET
    router_id: str | UnsetType | None = UNSET
    interface_id: str | UnsetType = UNSET
    server_id: str | UnsetType = UNSET
    network_id: str | UnsetType = UNSET


# --- in a file ------------------------------------------------------------------------------------


def _references(spec: PortForwardingSpec) -> Iterator[Reference]:
    yield Reference(kind="floating_ip", name=spec.floating_ip, place=("floating_ip",))
    yield from _reach.references(spec.target)


def _faults(spec: PortForwardingSpec) -> Iterator[Fault]:
    yield from _reach.faults(spec.target)
    yield from _reach.address_faults(spec.internal_ip_address, ("internal_ip_address",))
    if not spec.target.is_given:
        yield Fault(place=(), message="this leads nowhere: give a server or a port")
    outside, inside = _ports(spec.external_port), _ports(spec.internal_port)
    problems = [
        *_ports_faults(spec.external_port, outside, ("external_port",)),
        *_ports_faults(spec.internal_port, inside, ("internal_port",)),
    ]
    yield from problems
    if problems or outside is None or inside is None:
        return
    # neutron/services/portforwarding/pf_plugin.py, _validate_ranges, 29.0.0.
    if inside[0] != inside[1] and inside[1] - inside[0] != outside[1] - outside[0]:
        message = "there are not as many ports inside as outside"
        yield Fault(place=("internal_port",), message=message, hint="as many, or a single one")


def _ports_faults(said: int | str, ports: tuple[int, int] | None, place: Place) -> Iterator[Fault]:
    if ports is None:
        message = f'"{said}" is neither a port nor a range of ports'
        yield Fault(place=place, message=message, hint="such as 8000-8010")
    elif not 1 <= ports[0] <= ports[1] <= _LAST_PORT:
        yield Fault(place=place, message=f"ports go from 1 to {_LAST_PORT}, the lower one first")


def _ports(said: int | str) -> tuple[int, int] | None:
    """Return first and last port; None for what is neither a port nor a range."""
    first, _sign, last = str(said).replace("-", ":").partition(":")
    if first.isdecimal() and (last or first).isdecimal():
        return int(first), int(last or first)
    return None


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Find floating IPs that lead somewhere themselves, ports taken twice, servers elsewhere."""
    taken: dict[tuple[str, str], list[tuple[tuple[int, int], Address]]] = {}
    for address, spec in declared.items():
        if not isinstance(spec, PortForwardingSpec):
            continue
        yield from ((address, fault) for fault in _reach.place_faults(spec.target, declared))
        outside = declared.get(Address("floating_ip", spec.floating_ip))
        if isinstance(outside, FloatingIpSpec) and outside.target.is_given:
            message = f"floating_ip {spec.floating_ip} leads to one port as a whole"
            hint = "take its server or port away, or another floating IP"
            yield address, Fault(place=("floating_ip",), message=message, hint=hint)
        ports = _ports(spec.external_port) or (0, -1)
        others = taken.setdefault((spec.floating_ip, spec.protocol), [])
        for (first, last), other in others:
            if first <= ports[1] and ports[0] <= last:
                message = f"{other} has this port already"
                yield address, Fault(place=("external_port",), message=message)
        others.append((ports, address))


def _requires(spec: PortForwardingSpec) -> Iterator[Requirement]:
    # The mark stands in the description.
    yield Requirement(place=(), extension="floating-ip-port-forwarding-description")
    first, last = _ports(spec.external_port) or (0, 0)
    if first != last:
        extension = "floating-ip-port-forwarding-port-ranges"
        yield Requirement(place=("external_port",), extension=extension)


def _waits(_address: Address, spec: PortForwardingSpec, declared: Declared) -> Iterator[Address]:
    outside = declared.get(Address("floating_ip", spec.floating_ip))
    network = outside.network if isinstance(outside, FloatingIpSpec) else ""
    yield from _reach.waits(spec.target, network, declared)


# --- to the cloud ---------------------------------------------------------------------------------


def _end(spec: PortForwardingSpec, ids: Ids, now: str | None) -> _reach.End:
    end = _reach.end_of(spec.target, ids, now=now)
    assert end is not None, "one that leads nowhere has a fault"
    return end


def _inside(spec: PortForwardingSpec, end: _reach.End) -> str:
    if spec.internal_ip_address:
        return as_neutron_writes(spec.internal_ip_address)
    return end.addresses[0] if end.addresses else UNKNOWN


def _port_fields(outside: tuple[int, int], inside: tuple[int, int]) -> dict[str, Any]:
    """Return ports in the plain form where they are single, which every Neutron takes."""
    if outside[0] == outside[1] and inside[0] == inside[1]:
        return {"external_port": outside[0], "internal_port": inside[0]}
    return {
        "external_port_range": f"{outside[0]}:{outside[1]}",
        "internal_port_range": f"{inside[0]}:{inside[1]}",
    }


def _wanted_ports(spec: PortForwardingSpec) -> tuple[tuple[int, int], tuple[int, int]]:
    outside, inside = _ports(spec.external_port), _ports(spec.internal_port)
    assert outside is not None, "what is no port has a fault"
    assert inside is not None, "what is no port has a fault"
    return outside, inside


def _create(_address: Address, spec: PortForwardingSpec, mark: Mark, ids: Ids) -> Call:
    end = _end(spec, ids, None)
    body = {
        "protocol": spec.protocol,
        "internal_port_id": end.port_id,
        "internal_ip_address": _inside(spec, end),
        **_port_fields(*_wanted_ports(spec)),
        "description": mark.beside(spec.description),
    }
    _reach.require(body)
    path = _PATH.format(ids("floating_ip", spec.floating_ip))
    return Call(method="POST", path=path, body={"port_forwarding": body})


def _made(answer: Mapping[str, Any], call: Call) -> PortForwardingState:
    """Read ``{"port_forwarding": {...}}``; whose it is stands in the path alone."""
    state = msgspec.convert(answer["port_forwarding"], PortForwardingState)
    floating_ip_id = call.path.split("/")[3]
    return msgspec.structs.replace(state, floating_ip_id=floating_ip_id)


def _compare(
    _address: Address, spec: PortForwardingSpec, state: PortForwardingState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    floating_ip_id = ids("floating_ip", spec.floating_ip)
    end = _end(spec, ids, state.internal_port_id)
    is_moved = end.port_id != state.internal_port_id
    is_said = is_moved or spec.internal_ip_address
    outside, inside = (f"{first}:{last}" for first, last in _wanted_ports(spec))
    yield from differences(
        [
            ("floating_ip_id", state.floating_ip_id, floating_ip_id, False),
            ("protocol", state.protocol, spec.protocol, True),
            ("internal_port_id", state.internal_port_id, end.port_id, True),
            (
                "internal_ip_address",
                state.internal_ip_address,
                _inside(spec, end) if is_said else UNSET,
                True,
            ),
            ("external_port_range", _have(state, "external"), outside, True),
            ("internal_port_range", _have(state, "internal"), inside, True),
            ("description", state.description, mark.beside(spec.description), True),
        ]
    )


def _have(state: PortForwardingState, side: str) -> str:
    port = getattr(state, f"{side}_port")
    return getattr(state, f"{side}_port_range") or f"{port}:{port}"


_THERE = ("internal_port_id", "internal_ip_address")


def _update(state: PortForwardingState, changes: Sequence[Difference]) -> list[Call]:
    """Change it; of ports, and of where it leads, both halves are said or neither.

    What is not said of ports Neutron takes for a single one, and refuses the other half (400); and
    beside an address it keeps the old port where a range is said. So a range goes by itself.

    Source: neutron/services/portforwarding/pf_plugin.py, ``_validate_ranges`` and
    ``update_floatingip_port_forwarding``, 29.0.0.
    """
    fields = {change.field: change.want for change in changes}
    sides = [fields.pop(f"{side}_port_range", None) for side in ("external", "internal")]
    there = {name: fields.pop(name) for name in _THERE if name in fields}
    calls = []
    if there:
        calls.append({**{name: getattr(state, name) for name in _THERE}, **there})
    if any(sides):
        outside, inside = (
            _ports(str(new or _have(state, side)))
            for new, side in zip(sides, ("external", "internal"), strict=True)
        )
        assert outside is not None, "it was written by us or Neutron"
        assert inside is not None, "it was written by us or Neutron"
        fields |= _port_fields(outside, inside)
    if there and "internal_port_range" not in fields:
        fields = calls.pop() | fields
    if fields:
        calls.append(fields)
    for each in calls:
        _reach.require(each)
    path = _path(state)
    return [Call(method="PUT", path=path, body={"port_forwarding": each}) for each in calls]


def _path(state: PortForwardingState) -> str:
    return f"{_PATH.format(state.floating_ip_id)}/{state.id}"


def _derive(listed: Listed) -> list[PortForwardingState]:
    """Complete them: whose they are the floating IPs tell, through which leg the ports."""
    owners = {
        each["id"]: state for state in listed.get("floating_ip", ()) for each in _below(state)
    }
    ports = {port.id: port for port in listed.get("port", ())}
    legs = _reach.legs_of(listed)
    return [
        _completed(state, owner, ports.get(state.internal_port_id), legs)
        for state in listed.get("port_forwarding", ())
        if (owner := owners.get(state.id))
    ]


def _completed(
    state: PortForwardingState,
    owner: FloatingIpState,
    port: PortState | None,
    legs: Mapping[tuple[str | None, str], str],
) -> PortForwardingState:
    subnet_id = _reach.subnet_of(port, state.internal_ip_address)
    return msgspec.structs.replace(
        state,
        floating_ip_id=owner.id,
        router_id=owner.router_id,
        interface_id=legs.get((owner.router_id, subnet_id), ""),
        server_id=port.device_id if port else "",
        network_id=port.network_id if port else "",
    )


def _below(floating_ip: Any) -> Sequence[Mapping[str, Any]]:
    """Return what a floating IP tells of its port forwardings: ids, but no descriptions.

    Source: neutron/services/portforwarding/pf_plugin.py, ``_extend_floatingip_dict``, 29.0.0.
    """
    return floating_ip.port_forwardings or ()


def _needs(state: PortForwardingState) -> Iterator[str]:
    """Name what cannot go before: 409 ``FipInUseByPortForwarding`` and the like."""
    ids = (state.floating_ip_id, state.internal_port_id, state.interface_id, state.router_id)
    yield from (str(id) for id in ids if id)


def _adopt(state: PortForwardingState, mark: Mark) -> Call:
    words = mark.beside(without_mark(state.description))
    return Call(method="PUT", path=_path(state), body={"port_forwarding": {"description": words}})


def _capture(state: PortForwardingState, names: Names) -> Mapping[str, Any] | None:
    """Return its entry; None for one that leads to what stands in no file."""
    floating_ip = names("floating_ip", str(state.floating_ip_id))
    entry: dict[str, Any] = {"floating_ip": floating_ip, "protocol": state.protocol}
    if port := names("port", state.internal_port_id):
        entry |= {"port": port, "internal_ip_address": state.internal_ip_address}
    elif server := names("server", str(state.server_id or "")):
        # Nova's own port gets another address the next time.
        entry |= {"server": server, "on": names("network", str(state.network_id))}
    else:
        return None
    for side in ("external", "internal"):
        first, _colon, last = _have(state, side).partition(":")
        entry[f"{side}_port"] = int(first) if first == last else f"{first}-{last}"
    if words := without_mark(state.description):
        entry["description"] = words
    return entry


# --- in pictures ----------------------------------------------------------------------------------


def _sketch(state: PortForwardingState) -> Iterator[Part]:
    note = f"{state.protocol} {_have(state, 'external')} → {_have(state, 'internal')}"
    yield Badge(
        on=str(state.floating_ip_id or ""),
        key=state.id,
        sort="port_forwarding",
        note=_shorter(note),
        details=(f"to {state.internal_ip_address}",),
    )


def _sketch_spec(address: Address, spec: PortForwardingSpec, _declared: Declared) -> Iterator[Part]:
    outside, inside = (f"{first}:{last}" for first, last in _wanted_ports(spec))
    yield Badge(
        on=f"floating_ip.{spec.floating_ip}",
        key=str(address),
        sort="port_forwarding",
        label=address.name,
        note=_shorter(f"{spec.protocol} {outside} → {inside}"),
        details=(f"to {spec.port or spec.server}",),
    )


def _shorter(note: str) -> str:
    """Write ``80:80`` as ``80`` and ``80:90`` as ``80-90``."""
    words = []
    for word in note.split(" "):
        first, colon, last = word.partition(":")
        words.append(first if not colon or first == last else f"{first}-{last}")
    return " ".join(words)


KIND = Kind(
    name="port_forwarding",
    plural="port_forwardings",
    noun="floating ip port forwarding",
    parent="network.floating_ip",
    service="network",
    path="/v2.0/floatingips/{parent}/port_forwardings",
    state=PortForwardingState,
    new=NewPortForwarding,
    change=PortForwardingChange,
    has_name=False,
    parent_has=lambda floating_ip: bool(_below(floating_ip)),
    derive=_derive,
    derived_from=("floating_ip", "port"),
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Internal Port ID", value=lambda state: state.internal_port_id),
        Column(title="Internal IP Address", value=lambda state: state.internal_ip_address),
        Column(title="Internal Port", value=lambda state: state.internal_port),
        Column(title="Internal Port Range", value=lambda state: state.internal_port_range),
        Column(title="External Port", value=lambda state: state.external_port),
        Column(title="External Port Range", value=lambda state: state.external_port_range),
        Column(title="Protocol", value=lambda state: state.protocol),
        Column(title="Description", value=lambda state: state.description),
    ),
    declaration=Declaration(
        spec=PortForwardingSpec,
        section="port_forwardings",
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        requires=_requires,
        waits=_waits,
        create=_create,
        made=_made,
        compare=_compare,
        update=_update,
        delete=lambda state: Call(method="DELETE", path=_path(state)),
        needs=_needs,
        # A floating IP of its own still leads to that port (common/exceptions.py, 29.0.0).
        contended=frozenset({"PortHasBindingFloatingIP"}),
        # Neutron counts those of a floating IP to know whether its router is still needed.
        lane=lambda spec: f"floating_ip.{spec.floating_ip}",
        delete_lane=lambda state: f"floating_ip.{state.floating_ip_id}",
        adopt=_adopt,
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
