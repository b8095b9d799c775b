# SPDX-License-Identifier: Apache-2.0
"""What a server boots from and which disks it has, from the options of ``server create``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from stackloom.cli.fields import Lookup, key_values
from stackloom.errors import UsageError

IMAGE = "image.image"
VOLUME = "block_storage.volume"
SNAPSHOT = "block_storage.volume_snapshot"

# Source: nova/api/openstack/compute/schemas/servers.py, ``_block_device_mapping_v2``, 34.0.0.
_DEVICE_KEYS = {
    *("uuid", "source_type", "destination_type", "disk_bus", "device_type", "device_name"),
    *("volume_size", "guest_format", "boot_index", "delete_on_termination", "tag", "volume_type"),
}


def add_disk_options(parser: ArgumentParser) -> None:
    """Declare what to boot from, and further disks."""
    group = parser.add_argument_group("disks")
    start = group.add_mutually_exclusive_group()
    start.add_argument("--image", metavar="IMAGE", help="boot from it; name or id")
    start.add_argument("--volume", metavar="VOLUME", help="boot from it; name or id")
    start.add_argument("--snapshot", metavar="SNAPSHOT", help="boot from a volume made of it")
    group.add_argument(
        "--boot-from-volume",
        type=int,
        metavar="GIB",
        help="boot from a new volume of this size, made of --image",
    )
    group.add_argument(
        "--delete-on-termination",
        action="store_true",
        help="delete the volume it boots from with it",
    )
    group.add_argument(
        "--block-device",
        action="append",
        default=[],
        type=_device,
        metavar="KEY=VALUE,…",
        help="one more disk: uuid, source_type, destination_type, volume_size, boot_index, …; "
        "repeatable",
    )
    group.add_argument(
        "--block-device-mapping",
        action="append",
        default=[],
        type=_mapping,
        metavar="DEVICE=ID:TYPE:GIB:DELETE",
        help="the same in the older way: a volume, snapshot or image by its id; TYPE is volume "
        "where it is left out; repeatable",
    )
    group.add_argument("--swap", type=int, metavar="MIB", help="swap space on a disk of its own")
    group.add_argument(
        "--ephemeral",
        action="append",
        default=[],
        type=_ephemeral,
        metavar="size=GIB,format=FS",
        help="one more disk that goes with it; repeatable",
    )


def disk_lookups(options: Namespace) -> list[tuple[str, str]]:
    """Return what the disks name, to be looked up."""
    named = [(IMAGE, options.image), (VOLUME, options.volume), (SNAPSHOT, options.snapshot)]
    return [(kind, name) for kind, name in named if name]


def disk_fields(options: Namespace, ids: Lookup) -> dict[str, Any]:
    """Return the fields of a new server that say what it boots from, and its disks.

    Raises:
        UsageError: there is nothing to boot from, or too much.
    """
    devices = [*map(_wire_device, options.block_device), *options.block_device_mapping]
    boots = any(device.get("boot_index") == 0 for device in devices)
    if not (options.image or options.volume or options.snapshot or boots):
        raise UsageError(
            "there is nothing to boot from",
            hint="give --image, --volume, --snapshot or a --block-device with boot_index=0",
        )
    if options.boot_from_volume and not options.image:
        raise UsageError("--boot-from-volume makes the volume of an image: give --image as well")
    devices += [_blank(size, guest_format="swap") for size in [options.swap] if size]
    devices += [
        _blank(int(each["size"]), guest_format=each.get("format", "")) for each in options.ephemeral
    ]
    first = _first_disk(options, ids)
    fields: dict[str, Any] = {}
    if options.image and not options.boot_from_volume:
        fields["imageRef"] = ids[IMAGE, options.image]
    if first and (devices or "imageRef" not in fields):
        devices.insert(0, first)
    return {**fields, "block_device_mapping_v2": devices} if devices else fields


def _first_disk(options: Namespace, ids: Lookup) -> dict[str, Any] | None:
    """Return the disk it boots from; Nova wants to be told of the image's too if there are more."""
    if options.image and not options.boot_from_volume:
        local = {"destination_type": "local", "delete_on_termination": True}
        return {"boot_index": 0, "source_type": "image", "uuid": ids[IMAGE, options.image], **local}
    volume: dict[str, Any] = {
        "boot_index": 0,
        "destination_type": "volume",
        "delete_on_termination": options.delete_on_termination,
    }
    if options.image:
        size = {"volume_size": options.boot_from_volume}
        return {**volume, "source_type": "image", "uuid": ids[IMAGE, options.image], **size}
    if options.volume:
        return {**volume, "source_type": "volume", "uuid": ids[VOLUME, options.volume]}
    if options.snapshot:
        return {**volume, "source_type": "snapshot", "uuid": ids[SNAPSHOT, options.snapshot]}
    return None


def _blank(size: int, *, guest_format: str) -> dict[str, Any]:
    blank = {
        "boot_index": -1,
        "source_type": "blank",
        "destination_type": "local",
        "delete_on_termination": True,
        "volume_size": size,
    }
    return {**blank, "guest_format": guest_format} if guest_format else blank


def _device(word: str) -> dict[str, str]:
    given = key_values(word.split(","))
    if wrong := sorted(set(given) - _DEVICE_KEYS):
        known = ", ".join(sorted(_DEVICE_KEYS))
        raise UsageError(f"--block-device has no {', '.join(wrong)}", hint=f"it has: {known}")
    return given


def _mapping(word: str) -> dict[str, Any]:
    """Read ``vdb=ID:volume:10:true``; what is behind the id may be left out or empty.

    Source: nova/block_device.py, ``BlockDeviceDict.from_legacy``, 34.0.0: the device decides what
    it boots from.
    """
    name, equals, rest = word.partition("=")
    uuid, kind, size, delete, *more = [*rest.split(":"), "", "", ""][: max(4, rest.count(":") + 1)]
    kind = kind or "volume"
    if not (name and equals and uuid) or more or kind not in {"volume", "snapshot", "image"}:
        raise UsageError(f'--block-device-mapping "{word}" should be DEVICE=ID:TYPE:GIB:DELETE')
    if size and not size.isdigit():
        raise UsageError(f'--block-device-mapping "{word}": "{size}" should be a number of GiB')
    device: dict[str, Any] = {
        "boot_index": 0 if name.removeprefix("/dev/") in {"vda", "sda", "xvda"} else -1,
        "device_name": name,
        "uuid": uuid,
        "source_type": kind,
        "destination_type": "volume",
        "delete_on_termination": delete.lower() in {"true", "1"},
    }
    return {**device, "volume_size": int(size)} if size else device


def _ephemeral(word: str) -> dict[str, str]:
    given = key_values(word.split(","))
    if not set(given) <= {"size", "format"} or not given.get("size", "").isdigit():
        raise UsageError(f'--ephemeral "{word}" should be size=GIB or size=GIB,format=FS')
    return given


def _wire_device(given: dict[str, str]) -> dict[str, Any]:
    """Return a device with numbers and booleans in place of words."""
    device: dict[str, Any] = dict(given)
    for name in ("boot_index", "volume_size"):
        if name in given:
            try:
                device[name] = int(given[name])
            except ValueError:
                raise UsageError(f"--block-device: {name} should be a number") from None
    if "delete_on_termination" in given:
        device["delete_on_termination"] = given["delete_on_termination"].lower() in {"true", "1"}
    device.setdefault("destination_type", "volume")
    if "uuid" not in given:
        device.setdefault("source_type", "blank")
    return device
