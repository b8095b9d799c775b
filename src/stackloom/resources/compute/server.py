# SPDX-License-Identifier: Apache-2.0
"""A server of Nova, with its places on networks.

Nova's own answer names networks by *name*, which anybody may change; so a server's places are read
off Neutron's ports (``device_id``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Difference,
    Ids,
    Kind,
    Listed,
    Progress,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.resources.compute._server_boot import (
    boot_disk,
    boot_words,
    check,
    consumes,
    own_metadata,
    user_data_hash,
)
from stackloom.resources.compute._server_nics import (
    Nic,
    compare_nics,
    nic_calls,
    nics_by_server,
    wanted_nics,
)
from stackloom.resources.compute._server_picture import capture, sketch, sketch_spec
from stackloom.resources.compute._server_spec import (
    BOOT_KEY,
    MARK_KEY,
    OWN_KEYS,
    USER_DATA_KEY,
    ServerSpec,
    encoded,
    expand,
    faults,
    faults_together,
    references,
    waits,
)


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
    # Not told in lists, nor before microversion 2.71.
    server_groups: tuple[str, ...] | None = None
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


def _create(address: Address, spec: ServerSpec, mark: Mark, ids: Ids) -> Call:
    server: dict[str, Any] = {
        "name": address.name,
        "flavorRef": ids("flavor", spec.flavor),
        "networks": wanted_nics(address, spec, ids),
        "metadata": {**(spec.metadata or {}), **own_metadata(spec, mark, ids)},
    }
    if spec.boot_volume is UNSET:
        server["imageRef"] = ids("image", spec.image)
    else:
        server["block_device_mapping_v2"] = [boot_disk(spec.boot_volume, ids)]
    if spec.user_data:
        server["user_data"] = encoded(spec.user_data)
    if spec.security_groups is not UNSET:
        groups = [{"name": ids("security_group", group)} for group in spec.security_groups]
        server["security_groups"] = groups
    plain = ("key_name", "config_drive", "availability_zone", "description", "hostname")
    server |= {name: value for name in plain if (value := getattr(spec, name)) not in (UNSET, "")}
    if spec.tags is not UNSET:
        server["tags"] = sorted(set(spec.tags))
    body: dict[str, Any] = {"server": server}
    if spec.server_group:
        body["os:scheduler_hints"] = {"group": ids("server_group", spec.server_group)}
    return Call(method="POST", path=_PATH, body=body)


def _made(answer: Mapping[str, Any], _call: Call) -> ServerState:
    """Read ``{"server": {"id", "links", "adminPass"}}``: 202 tells no more than the id."""
    return ServerState(id=answer["server"]["id"])


def _compare(
    address: Address, spec: ServerSpec, state: ServerState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    yield from _compare_status(state)
    yield from _compare_fixed(spec, state, ids)
    yield from _compare_flavor(spec, state, ids)
    yield from differences(
        [
            ("name", state.name, address.name, True),
            ("description", state.description or "", spec.description, True),
            ("hostname", state.hostname, UNSET if state.hostname is None else spec.hostname, True),
            ("tags", sorted(state.tags), _sorted(spec.tags), True),
            ("metadata", *_compared_metadata(spec, state, mark), True),
        ]
    )
    if state.status != "BUILD":  # its ports come while it is built
        yield from compare_nics(address, spec, state.nics, ids)


def _sorted(tags: tuple[str, ...] | UnsetType) -> list[str] | UnsetType:
    return UNSET if tags is UNSET else sorted(set(tags))


def _compare_status(state: ServerState) -> Iterator[Difference]:
    if state.status == "ERROR":
        reason = state.fault.message if state.fault else ""
        have = f"ERROR {reason}".strip()
        yield Difference(field="status", have=have, want="ACTIVE", in_place=False)
    elif state.status == "VERIFY_RESIZE":
        yield Difference(field="status", have=state.status, want="ACTIVE")


def _compare_fixed(spec: ServerSpec, state: ServerState, ids: Ids) -> Iterator[Difference]:
    """Compare what cannot be changed afterwards."""
    image = ids("image", spec.image) if spec.boot_volume is UNSET else ""
    group: str | UnsetType = UNSET
    if spec.server_group and state.server_groups is not None:
        group = ids("server_group", spec.server_group)
    booted = state.metadata.get(BOOT_KEY)
    boot: str | UnsetType = UNSET
    if spec.boot_volume is not UNSET and booted is not None:
        boot = boot_words(spec.boot_volume, ids)
    user_data = user_data_hash(spec.user_data) if spec.user_data else UNSET
    # An administrator may name a host behind the zone; before there is one, Nova may tell none.
    zone = spec.availability_zone.partition(":")[0] if state.availability_zone else ""
    yield from differences(
        (name, have, want, False)
        for name, have, want in [
            ("image", state.image_id, image),
            ("boot_volume", booted, boot),
            ("key_name", state.key_name or "", spec.key_name or UNSET),
            ("user_data", state.metadata.get(USER_DATA_KEY, ""), user_data),
            ("config_drive", bool(state.config_drive), spec.config_drive),
            ("server_group", "".join(state.server_groups or ()), group),
            ("availability_zone", state.availability_zone, zone or UNSET),
        ]
    )


def _compare_flavor(spec: ServerSpec, state: ServerState, ids: Ids) -> Iterator[Difference]:
    """Compare flavors; Nova resizes a server in place unless its disk would have to shrink.

    Source: nova/api/openstack/compute/servers.py, ``_action_resize``, and nova/compute/api.py,
    ``resize``: a running or stopped one, 34.0.0.
    """
    have, want = state.flavor.original_name, ids.cloud_name("flavor", spec.flavor)
    if have == want:
        return
    flavor = ids.state("flavor", spec.flavor)
    shrinks = flavor is not None and (flavor.disk or 0) < (state.flavor.disk or 0)
    is_steady = state.status in {"ACTIVE", "SHUTOFF", "VERIFY_RESIZE"}
    yield Difference(
        field="flavor",
        have=have,
        want=want,
        in_place=is_steady and (state.image_id == "" or not shrinks),
        want_id=ids("flavor", spec.flavor),
    )


def _compared_metadata(
    spec: ServerSpec, state: ServerState, mark: Mark
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the metadata that there is and that there should be, without what we keep there."""
    kept = OWN_KEYS - {MARK_KEY}
    have = {key: value for key, value in state.metadata.items() if key not in kept}
    asked = have if spec.metadata is UNSET else spec.metadata
    return have, {**asked, MARK_KEY: str(mark)}


def _update(state: ServerState, changes: Sequence[Difference]) -> list[Call]:
    """Return what can be sent at once; a resize is confirmed first, and asked for alone."""
    by_field = {change.field: change for change in changes}
    member = f"{_PATH}/{state.id}"
    calls = []
    plain = ("name", "description", "hostname")
    if fields := {name: by_field[name].want for name in plain if name in by_field}:
        calls.append(Call(method="PUT", path=member, body={"server": fields}))
    if "metadata" in by_field:
        calls += _metadata_calls(state, by_field["metadata"].want)
    if "tags" in by_field:
        tags = {"tags": by_field["tags"].want}
        calls.append(Call(method="PUT", path=f"{member}/tags", body=tags))
    calls += nic_calls(state.id, state.nics, by_field)
    if "status" in by_field:
        calls.append(Call(method="POST", path=f"{member}/action", body={"confirmResize": None}))
    elif "flavor" in by_field:
        resize = {"resize": {"flavorRef": by_field["flavor"].want_id}}
        calls.append(Call(method="POST", path=f"{member}/action", body=resize))
    return calls


def _metadata_calls(state: ServerState, wanted: Any) -> Iterator[Call]:
    """Yield what adds and takes single keys, so that nothing else of others' is written over."""
    path = f"{_PATH}/{state.id}/metadata"
    new = {key: value for key, value in wanted.items() if state.metadata.get(key) != value}
    if new:
        yield Call(method="POST", path=path, body={"metadata": new})
    for key in sorted(state.metadata.keys() - wanted.keys() - OWN_KEYS):
        yield Call(method="DELETE", path=f"{path}/{quote(key, safe='')}")


def _derive(listed: Listed) -> list[ServerState]:
    """Complete servers with their places, and with their groups where those are listed as well.

    Nova tells the groups of one server alone, not in lists (nova/api/openstack/compute/views/
    servers.py, ``show`` and ``detail``, 34.0.0).
    """
    nics = nics_by_server(listed)
    groups: dict[str, list[str]] = {}
    for group in listed.get("server_group", ()):
        for member in group.members:
            groups.setdefault(member, []).append(group.id)
    are_groups_known = "server_group" in listed
    return [
        msgspec.structs.replace(
            server,
            nics=nics.get(server.id, ()),
            server_groups=tuple(groups.get(server.id, ()))
            if are_groups_known
            else server.server_groups,
        )
        for server in listed.get("server", ())
    ]


def _progress(state: ServerState) -> Progress:
    """Read ``status``; SHUTOFF and the like are usable, they are what somebody wanted."""
    if state.status == "ERROR":
        return Progress.FAILED
    return Progress.WAITING if state.status in _ON_ITS_WAY else Progress.READY


_ON_ITS_WAY = frozenset({"", "BUILD", "UNKNOWN", "RESIZE", "REVERT_RESIZE"})


def _needs(state: ServerState) -> Iterator[str]:
    for nic in state.nics:
        yield from (nic.port_id, nic.network_id, *nic.subnet_ids, *nic.security_group_ids)
        if nic.trunk_id:  # ML2/OVS does not take a trunk off a port that a server has
            yield nic.trunk_id
    for volume in state.volumes:
        yield volume.id
    if state.image_id:  # a store that shares blocks, as Ceph does, keeps it while it is in use
        yield state.image_id


def _adopt(state: ServerState, mark: Mark) -> Call:
    body = {"metadata": {MARK_KEY: str(mark)}}
    return Call(method="POST", path=f"{_PATH}/{state.id}/metadata", body=body)


def _addresses(state: ServerState) -> list[str]:
    return [address for nic in state.nics for address in nic.ip_addresses]


def _first_address(state: ServerState) -> str:
    addresses = _addresses(state)
    return next((each for each in addresses if ":" not in each), "".join(addresses[:1]))


def exactly(name: str) -> str:
    """Return the expression that matches this name alone."""
    return f"^{re.escape(name)}$"


_PATH = "/v2.1/servers"

KIND = Kind(
    name="server",
    plural="servers",
    service="compute",
    path=_PATH,
    list_path=f"{_PATH}/detail",
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
    mark=lambda state, _listed: read_mark(state.metadata.get(MARK_KEY)),
    progress=_progress,
    leaves_late=True,
    failure=lambda state: state.fault.message if state.fault else "",
    declaration=Declaration(
        spec=ServerSpec,
        section="servers",
        references=references,
        faults=faults,
        faults_together=faults_together,
        expand=expand,
        create=_create,
        made=_made,
        compare=_compare,
        update=_update,
        takes_time=("networks", "ports", "flavor", "status"),
        needs=_needs,
        waits=waits,
        consumes=consumes,
        check=check,
        attributes={"address": _first_address, "addresses": _addresses},
        adopt=_adopt,
        capture=capture,
        sketch=sketch_spec,
    ),
    sketch=sketch,
)
