# SPDX-License-Identifier: Apache-2.0
"""A trunk of Neutron: a port of a server that carries the traffic of further ones, tagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

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
    Place,
    Progress,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, Leg, Part
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._remembered import Remembered
from stackloom.resources.network.port import PortSpec

# neutron_lib/constants.py, MIN_VLAN_TAG and MAX_VLAN_TAG, 2026.2.
_VLANS = range(1, 4095)


class SubportSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port that a trunk carries.

    Attributes:
        port: a port of the scenario that nobody else uses.
        segmentation_id: its number on the wire, 1 to 4094.
        segmentation_type: ``vlan``; or ``inherit`` for type and number of its network.
    """

    port: str
    segmentation_id: int | UnsetType = UNSET
    segmentation_type: Literal["vlan", "inherit"] = "vlan"


class TrunkSpec(Spec, frozen=True, kw_only=True):
    """A trunk: the port of a server that carries further ones, each with a number.

    Attributes:
        port: the port of the scenario that the server has; another one makes another trunk.
        subports: the ports that it carries; they come and go in place.
    """

    port: str
    subports: tuple[SubportSpec, ...] = ()
    description: str = ""
    admin_state_up: bool = True


class NewSubport(msgspec.Struct, frozen=True, kw_only=True):
    """A port that a trunk carries; without a number it inherits its network's."""

    port_id: str
    segmentation_type: str | UnsetType = UNSET
    segmentation_id: int | UnsetType = UNSET


class NewTrunk(Body, frozen=True, kw_only=True):
    """What can be said when a trunk is made.

    Source: neutron_lib/api/definitions/trunk.py, 2026.2.
    """

    port_id: str
    name: str = ""
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    sub_ports: tuple[NewSubport, ...] | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class TrunkChange(Body, frozen=True, kw_only=True):
    """What can be changed of a trunk; subports go to paths of their own.

    Source: neutron_lib/api/definitions/trunk.py, ``ACTION_STATUS``: ``add_subports`` and
    ``remove_subports``, 2026.2.
    """

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET


class Subport(msgspec.Struct, frozen=True, kw_only=True):
    """A port that a trunk carries, and its number on the wire; its network its port tells."""

    port_id: str
    segmentation_type: str = ""
    segmentation_id: int = 0
    network_id: str | UnsetType = UNSET


class TrunkState(State, frozen=True, kw_only=True):
    """What Neutron tells of a trunk."""

    port_id: str = ""
    status: str = ""
    admin_state_up: bool = True
    sub_ports: tuple[Subport, ...] = ()
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _progress(state: TrunkState) -> Progress:
    # DOWN is usable: it stays so until a server is there (neutron_lib/services/trunk/constants.py).
    if state.status in {"ERROR", "DEGRADED"}:
        return Progress.FAILED
    return Progress.WAITING if state.status == "BUILD" else Progress.READY


# --- in a file ------------------------------------------------------------------------------------


def _references(spec: TrunkSpec) -> Iterator[Reference]:
    yield Reference(kind="port", name=spec.port, place=("port",))
    for index, subport in enumerate(spec.subports):
        place = ("subports", index, "port")
        yield Reference(kind="port", name=subport.port, place=place, rebinds=True)


def _faults(spec: TrunkSpec) -> Iterator[Fault]:
    numbers = Counter(each.segmentation_id for each in spec.subports)
    ports = Counter([spec.port, *(each.port for each in spec.subports)])
    for index, subport in enumerate(spec.subports):
        place: Place = ("subports", index)
        number = subport.segmentation_id
        if ports[subport.port] > 1:
            message = f"port {subport.port} is in this trunk already"
            yield Fault(place=(*place, "port"), message=message)
        if subport.segmentation_type == "inherit":
            if number is not UNSET:
                message = "a number of its own, and inherited from its network: not both"
                yield Fault(place=(*place, "segmentation_id"), message=message)
        elif isinstance(number, UnsetType):
            hint = "or segmentation_type: inherit"
            yield Fault(place=place, message='"segmentation_id" is missing', hint=hint)
        elif number not in _VLANS:
            message = f"numbers of VLANs go from {_VLANS[0]} to {_VLANS[-1]}"
            yield Fault(place=(*place, "segmentation_id"), message=message)
        elif numbers[number] > 1:
            message = f"the number {number} is given more than once"
            yield Fault(place=(*place, "segmentation_id"), message=message)


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Find ports that are in two trunks: 409 ``ParentPortInUse`` and ``TrunkPortInUse``."""
    taken: dict[str, Address] = {}
    for address, spec in declared.items():
        if not isinstance(spec, TrunkSpec):
            continue
        for reference in _references(spec):
            other = taken.setdefault(reference.name, address)
            if other != address:
                message = f"port {reference.name} is in {other} already"
                yield address, Fault(place=reference.place, message=message)


def _parents(declared: Declared) -> dict[str, Address]:
    return {spec.port: each for each, spec in declared.items() if isinstance(spec, TrunkSpec)}


_trunk_by_parent = Remembered(_parents)


def trunks_on(ports: Iterable[str], declared: Declared) -> Iterator[Address]:
    """Yield the trunks whose parents are among ports of a scenario: a server has to wait for them.

    ML2/OVS does not make a trunk of a port that a server has already.

    Source: neutron/services/trunk/rules.py, ``can_be_trunked_or_untrunked``, 29.0.0.
    """
    trunks = _trunk_by_parent(declared)
    yield from (trunks[port] for port in ports if port in trunks)


# --- to the cloud ---------------------------------------------------------------------------------


def _wanted(address: Address, spec: TrunkSpec, mark: Mark) -> dict[str, Any]:
    return {
        "name": address.name,
        "description": mark.beside(spec.description),
        "admin_state_up": spec.admin_state_up,
    }


def _subports(spec: TrunkSpec, ids: Ids) -> list[dict[str, Any]]:
    subports = []
    for each in spec.subports:
        port_id = ids("port", each.port)
        body: dict[str, Any] = {"port_id": port_id, "segmentation_type": each.segmentation_type}
        if each.segmentation_id is not UNSET:
            body["segmentation_id"] = each.segmentation_id
        subports.append(body)
    return sorted(subports, key=lambda each: str(each["port_id"]))


def _create(address: Address, spec: TrunkSpec, mark: Mark, ids: Ids) -> Call:
    body = {
        "port_id": ids("port", spec.port),
        **_wanted(address, spec, mark),
        "sub_ports": _subports(spec, ids),
    }
    return Call(method="POST", path="/v2.0/trunks", body={"trunk": body})


def _compare(
    address: Address, spec: TrunkSpec, state: TrunkState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    yield from differences([("port_id", state.port_id, ids("port", spec.port), False)])
    wanted = _wanted(address, spec, mark)
    yield from differences(
        (name, getattr(state, name), want, True) for name, want in wanted.items()
    )
    yield from _compare_subports(_subports(spec, ids), state)


def _compare_subports(wanted: list[dict[str, Any]], state: TrunkState) -> Iterator[Difference]:
    """Compare subports; one that inherits is right with whatever its network has."""
    have = _told(state)
    by_port = {each["port_id"]: each for each in have}
    seen = [
        by_port[each["port_id"]]
        if each["segmentation_type"] == "inherit" and each["port_id"] in by_port
        else each
        for each in wanted
    ]
    if seen != have:
        yield Difference(field="sub_ports", have=have, want=wanted)


def _told(state: TrunkState) -> list[dict[str, Any]]:
    subports = [
        {
            "port_id": each.port_id,
            "segmentation_type": each.segmentation_type,
            "segmentation_id": each.segmentation_id,
        }
        for each in state.sub_ports
    ]
    return sorted(subports, key=lambda each: str(each["port_id"]))


def _update(state: TrunkState, changes: Sequence[Difference]) -> Iterator[Call]:
    """Fields go by PUT; subports leave, then come; a trunk that is down is up meanwhile.

    Source: neutron/services/trunk/rules.py, ``trunk_can_be_managed``: 409 ``TrunkDisabled``,
    29.0.0.
    """
    fields = {change.field: change.want for change in changes}
    subports = fields.pop("sub_ports", None)
    ends_up = fields.get("admin_state_up", state.admin_state_up)
    if isinstance(subports, list) and not ends_up:
        fields.pop("admin_state_up", None)
        if not state.admin_state_up:
            fields["admin_state_up"] = True
    if fields:
        yield _put(state, fields)
    if isinstance(subports, list):
        yield from _moved(state, subports)
        if not ends_up:
            yield _put(state, {"admin_state_up": False})


def _put(state: TrunkState, fields: Mapping[str, object]) -> Call:
    return Call(method="PUT", path=f"/v2.0/trunks/{state.id}", body={"trunk": fields})


def _moved(state: TrunkState, wanted: list[dict[str, Any]]) -> Iterator[Call]:
    have = _told(state)
    ports = {each["port_id"] for each in have}
    stay = [
        each
        for each in wanted
        if each in have or (each["segmentation_type"] == "inherit" and each["port_id"] in ports)
    ]
    staying = {each["port_id"] for each in stay}
    gone = [{"port_id": each["port_id"]} for each in have if each["port_id"] not in staying]
    new = [each for each in wanted if each not in stay]
    for verb, subports in (("remove", gone), ("add", new)):
        if subports:
            path = f"/v2.0/trunks/{state.id}/{verb}_subports"
            yield Call(method="PUT", path=path, body={"sub_ports": subports})


def _delete(state: TrunkState) -> list[Call]:
    """Take it away; one that is down has to be up for that, too."""
    delete = Call(method="DELETE", path=f"/v2.0/trunks/{state.id}")
    return [delete] if state.admin_state_up else [_put(state, {"admin_state_up": True}), delete]


def _derive(listed: Listed) -> list[TrunkState]:
    networks = {port.id: port.network_id for port in listed.get("port", ())}
    return [
        msgspec.structs.replace(
            trunk,
            sub_ports=tuple(
                msgspec.structs.replace(each, network_id=networks.get(each.port_id, UNSET))
                for each in trunk.sub_ports
            ),
        )
        for trunk in listed.get("trunk", ())
    ]


def _capture(state: TrunkState, names: Names) -> Mapping[str, Any]:
    def name(port_id: str) -> str:
        return names("port", port_id) or names.outside("port", port_id)

    entry: dict[str, Any] = {"port": name(state.port_id)}
    if state.sub_ports:
        entry["subports"] = [
            {"port": name(each["port_id"]), "segmentation_id": each["segmentation_id"]}
            if each["segmentation_type"] == "vlan"
            else {"port": name(each["port_id"]), "segmentation_type": "inherit"}
            for each in _told(state)
        ]
    if words := without_mark(state.description):
        entry["description"] = words
    if not state.admin_state_up:
        entry["admin_state_up"] = False
    return entry


# --- in pictures ----------------------------------------------------------------------------------


def _sketch(state: TrunkState) -> Iterator[Part]:
    yield Badge(
        on=state.port_id,
        key=state.id,
        sort="trunk",
        label=state.name or state.id,
        status="" if state.status in {"ACTIVE", "DOWN"} else state.status,
    )
    for each in state.sub_ports:
        if each.network_id:
            note = f"{each.segmentation_type} {each.segmentation_id}"
            yield Leg(box=state.port_id, bar=str(each.network_id), key=each.port_id, note=note)


def _sketch_spec(address: Address, spec: TrunkSpec, declared: Declared) -> Iterator[Part]:
    parent = f"port.{spec.port}"
    yield Badge(on=parent, key=str(address), sort="trunk", label=address.name)
    for each in spec.subports:
        port = declared.get(Address("port", each.port))
        if isinstance(port, PortSpec) and port.network:
            number = "" if each.segmentation_id is UNSET else f" {each.segmentation_id}"
            note = f"{each.segmentation_type}{number}"
            bar = f"network.{port.network}"
            yield Leg(box=parent, bar=bar, key=f"port.{each.port}", note=note)


KIND = Kind(
    name="trunk",
    plural="trunks",
    noun="network trunk",
    service="network",
    path="/v2.0/trunks",
    state=TrunkState,
    new=NewTrunk,
    change=TrunkChange,
    project_query="project_id",
    progress=_progress,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Parent Port", value=lambda state: state.port_id),
        Column(title="Description", value=lambda state: state.description),
    ),
    long_columns=(
        Column(title="Status", value=lambda state: state.status),
        Column(title="State", value=lambda state: "UP" if state.admin_state_up else "DOWN"),
        Column(title="Created At", value=lambda state: state.created_at),
        Column(title="Updated At", value=lambda state: state.updated_at),
    ),
    derive=_derive,
    derived_from=("port",),
    declaration=Declaration(
        spec=TrunkSpec,
        section="trunks",
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        requires=lambda _spec: [Requirement(place=(), extension="trunk")],
        consumes=lambda _spec, _ids: {"network.trunk": 1},
        create=_create,
        compare=_compare,
        update=lambda state, changes: list(_update(state, changes)),
        delete=_delete,
        needs=lambda state: [state.port_id, *(each.port_id for each in state.sub_ports)],
        adopt=by_description("trunk", "/v2.0/trunks"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
