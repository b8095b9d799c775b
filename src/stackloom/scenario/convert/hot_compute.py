# SPDX-License-Identifier: Apache-2.0
"""Heat's resources of Nova, Cinder and Glance as entries of a scenario. Pure.

Source: heat/engine/resources/openstack/{nova,cinder,glance}/*.py, 2026.2.
"""

from __future__ import annotations

from typing import Any

from stackloom.scenario.convert.hot_entry import Source, given
from stackloom.scenario.convert.hot_nodes import CannotCarry, written

Entry = dict[str, Any]
_ROOT_DEVICES = ("vda", "/dev/vda")


def server(source: Source) -> Entry:
    """Server."""
    entry: Entry = given(
        image=source.name("image", "image", looked_up=True),
        flavor=source.name("flavor", "flavor", looked_up=True),
        networks=[each for part in source.parts("networks") if (each := _place(part))],
        key_name=source.name("keypair", "key_name", looked_up=True),
    )
    _disks(source, entry)
    if source.has("security_groups"):
        groups = source.names("security_group", "security_groups", alone="default")
        entry |= given(security_groups=groups)
    _user_data(source, entry)
    source.truths(entry, "config_drive")
    source.metadata(entry, "metadata")
    source.texts(entry, "availability_zone")
    source.lists(entry, "tags")
    _hints(source, entry)
    for policy in ("flavor_update_policy", "image_update_policy", "user_data_update_policy"):
        source.node(policy)  # what changes in place is stackloom's own business
    return entry


def _place(source: Source) -> str | Entry:
    """Return one place of a server on a network; a bare name where nothing else is said."""
    if source.has("allocate_network"):
        source.lose("allocate_network", "a server's networks are named here, each by itself")
    port = source.name("port", "port")
    network = source.name("network", "network", "uuid")
    subnet = source.name("subnet", "subnet")
    more: Entry = {}
    if source.has("port_extra_properties"):
        source.node("port_extra_properties")
        more = _port_extra(source)
    source.texts(more, "fixed_ip")
    if "fixed_ip" in more:
        more = {"address": more.pop("fixed_ip"), **more}
    source.end()
    if port:
        if more:
            source.lose("port", "a port says its address itself")
        return {"port": port}
    if network and not subnet and not more:
        return network
    return given(network=network, subnet=subnet) | more


def _port_extra(source: Source) -> Entry:
    raw = source.item.properties["networks"][source.place[-1]]["port_extra_properties"]
    inner = Source(source.writing, source.item, raw, source.at("port_extra_properties"))
    more: Entry = {}
    inner.truths(more, "port_security_enabled")
    inner.texts(more, "mac_address")
    policy = inner.name("qos_policy", "qos_policy", looked_up=True)
    vnic = inner.node("binding:vnic_type")
    inner.end()
    return more | given(qos_policy=policy, vnic_type=written(vnic))


def _user_data(source: Source, entry: Entry) -> None:
    form = source.node("user_data_format")
    source.texts(entry, "user_data")
    if entry.get("user_data") and form in (None, "HEAT_CFNTOOLS") and "${" not in str(form):
        source.writing.losses.add(
            source.at("user_data"),
            "Heat wraps user data for its own tools; here the server gets it as it is (RAW)",
        )
    elif form == "SOFTWARE_CONFIG":
        source.lose("user_data_format", "what Heat's agents would do in the server is left out")


def _hints(source: Source, entry: Entry) -> None:
    raw = source.item.properties.get("scheduler_hints")
    if not source.has("scheduler_hints"):
        return
    source.node("scheduler_hints")
    if not isinstance(raw, dict):
        source.lose("scheduler_hints", "scheduler_hints that are worked out are not carried over")
        return
    hints = Source(source.writing, source.item, raw, source.at("scheduler_hints"))
    entry |= given(server_group=hints.name("server_group", "group", looked_up=True))
    hints.end()


def _disks(source: Source, entry: Entry) -> None:
    """Read both forms of block devices: one may be what it boots from, the others are attached."""
    parts = [*source.parts("block_device_mapping_v2"), *source.parts("block_device_mapping")]
    volumes: list[str] = []
    for number, part in enumerate(parts):
        device = part.node("device_name")
        index = part.node("boot_index")
        is_old = part.place[-2] == "block_device_mapping"
        is_first = number == 0 and index is None
        boots = (
            str(index) == "0"
            or (is_old and device in _ROOT_DEVICES)
            or (is_first and "image" not in entry)
        )
        volume = part.name("volume", "volume_id")
        image = part.name("image", "image", "image_id", looked_up=True)
        if volume and not boots:
            volumes.append(volume)
        elif volume:
            entry["boot_volume"] = {"volume": volume}
            part.node("delete_on_termination")
        elif image and boots:
            entry["boot_volume"] = _boot_volume(part, image)
        else:
            part.writing.losses.add(part.place, "there is no counterpart of this block device")
            continue
        part.end()
    if "boot_volume" in entry:
        entry.pop("image", None)
    entry |= given(volumes=volumes)


def _boot_volume(part: Source, image: str) -> Entry:
    boot: Entry = {"image": image}
    part.integers(boot, "volume_size")
    if "volume_size" in boot:
        boot["size"] = boot.pop("volume_size")
    else:
        raise CannotCarry("a boot volume needs its size", "add volume_size")
    part.truths(boot, "delete_on_termination")
    boot.setdefault("delete_on_termination", False)  # Nova's own default
    if boot["delete_on_termination"] is True:
        del boot["delete_on_termination"]
    return boot | given(volume_type=part.name("volume_type", "volume_type", looked_up=True))


def server_group(source: Source) -> Entry:
    """ServerGroup."""
    policies = source.node("policies") or ["anti-affinity"]
    entry: Entry = {"policy": written(policies[0] if isinstance(policies, list) else policies)}
    rules = source.node("rules")
    return entry | given(rules=written(rules))


def keypair(source: Source) -> Entry:
    """KeyPair; one that the cloud makes has no counterpart, and is looked up by its name."""
    entry: Entry = {}
    source.texts(entry, "public_key")
    source.node("save_private_key")
    if not entry:
        raise CannotCarry("a key pair that the cloud makes has no counterpart", "give a public_key")
    return entry


def volume(source: Source) -> Entry:
    """Volume."""
    entry: Entry = {}
    source.integers(entry, "size")
    entry |= given(
        image=source.name("image", "image", "imageRef", looked_up=True),
        snapshot=source.name("volume_snapshot", "snapshot_id", looked_up=True),
        volume_type=source.name("volume_type", "volume_type", looked_up=True),
    )
    source.texts(entry, "description", "availability_zone")
    source.metadata(entry, "metadata")
    return entry


def image(source: Source) -> Entry:
    """WebImage."""
    entry: Entry = {}
    source.texts(entry, "disk_format", "container_format", "visibility", "location")
    source.lists(entry, "tags")
    if "location" in entry:
        entry["url"] = entry.pop("location")
    source.integers(entry, "min_disk", "min_ram")
    source.metadata(entry, "extra_properties", as_="properties")
    return entry
