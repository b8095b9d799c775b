# SPDX-License-Identifier: Apache-2.0
"""What a server looks like in a picture, and as the entry of a scenario. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from stackloom.cloud.kind import Declared, Names
from stackloom.cloud.mark import Address
from stackloom.cloud.sketch import Badge, Box, Leg, Part
from stackloom.resources.compute._server_spec import OWN_KEYS, ServerSpec, network_of, places
from stackloom.resources.network.port import PortSpec

if TYPE_CHECKING:  # server.py needs this module
    from stackloom.resources.compute.server import ServerState


def sketch(state: ServerState) -> Iterator[Part]:
    """Draw one as a box with a leg on each network."""
    details = {"zone": state.availability_zone, "host": state.host}
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
    if state.key_name:
        yield Badge(on=state.id, key=state.key_name, sort="keypair", label=state.key_name)


def sketch_spec(address: Address, spec: ServerSpec, declared: Declared) -> Iterator[Part]:
    """Draw what is asked for."""
    key = str(address)
    details = (f"image {spec.image}",) if spec.image else ()
    yield Box(key=key, sort="server", label=address.name, note=spec.flavor, details=details)
    for kind, name, _ in places(address, spec):
        if kind == "network":
            yield Leg(box=key, bar=f"network.{name}")
        else:
            yield from _sketch_port(key, name, declared)
    if spec.boot_volume is not UNSET:
        boot = spec.boot_volume
        label = boot.volume or "root"
        volume = f"volume.{boot.volume}" if boot.volume else f"{key}/root"
        note = "boot" if boot.volume else f"{boot.size} GiB, boot"
        yield Badge(on=key, key=volume, sort="volume", label=label, note=note)
    for group in spec.security_groups or ():
        if group != "default":  # which everything has that says nothing
            badge = f"security_group.{group}"
            yield Badge(on=key, key=badge, sort="security_group", label=group)
    for sort, name in (("server_group", spec.server_group), ("keypair", spec.key_name)):
        if name:
            yield Badge(on=key, key=f"{sort}.{name}", sort=sort, label=name)


def _sketch_port(box: str, name: str, declared: Declared) -> Iterator[Part]:
    port = declared.get(Address("port", name))
    if isinstance(port, PortSpec) and (network := network_of(port, declared)):
        note = ", ".join(fixed.ip_address for fixed in port.fixed_ips if fixed.ip_address)
        yield Leg(box=box, bar=f"network.{network}", note=note, key=f"port.{name}")


def capture(state: ServerState, names: Names) -> dict[str, Any]:
    """Return the entry that would bring a server about; its user data is not told to anybody."""
    volumes = [name for volume in state.volumes if (name := names("volume", volume.id))]
    entry: dict[str, Any] = {"flavor": state.flavor.original_name}
    if state.image_id:
        entry["image"] = names.outside("image", state.image_id)
    elif volumes:  # Nova tells the one it was booted from first
        entry["boot_volume"] = {"volume": volumes.pop(0)}
    entry |= _captured_places(state, names)
    entry |= {
        "volumes": volumes,
        "key_name": state.key_name,
        "config_drive": bool(state.config_drive),
        "server_group": "".join(names("server_group", id) for id in state.server_groups or ()),
        "metadata": {key: v for key, v in state.metadata.items() if key not in OWN_KEYS},
        "tags": sorted(state.tags),
        "description": state.description,
    }
    return {name: value for name, value in entry.items() if value}


def _captured_places(state: ServerState, names: Names) -> dict[str, Any]:
    networks, ports, groups = [], [], set[str]()
    for nic in state.nics:
        if port := names("port", nic.port_id):
            ports.append(port)
        else:
            network = names("network", nic.network_id)
            networks.append(network or names.outside("network", nic.network_id))
            groups |= set(nic.security_group_ids)
    told = sorted(
        names("security_group", group) or names.outside("security_group", group) for group in groups
    )
    is_default = told in ([], ["default"])
    return {
        "networks": networks,
        "ports": ports,
        "security_groups": [] if is_default else told,
    }
