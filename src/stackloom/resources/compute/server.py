# SPDX-License-Identifier: Apache-2.0
"""A server of Nova, with its places on networks.

Nova's own answer names networks by *name*, which anybody may change; so a server's places are read
off Neutron's ports (``device_id``).
"""

from __future__ import annotations

import re
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
    Progress,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Badge, Box, Leg, Part
from stackloom.resources.network.port import PortSpec
from stackloom.resources.network.router_interface import interfaces

_MARK_KEY = "stackloom"


class ServerSpec(Spec, frozen=True, kw_only=True):
    """A server.

    Attributes:
        image, flavor: name or id, looked up in the cloud.
        networks: networks of the scenario; Nova makes a port on each and takes it away again.
        ports: ports of the scenario, in this order after the networks; they outlive the server.
    """

    image: str
    flavor: str
    networks: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    key_name: str = ""
    metadata: Mapping[str, str] = {}


class NewServer(Body, frozen=True, kw_only=True):
    """What can be said when a server is made; administrators may say all of it.

    Attributes:
        networks: ``[{"uuid": …, "fixed_ip": …, "port": …, "tag": …}]``, ``auto`` or ``none``.
        block_device_mapping_v2: disks; the one with ``boot_index`` 0 in place of an image.
        user_data: base64.
        scheduler_hints: where it should be: ``{"group": server group id}``.

    Source: nova/api/openstack/compute/schemas/servers.py, ``create_v294``, 34.0.0.
    """

    name: str
    flavor_id: str = msgspec.field(name="flavorRef")
    image_id: str | UnsetType = msgspec.field(name="imageRef", default=UNSET)
    networks: Sequence[Mapping[str, str]] | str = "auto"
    block_device_mapping_v2: Sequence[Mapping[str, Any]] | UnsetType = UNSET
    key_name: str | UnsetType = UNSET
    user_data: str | UnsetType = UNSET
    config_drive: bool | UnsetType = UNSET
    security_groups: Sequence[Mapping[str, str]] | UnsetType = UNSET
    availability_zone: str | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    hostname: str | UnsetType = UNSET
    admin_password: str | UnsetType = msgspec.field(name="adminPass", default=UNSET)
    min_count: int | UnsetType = UNSET
    max_count: int | UnsetType = UNSET
    host: str | UnsetType = UNSET
    hypervisor_hostname: str | UnsetType = UNSET
    trusted_image_certificates: Sequence[str] | UnsetType = UNSET
    scheduler_hints: Mapping[str, Any] | UnsetType = msgspec.field(
        name="os:scheduler_hints", default=UNSET
    )


class ServerChange(Body, frozen=True, kw_only=True):
    """What can be changed of a server by PUT; metadata and tags have addresses of their own."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    hostname: str | UnsetType = UNSET


class ServerFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a server is in ERROR."""

    message: str = ""


class _Flavor(msgspec.Struct, frozen=True, kw_only=True):
    """The flavor inside a server has no id since microversion 2.47, only its name and sizes."""

    original_name: str = ""
    vcpus: int | None = None
    ram: int | None = None
    disk: int | None = None


class _Named(msgspec.Struct, frozen=True, kw_only=True):
    """A security group in a server: by name only."""

    name: str = ""


class _AttachedVolume(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    delete_on_termination: bool = False


class _Address(msgspec.Struct, frozen=True, kw_only=True):
    addr: str


class _Image(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class Nic(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a server on a network, as its port tells it.

    Attributes:
        router_ids: the routers with an interface on one of its subnets.
        trunk_id: the trunk whose parent the port is; empty where it is none.
    """

    port_id: str
    network_id: str
    subnet_ids: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    router_ids: tuple[str, ...] = ()
    trunk_id: str = ""


class ServerState(State, frozen=True, kw_only=True):
    """What Nova tells of a server, and the ports that Neutron has for it."""

    status: str = ""
    flavor: _Flavor = _Flavor()
    # "" for a server that was booted from a volume.
    image: _Image | str = ""
    addresses: Mapping[str, tuple[_Address, ...]] = {}
    metadata: Mapping[str, str] = {}
    key_name: str | None = None
    fault: ServerFault | None = None
    nics: tuple[Nic, ...] = ()
    project_id: str = msgspec.field(name="tenant_id", default="")
    user_id: str = ""
    created_at: str = msgspec.field(name="created", default="")
    updated_at: str | None = msgspec.field(name="updated", default=None)
    launched_at: str | None = msgspec.field(name="OS-SRV-USG:launched_at", default=None)
    task_state: str | None = msgspec.field(name="OS-EXT-STS:task_state", default=None)
    vm_state: str | None = msgspec.field(name="OS-EXT-STS:vm_state", default=None)
    power_state: int | None = msgspec.field(name="OS-EXT-STS:power_state", default=None)
    availability_zone: str | None = msgspec.field(name="OS-EXT-AZ:availability_zone", default=None)
    host: str | None = msgspec.field(name="OS-EXT-SRV-ATTR:host", default=None)
    hostname: str | None = msgspec.field(name="OS-EXT-SRV-ATTR:hostname", default=None)
    config_drive: str = ""
    progress: int | None = None
    locked: bool | None = None
    locked_reason: str | None = None
    tags: tuple[str, ...] = ()
    security_groups: tuple[_Named, ...] = ()
    server_groups: tuple[str, ...] = ()
    volumes: tuple[_AttachedVolume, ...] = msgspec.field(
        name="os-extended-volumes:volumes_attached", default=()
    )
    scheduler_hints: Mapping[str, Any] | None = None
    admin_password: str | None = msgspec.field(name="adminPass", default=None)

    @property
    def ip_addresses(self) -> dict[str, list[str]]:
        """Its addresses by the name of the network."""
        return {name: [each.addr for each in given] for name, given in self.addresses.items()}

    @property
    def image_id(self) -> str:
        """The id of its image; empty where it was booted from a volume."""
        return self.image if isinstance(self.image, str) else self.image.id


# nova/objects/fields.py, InstancePowerState, 34.0.0.
_POWER_STATES = {
    0: "NOSTATE",
    1: "Running",
    3: "Paused",
    4: "Shutdown",
    6: "Crashed",
    7: "Suspended",
}


def _references(spec: ServerSpec) -> Iterator[Reference]:
    yield Reference(kind="image", name=spec.image, place=("image",), declared=False)
    yield Reference(kind="flavor", name=spec.flavor, place=("flavor",), declared=False)
    for index, network in enumerate(spec.networks):
        # Nova refuses a network without a subnet (400), so all of them come first.
        yield Reference(kind="network", name=network, place=("networks", index), whole=True)
    for index, port in enumerate(spec.ports):
        yield Reference(kind="port", name=port, place=("ports", index))


def _faults(spec: ServerSpec) -> Iterator[Fault]:
    if _MARK_KEY in spec.metadata:
        message = f'the metadata key "{_MARK_KEY}" is where stackloom keeps its mark'
        yield Fault(place=("metadata", _MARK_KEY), message=message, hint="choose another key")


def _nics_body(spec: ServerSpec, ids: Ids) -> list[dict[str, str]] | str:
    nics = [{"uuid": ids("network", name)} for name in spec.networks]
    nics += [{"port": ids("port", name)} for name in spec.ports]
    return nics or "none"


def _create(address: Address, spec: ServerSpec, mark: Mark, ids: Ids) -> Call:
    body: dict[str, Any] = {
        "name": address.name,
        "imageRef": ids("image", spec.image),
        "flavorRef": ids("flavor", spec.flavor),
        "networks": _nics_body(spec, ids),
        "metadata": {**spec.metadata, _MARK_KEY: str(mark)},
    }
    if spec.key_name:
        body["key_name"] = spec.key_name
    return Call(method="POST", path="/v2.1/servers", body={"server": body})


def _made(answer: Mapping[str, Any], _call: Call) -> ServerState:
    """Read ``{"server": {"id", "links", "adminPass"}}``: 202 tells no more than the id."""
    return ServerState(id=answer["server"]["id"])


def _compare(
    address: Address, spec: ServerSpec, state: ServerState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    if state.status == "ERROR":
        reason = state.fault.message if state.fault else ""
        yield Difference(
            field="status", have=f"ERROR {reason}".strip(), want="ACTIVE", in_place=False
        )
    yield from differences(
        [
            ("image", state.image_id, ids("image", spec.image), False),
            ("flavor", state.flavor.original_name, ids.cloud_name("flavor", spec.flavor), False),
            ("key_name", state.key_name or "", spec.key_name or msgspec.UNSET, False),
            ("name", state.name, address.name, True),
        ]
    )
    if state.status != "BUILD":  # its ports come while it is built
        yield from _compare_nics(spec, state, ids)
    wanted = {**spec.metadata, _MARK_KEY: str(mark)}
    missing = {
        key: state.metadata.get(key) for key in wanted if state.metadata.get(key) != wanted[key]
    }
    if missing:
        yield Difference(field="metadata", have=missing, want={key: wanted[key] for key in missing})


def _compare_nics(spec: ServerSpec, state: ServerState, ids: Ids) -> Iterator[Difference]:
    """Compare places: the ports by id, the rest by their networks; NIC order is not returned."""
    wanted_ports = {ids("port", name) for name in spec.ports}
    have_ports = {nic.port_id for nic in state.nics}
    wanted_networks = sorted(ids("network", name) for name in spec.networks)
    have_networks = sorted(n.network_id for n in state.nics if n.port_id not in wanted_ports)
    if not wanted_ports <= have_ports:
        have, want = sorted(have_ports), sorted(wanted_ports)
        yield Difference(field="ports", have=have, want=want, in_place=False)
    if have_networks != wanted_networks:
        yield Difference(field="networks", have=have_networks, want=wanted_networks, in_place=False)


def _update(state: ServerState, changes: Sequence[Difference]) -> Iterator[Call]:
    """Metadata has its own address; a name goes by PUT on the server."""
    fields = {change.field: change.want for change in changes}
    metadata = fields.pop("metadata", None)
    if metadata is not None:
        path = f"/v2.1/servers/{state.id}/metadata"
        yield Call(method="POST", path=path, body={"metadata": metadata})
    if fields:
        yield Call(method="PUT", path=f"/v2.1/servers/{state.id}", body={"server": fields})


def _derive(listed: Listed) -> list[ServerState]:
    routers_by_subnet: dict[str, list[str]] = {}
    for interface in interfaces(listed):
        routers_by_subnet.setdefault(interface.subnet_id, []).append(interface.router_id)
    nics_by_server: dict[str, list[Nic]] = {}
    for port in listed.get("port", ()):
        nic = Nic(
            port_id=port.id,
            network_id=port.network_id,
            subnet_ids=tuple(ip.subnet_id for ip in port.fixed_ips),
            ip_addresses=tuple(ip.ip_address for ip in port.fixed_ips),
            security_group_ids=tuple(port.security_groups),
            router_ids=tuple(
                router
                for ip in port.fixed_ips
                for router in routers_by_subnet.get(ip.subnet_id, ())
            ),
            trunk_id=(port.trunk_details or {}).get("trunk_id", ""),
        )
        nics_by_server.setdefault(port.device_id, []).append(nic)
    return [
        msgspec.structs.replace(server, nics=tuple(nics_by_server.get(server.id, ())))
        for server in listed.get("server", ())
    ]


def _progress(state: ServerState) -> Progress:
    """Read ``status``; SHUTOFF and the like are usable, they are what somebody wanted."""
    if state.status == "ERROR":
        return Progress.FAILED
    return Progress.WAITING if state.status in {"", "BUILD", "UNKNOWN"} else Progress.READY


def _needs(state: ServerState) -> Iterator[str]:
    for nic in state.nics:
        yield from (nic.port_id, nic.network_id, *nic.subnet_ids)
        if nic.trunk_id:  # ML2/OVS does not take a trunk off a port that a server has
            yield nic.trunk_id


def exactly(name: str) -> str:
    """Return the expression that matches this name alone."""
    return f"^{re.escape(name)}$"


def _sketch(state: ServerState) -> Iterator[Part]:
    details = {"zone": state.availability_zone, "key": state.key_name, "host": state.host}
    yield Box(
        key=state.id,
        sort="server",
        label=state.name or state.id,
        note=state.flavor.original_name,
        status=state.status,
        details=tuple(f"{name} {value}" for name, value in details.items() if value),
    )
    for nic in state.nics:
        addresses = ", ".join(nic.ip_addresses)
        yield Leg(box=state.id, bar=nic.network_id, note=addresses, key=nic.port_id)
        for group in nic.security_group_ids:
            yield Badge(on=nic.port_id, key=group, sort="security_group")
    for volume in state.volumes:
        yield Badge(on=state.id, key=volume.id, sort="volume")


def _sketch_spec(address: Address, spec: ServerSpec, declared: Declared) -> Iterator[Part]:
    image = f"image {spec.image}"
    yield Box(
        key=str(address), sort="server", label=address.name, note=spec.flavor, details=(image,)
    )
    for network in spec.networks:
        yield Leg(box=str(address), bar=f"network.{network}")
    for name in spec.ports:
        port = declared.get(Address("port", name))
        if isinstance(port, PortSpec):
            note = ", ".join(fixed.ip_address for fixed in port.fixed_ips if fixed.ip_address)
            bar = f"network.{port.network}"
            yield Leg(box=str(address), bar=bar, note=note, key=f"port.{name}")


KIND = Kind(
    name="server",
    plural="servers",
    service="compute",
    path="/v2.1/servers",
    list_path="/v2.1/servers/detail",
    state=ServerState,
    new=NewServer,
    change=ServerChange,
    beside=("os:scheduler_hints",),
    # 2.47 (Pike, 2017) puts the flavor's name into the server; read up to 2.104.
    microversion="2.47",
    newest_microversion="2.104",
    # Nova's name filter is a regular expression (nova/api/openstack/compute/servers.py, 34.0.0).
    name_pattern=exactly,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Networks", value=lambda state: state.ip_addresses),
        Column(title="Image", value=lambda state: state.image_id),
        Column(title="Flavor", value=lambda state: state.flavor.original_name),
    ),
    long_columns=(
        Column(title="Task State", value=lambda state: state.task_state),
        Column(title="Power State", value=lambda state: _POWER_STATES.get(state.power_state or 0)),
        Column(title="Availability Zone", value=lambda state: state.availability_zone),
        Column(title="Host", value=lambda state: state.host),
        Column(title="Properties", value=lambda state: state.metadata),
        Column(title="Created At", value=lambda state: state.created_at),
        Column(title="Project ID", value=lambda state: state.project_id),
        Column(title="User ID", value=lambda state: state.user_id),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
    derive=_derive,
    derived_from=("port",),
    mark=lambda state, _listed: read_mark(state.metadata.get(_MARK_KEY)),
    progress=_progress,
    leaves_late=True,
    failure=lambda state: state.fault.message if state.fault else "",
    declaration=Declaration(
        spec=ServerSpec,
        section="servers",
        references=_references,
        faults=_faults,
        create=_create,
        made=_made,
        compare=_compare,
        update=lambda state, changes: list(_update(state, changes)),
        needs=_needs,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
