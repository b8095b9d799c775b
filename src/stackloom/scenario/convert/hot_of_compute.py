# SPDX-License-Identifier: Apache-2.0
"""What a scenario has of Nova, Cinder and Glance as resources of Heat. Pure.

Source: heat/engine/resources/openstack/{nova,cinder,glance}/*.py, 2026.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stackloom.cloud.mark import Address
from stackloom.scenario.convert.hot_writer import HotWriter, lose_rest, said
from stackloom.scenario.convert.worked_out import Fields


def _server(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties: Fields = {"name": address.name}
    if "image" in fields:
        properties["image"] = writer.ref("image", fields.pop("image"))
    properties["flavor"] = writer.ref("flavor", fields.pop("flavor"))
    if boot := fields.pop("boot_volume", None):
        properties["block_device_mapping_v2"] = [_boot_volume(writer, boot)]
    places = list(writer.source.places(address))
    if places:
        properties["networks"] = [{kind: writer.ref(kind, name)} for kind, name in places]
    for name in ("networks", "ports", "volumes"):
        fields.pop(name, None)
    groups = fields.pop("security_groups", [])
    if groups and any(kind == "network" for kind, _ in places):
        named = [writer.ref("security_group", each) for each in groups]
        properties["security_groups"] = named
    if "key_name" in fields:
        properties["key_name"] = writer.ref("keypair", fields.pop("key_name"))
    if "server_group" in fields:
        group = writer.ref("server_group", fields.pop("server_group"))
        properties["scheduler_hints"] = {"group": group}
    if "user_data" in fields:
        properties |= {"user_data_format": "RAW", "user_data": fields.pop("user_data")}
    properties |= said(fields, "config_drive", "metadata", "tags", "availability_zone")
    lose_rest(writer, address, fields)
    writer.add(address, "OS::Nova::Server", properties)


def _boot_volume(writer: HotWriter, boot: Fields) -> Fields:
    device: Fields = {"boot_index": 0}
    if boot.get("volume"):
        return device | {"volume_id": writer.ref("volume", boot["volume"])}
    device |= {"image": writer.ref("image", boot["image"]), "volume_size": boot["size"]}
    if boot.get("volume_type"):
        device["volume_type"] = writer.ref("volume_type", boot["volume_type"])
    return device | {"delete_on_termination": boot.get("delete_on_termination", True)}


def _server_volume(writer: HotWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    server, volume = writer.ref("server", spec.server), writer.ref("volume", spec.volume)
    properties = {"instance_uuid": server, "volume_id": volume}
    writer.add(address, "OS::Cinder::VolumeAttachment", properties)


def _server_group(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties = {"name": address.name, "policies": [fields["policy"]], **said(fields, "rules")}
    writer.add(address, "OS::Nova::ServerGroup", properties)


def _keypair(writer: HotWriter, address: Address) -> None:
    properties = {"name": address.name, **writer.source.fields(address)}
    writer.add(address, "OS::Nova::KeyPair", properties)


def _volume(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties: Fields = {"name": address.name, **said(fields, "size")}
    for name, kind, theirs in (
        ("image", "image", "image"),
        ("snapshot", "volume_snapshot", "snapshot_id"),
        ("volume_type", "volume_type", "volume_type"),
    ):
        if name in fields:
            properties[theirs] = writer.ref(kind, fields.pop(name))
    properties |= said(fields, *list(fields))
    writer.add(address, "OS::Cinder::Volume", properties)


def _image(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    if "file" in fields or "url" not in fields:
        message = "Heat has images from a url only; this one has to be there before"
        writer.source.lose(address, message, "file")
        return
    properties: Fields = {"name": address.name, "container_format": "bare"}
    renamed = {"location": "url", "extra_properties": "properties"}
    properties |= said(
        fields, *[name for name in fields if name not in renamed.values()], **renamed
    )
    writer.add(address, "OS::Glance::WebImage", properties)


WRITERS: Mapping[str, Callable[[HotWriter, Address], None]] = {
    "server": _server,
    "server_volume": _server_volume,
    "server_group": _server_group,
    "keypair": _keypair,
    "volume": _volume,
    "image": _image,
}
