# SPDX-License-Identifier: Apache-2.0
"""What a scenario asks of a server, and what that brings with it. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Declared, Fault, Place, Reference, Spec
from stackloom.cloud.mark import Address
from stackloom.resources.compute._server_volume import ServerVolumeSpec
from stackloom.resources.network._fixed_ips import FixedIpSpec
from stackloom.resources.network._port_filters import PairsSpec
from stackloom.resources.network._ranges import address_faults, read_address, read_range
from stackloom.resources.network._remembered import Remembered
from stackloom.resources.network.port import PortSpec
from stackloom.resources.network.subnet import SubnetSpec
from stackloom.resources.network.trunk import trunks_on

MARK_KEY = "stackloom"
# Nova shows user data to administrators alone, so a few digits of its hash stand in for it.
USER_DATA_KEY = "stackloom_user_data"
# And what a server was booted from is no longer told once it is a volume.
BOOT_KEY = "stackloom_boot_volume"
OWN_KEYS = frozenset({MARK_KEY, USER_DATA_KEY, BOOT_KEY})

# nova/api/openstack/compute/schemas/servers.py, ``user_data``, 34.0.0: in base64.
_LONGEST_USER_DATA = 65535
# nova/objects/{instance,tag}.py and nova/api/validation/parameter_types.py, ``tag``, 34.0.0.
_MOST_TAGS = 50
_LONGEST_TAG = 60


class NicSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of a server on a network; all but ``{port: ...}`` bring a port of the scenario.

    That port is called ``SERVER.NETWORK``, or ``SERVER.SUBNET`` where only a subnet is named, the
    second on the same one ``SERVER.NETWORK.2``. It outlives a server that is replaced.

    Attributes:
        network: a network of the scenario.
        subnet: a subnet of the scenario, in place of the network or beside it.
        address: on the subnet that holds it; not given, Neutron chooses one.
        port: a port of the scenario, alone.
        security_groups: not given, those of the server.
        mac_address, port_security_enabled, allowed_address_pairs, qos_policy, vnic_type: as those
            of a port.
    """

    network: str = ""
    subnet: str = ""
    address: str = ""
    port: str = ""
    security_groups: tuple[str, ...] | UnsetType = UNSET
    mac_address: str | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    allowed_address_pairs: PairsSpec | UnsetType = UNSET
    qos_policy: str | UnsetType | None = UNSET
    vnic_type: str | UnsetType = UNSET


class BootVolumeSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The disk that a server boots from: one that Nova makes of an image, or one of the scenario.

    Attributes:
        image: what Nova makes it of: of the scenario or the cloud, name or id.
        size: of that, in GiB.
        volume_type: of that; name or id.
        delete_on_termination: whether that goes with the server; otherwise it stays behind, and
            without a mark.
        volume: a volume of the scenario, in place of all this; it outlives the server.
    """

    image: str = ""
    size: int | UnsetType = UNSET
    volume_type: str = ""
    delete_on_termination: bool = True
    volume: str = ""


class ServerSpec(Spec, frozen=True, kw_only=True):
    """A server. What is not given is not compared.

    Name, description, hostname, metadata, tags, security groups, places on networks and volumes
    change in place, and so does the flavor unless its disk is smaller; all else makes a new server.

    Attributes:
        image: what it boots from: of the scenario or the cloud, name or id; or ``boot_volume``.
        flavor: name or id, looked up in the cloud.
        networks: networks of the scenario, on each of which Nova makes a port and takes it away
            with the server; or more exactly: ``{network: ..., address: ...}`` and the like.
        ports: ports of the scenario, in this order after the networks; they outlive the server.
            One that is replaced itself takes the server with it.
        volumes: volumes of the scenario that are attached to it once it runs.
        security_groups: of the ports that Nova makes, and of the others that say nothing.
        key_name: a key pair of the scenario or the cloud.
        user_data: for cloud-init; ``${file(...)}`` reads it from a file. Nova keeps it to itself,
            so a hash of it stands in the metadata.
        config_drive: whether it finds its metadata on a disk.
        server_group: of the scenario or the cloud, name or id.
        metadata: where it is given, what else there is is taken away.
        tags: at most 50 of at most 60 characters.
        hostname: what it calls itself; from microversion 2.90 on.
    """

    flavor: str
    image: str = ""
    boot_volume: BootVolumeSpec | UnsetType = UNSET
    networks: tuple[str | NicSpec, ...] = ()
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    security_groups: tuple[str, ...] | UnsetType = UNSET
    key_name: str = ""
    user_data: str = ""
    config_drive: bool | UnsetType = UNSET
    server_group: str = ""
    metadata: Mapping[str, str] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    availability_zone: str = ""
    description: str | UnsetType = UNSET
    hostname: str | UnsetType = UNSET


def encoded(user_data: str) -> str:
    """Return user data as Nova takes it."""
    return b64encode(user_data.encode()).decode()


# --- its places on networks -----------------------------------------------------------------------


def places(address: Address, spec: ServerSpec) -> Iterator[tuple[str, str, NicSpec | None]]:
    """Yield each place as ``("network", name, None)`` or ``("port", name, what implies it)``.

    The latter is None for a port that the file names.
    """
    numbers: Counter[str] = Counter()
    for nic in spec.networks:
        if isinstance(nic, str):
            yield "network", nic, None
        elif nic.port:
            yield "port", nic.port, None
        else:
            on = nic.network or nic.subnet
            numbers[on] += 1
            number = f".{numbers[on]}" if numbers[on] > 1 else ""
            yield "port", f"{address.name}.{on}{number}", nic
    for port in spec.ports:
        yield "port", port, None


def port_names(address: Address, spec: ServerSpec) -> list[str]:
    """Return the names of the ports of the scenario that it has."""
    return [name for kind, name, _ in places(address, spec) if kind == "port"]


def expand(
    address: Address, spec: ServerSpec, declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    """Yield the ports and attachments that a server brings."""
    for _kind, name, nic in places(address, spec):
        if nic is not None:
            yield Address("port", name), _port(spec, nic, declared)
    for volume in spec.volumes:
        attachment = ServerVolumeSpec(server=address.name, volume=volume)
        yield attachment.address, attachment


def _port(spec: ServerSpec, nic: NicSpec, declared: Declared) -> PortSpec:
    subnet = nic.subnet or (_subnet_of(nic, declared) if nic.address else "")
    found = declared.get(Address("subnet", subnet))
    groups = nic.security_groups
    if groups is UNSET and nic.port_security_enabled is not False:
        groups = spec.security_groups
    return PortSpec(
        network=nic.network or (found.network if isinstance(found, SubnetSpec) else ""),
        fixed_ips=(FixedIpSpec(subnet=subnet, ip_address=nic.address),) if subnet else (),
        security_groups=groups,
        mac_address=nic.mac_address,
        port_security_enabled=nic.port_security_enabled,
        allowed_address_pairs=nic.allowed_address_pairs,
        qos_policy=nic.qos_policy,
        vnic_type=nic.vnic_type,
    )


def _subnet_of(nic: NicSpec, declared: Declared) -> str:
    """Return the subnet of a network that holds an address; "" if none is seen to."""
    address = read_address(nic.address)
    for name, cidr in _ranges_by_network(declared).get(nic.network, ()):
        found = read_range(cidr)
        if address is not None and found is not None and address in found:
            return name
    return ""


def _find_ranges(declared: Declared) -> dict[str, list[tuple[str, str]]]:
    """Return name and range of the subnets of each network."""
    found: dict[str, list[tuple[str, str]]] = {}
    for address, spec in declared.items():
        if isinstance(spec, SubnetSpec) and spec.cidr:
            found.setdefault(spec.network, []).append((address.name, spec.cidr))
    return found


_ranges_by_network = Remembered(_find_ranges)


def faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Check that an address belongs to a subnet of its network."""
    for address, spec in declared.items():
        for index, nic in enumerate(spec.networks if isinstance(spec, ServerSpec) else ()):
            if isinstance(nic, NicSpec) and _is_lost(nic, declared):
                message = f'no subnet of "{nic.network}" in this file holds {nic.address}'
                place: Place = ("networks", index, "address")
                hint = "name the subnet as well: {network: ..., subnet: ..., address: ...}"
                yield address, Fault(place=place, message=message, hint=hint)


def _is_lost(nic: NicSpec, declared: Declared) -> bool:
    is_to_be_found = nic.network and nic.address and not nic.subnet
    return bool(is_to_be_found) and not _subnet_of(nic, declared)


def networks_of(address: Address, spec: ServerSpec, declared: Declared) -> set[str]:
    """Return the networks of the scenario that it is on, directly or by a port."""
    found = set[str]()
    for kind, name, _ in places(address, spec):
        port = declared.get(Address("port", name)) if kind == "port" else None
        if kind == "network":
            found.add(name)
        elif isinstance(port, PortSpec):
            found.add(network_of(port, declared))
    return found - {""}


def network_of(port: PortSpec, declared: Declared) -> str:
    """Return the network of a port; of one on a subnet of others it does not stand in the file."""
    if port.network or not port.fixed_ips:
        return port.network
    subnet = declared.get(Address("subnet", port.fixed_ips[0].subnet))
    return subnet.network if isinstance(subnet, SubnetSpec) else ""


# --- what it names --------------------------------------------------------------------------------


def references(spec: ServerSpec) -> Iterator[Reference]:
    """Yield what a server names; its own ports, and trunks on them, it waits for besides."""
    yield from _boot_references(spec)
    yield Reference(kind="flavor", name=spec.flavor, place=("flavor",), declared=False)
    for index, nic in enumerate(spec.networks):
        if isinstance(nic, str):
            # Nova refuses a network without a subnet (400), so all of them come first.
            yield Reference(kind="network", name=nic, place=("networks", index), whole=True)
        elif nic.port:
            place = ("networks", index, "port")
            yield Reference(kind="port", name=nic.port, place=place, rebinds=True)
    for index, port in enumerate(spec.ports):
        yield Reference(kind="port", name=port, place=("ports", index), rebinds=True)
    for index, group in enumerate(spec.security_groups or ()):
        yield Reference(
            kind="security_group",
            name=group,
            place=("security_groups", index),
            declared=group != "default",
            rebinds=True,
        )
    for field, kind in (("key_name", "keypair"), ("server_group", "server_group")):
        if name := getattr(spec, field):
            yield Reference(kind=kind, name=name, place=(field,), declared=False)


def _boot_references(spec: ServerSpec) -> Iterator[Reference]:
    """Yield what it boots from; an image of the scenario with its data."""
    if spec.image:
        yield Reference(kind="image", name=spec.image, place=("image",), declared=False, whole=True)
    boot = spec.boot_volume
    if boot is UNSET:
        return
    if boot.volume:
        yield Reference(kind="volume", name=boot.volume, place=("boot_volume", "volume"))
    if boot.image:
        place: Place = ("boot_volume", "image")
        yield Reference(kind="image", name=boot.image, place=place, declared=False, whole=True)
    if boot.volume_type:
        place = ("boot_volume", "volume_type")
        yield Reference(kind="volume_type", name=boot.volume_type, place=place, declared=False)


def waits(address: Address, spec: ServerSpec, declared: Declared) -> Iterator[Address]:
    """Yield the ports that it brings, and the trunks on any of its ports."""
    for _kind, name, nic in places(address, spec):
        if nic is not None:
            yield Address("port", name)
    yield from trunks_on(port_names(address, spec), declared)


# --- what is wrong with it ------------------------------------------------------------------------


def faults(spec: ServerSpec) -> Iterator[Fault]:
    """Check what shows without a cloud."""
    yield from _boot_faults(spec)
    for index, nic in enumerate(spec.networks):
        if isinstance(nic, NicSpec):
            yield from _nic_faults(nic, ("networks", index))
    for key in OWN_KEYS & (spec.metadata or {}).keys():
        message = f'the metadata key "{key}" is where stackloom keeps its mark'
        yield Fault(place=("metadata", key), message=message, hint="choose another key")
    if (length := len(encoded(spec.user_data))) > _LONGEST_USER_DATA:
        message = f"user data may have {_LONGEST_USER_DATA} bytes in base64; this has {length}"
        hint = "let cloud-init fetch the rest: #include and a URL"
        yield Fault(place=("user_data",), message=message, hint=hint)
    if spec.security_groups == ():
        message = "Nova gives a port without groups the group default all the same"
        hint = "say it of a place: networks: [{network: ..., security_groups: []}]"
        yield Fault(place=("security_groups",), message=message, hint=hint)
    yield from _tag_faults(spec.tags or ())


def _boot_faults(spec: ServerSpec) -> Iterator[Fault]:
    boot = spec.boot_volume
    if boot is UNSET:
        if not spec.image:
            message = "a server boots from something: image or boot_volume is missing"
            yield Fault(place=(), message=message)
        return
    if spec.image:
        message = "a server boots from an image or from a volume, not from both"
        hint = "boot_volume: {image: ..., size: ...} makes a volume of an image"
        yield Fault(place=("image",), message=message, hint=hint)
    if boot.volume and (boot.image or boot.size is not UNSET or boot.volume_type):
        message = "a volume of the scenario is as it is: nothing can be said beside it"
        yield Fault(place=("boot_volume", "volume"), message=message)
    elif not boot.volume and not (boot.image and boot.size is not UNSET):
        message = "a boot volume is made of an image and has a size, or is one of the scenario"
        hint = "{image: cirros, size: 10}, or {volume: root}"
        yield Fault(place=("boot_volume",), message=message, hint=hint)
    if boot.volume in spec.volumes:
        message = f'"{boot.volume}" is what it boots from already'
        yield Fault(place=("volumes", spec.volumes.index(boot.volume)), message=message)


def _nic_faults(nic: NicSpec, place: Place) -> Iterator[Fault]:
    if nic.port and nic != NicSpec(port=nic.port):
        message = "a port of the scenario is as it is: nothing can be said beside it"
        hint = "say it at the port itself, or name a network in its place"
        yield Fault(place=(*place, "port"), message=message, hint=hint)
    elif not (nic.port or nic.network or nic.subnet):
        yield Fault(
            place=place, message="a place needs a network, a subnet or a port", hint="network: blue"
        )
    if nic.address:
        yield from address_faults(nic.address, "", (*place, "address"))


def _tag_faults(tags: tuple[str, ...]) -> Iterator[Fault]:
    if len(tags) > _MOST_TAGS:
        yield Fault(place=("tags",), message=f"a server has at most {_MOST_TAGS} tags")
    for index, tag in enumerate(tags):
        if not 0 < len(tag) <= _LONGEST_TAG or set(tag) & set(",/"):
            message = f'"{tag}" cannot be a tag'
            hint = f"1 to {_LONGEST_TAG} characters, no comma and no slash"
            yield Fault(place=("tags", index), message=message, hint=hint)
