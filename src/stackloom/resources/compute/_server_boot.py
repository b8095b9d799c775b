# SPDX-License-Identifier: Apache-2.0
"""What a server boots from and on: image, boot volume, flavor, and whether they fit. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from stackloom.cloud.kind import Fault, Ids, Place
from stackloom.cloud.mark import Mark, read_mark
from stackloom.resources.compute._server_spec import (
    BOOT_KEY,
    MARK_KEY,
    USER_DATA_KEY,
    BootVolumeSpec,
    ServerSpec,
)

_GIB = 2**30
# Enough for nobody to get the same by accident.
_HASH_LETTERS = 16


def boot_disk(boot: BootVolumeSpec, ids: Ids) -> dict[str, Any]:
    """Return the disk to boot from, as Nova takes it.

    Source: nova/api/openstack/compute/schemas/servers.py, ``_block_device_mapping_v2``, 34.0.0;
    ``volume_type`` from microversion 2.67 on.
    """
    disk: dict[str, Any] = {"boot_index": 0, "destination_type": "volume"}
    if boot.volume:
        uuid = ids("volume", boot.volume)
        return {**disk, "source_type": "volume", "uuid": uuid, "delete_on_termination": False}
    disk |= {
        "source_type": "image",
        "uuid": ids("image", boot.image),
        "volume_size": boot.size,
        "delete_on_termination": boot.delete_on_termination,
    }
    if boot.volume_type:
        disk["volume_type"] = ids.cloud_name("volume_type", boot.volume_type)
    return disk


def boot_words(boot: BootVolumeSpec, ids: Ids) -> str:
    """Return what is kept of a boot volume: the volume's id, or image and size."""
    if boot.volume:
        return ids("volume", boot.volume)
    words = [ids("image", boot.image), f"{boot.size} GiB"]
    if boot.volume_type:
        words.append(ids.cloud_name("volume_type", boot.volume_type))
    return ", ".join(words)


def user_data_hash(user_data: str) -> str:
    """Return what is kept of user data."""
    return hashlib.sha256(user_data.encode()).hexdigest()[:_HASH_LETTERS]


def own_metadata(spec: ServerSpec, mark: Mark, ids: Ids) -> dict[str, str]:
    """Return what stackloom keeps in a server's metadata."""
    own = {MARK_KEY: str(mark)}
    if spec.user_data:
        own[USER_DATA_KEY] = user_data_hash(spec.user_data)
    if spec.boot_volume is not UNSET:
        own[BOOT_KEY] = boot_words(spec.boot_volume, ids)
    return own


def consumes(spec: ServerSpec, ids: Ids) -> Mapping[str, int]:
    """Return what a server takes: by its flavor, and for what Nova makes for it."""
    flavor = ids.state("flavor", spec.flavor)
    taken = {"compute.instances": 1}
    if flavor is not None:
        taken |= {"compute.cores": flavor.vcpus or 0, "compute.ram": flavor.ram or 0}
    if made := sum(isinstance(nic, str) for nic in spec.networks):
        taken["network.port"] = made
    boot = spec.boot_volume
    if boot is not UNSET and boot.size is not UNSET:
        taken |= {"volume.volumes": 1, "volume.gigabytes": boot.size}
    return taken


def check(spec: ServerSpec, ids: Ids) -> Iterator[Fault]:
    """Check that the image can be used, and fits on the flavor.

    Source: nova/compute/api.py, ``_validate_flavor_image_nostatus``, and
    nova/policies/servers.py, ``ZERO_DISK_FLAVOR``: by default only administrators boot an image on
    a flavor without a disk, 34.0.0.
    """
    boot = spec.boot_volume
    name = spec.image if boot is UNSET else boot.image
    place: Place = ("image",) if boot is UNSET else ("boot_volume", "image")
    image = ids.state("image", name) if name else None
    flavor = ids.state("flavor", spec.flavor)
    if image is not None:
        yield from _image_faults(name, image, place)
    if flavor is None:
        return
    if boot is UNSET and not flavor.disk:
        message = f'flavor "{spec.flavor}" has no disk, and the server boots from an image'
        hint = "boot_volume: {image: ..., size: ...} makes a volume of the image"
        yield Fault(place=("flavor",), message=message, hint=hint)
    if image is None:
        return
    if (flavor.ram or 0) < image.min_ram:
        message = f'flavor "{spec.flavor}" has {flavor.ram} MiB, and the image needs'
        yield Fault(place=("flavor",), message=f"{message} {image.min_ram} MiB")
    least = max(image.min_disk, -(-(image.virtual_size or image.size or 0) // _GIB))
    if boot is UNSET and flavor.disk and flavor.disk < least:
        message = f'flavor "{spec.flavor}" has {flavor.disk} GiB of disk, and the image needs'
        yield Fault(place=("flavor",), message=f"{message} {least} GiB")
    if boot is not UNSET and boot.size is not UNSET and boot.size < least:
        message = f"{boot.size} GiB are too small for the image, which needs {least} GiB"
        yield Fault(place=("boot_volume", "size"), message=message)


def _image_faults(name: str, image: Any, place: Place) -> Iterator[Fault]:
    is_ours = read_mark(image.properties.get(MARK_KEY)) is not None
    if image.status != "active" and not is_ours:  # ours is still to get its data
        message = f'image "{name}" is not active: its status is {image.status}'
        yield Fault(place=place, message=message, hint="stackloom image list --status active")
