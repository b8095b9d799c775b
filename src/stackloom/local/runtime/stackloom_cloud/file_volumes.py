# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""Drivers for Cinder that need no root: a volume is a file with holes, and so is a backup.

What is written into a volume (an image, a backup that is restored) is really there, and goes with
it into snapshots, clones and backups. Nobody attaches it: Nova's fake driver only says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cinder import objects
from cinder.backup import driver as backup_driver
from cinder.volume import driver
from oslo_config import cfg

from . import sparse

_CAPACITY_GIB = 1_000_000
_RAW = "raw"


def _directory(name: str) -> Path:
    directory = Path(cfg.CONF.state_path) / name
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _volume_path(volume: Any) -> Path:
    return _directory("volumes") / str(volume.name_id)


def _snapshot_path(snapshot: Any) -> Path:
    return _directory("snapshots") / str(snapshot.id)


class FileVolumeDriver(driver.VolumeDriver):
    """Keep each volume in a file of the cloud's data directory."""

    VERSION = "1.0.0"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stats: dict[str, Any] = {}

    def check_for_setup_error(self) -> None:
        """Need nothing."""

    def get_volume_stats(self, refresh: bool = False) -> dict[str, Any]:
        """Say that there is room for a lot, and that all features are there."""
        del refresh
        name = self.configuration.safe_get("volume_backend_name")
        self._stats = {
            "volume_backend_name": name,
            "vendor_name": "stackloom",
            "driver_version": self.VERSION,
            "storage_protocol": "local",
            "total_capacity_gb": _CAPACITY_GIB,
            "free_capacity_gb": _CAPACITY_GIB,
            "provisioned_capacity_gb": 0,
            "max_over_subscription_ratio": 20.0,
            "reserved_percentage": 0,
            "thin_provisioning_support": True,
            "multiattach": True,
            "online_extend_support": True,
            "consistent_group_snapshot_enabled": True,
            "QoS_support": True,
        }
        return self._stats

    # --- volumes and snapshots --------------------------------------------------------------------

    def create_volume(self, volume: Any) -> None:
        """Create an empty one."""
        sparse.resize(_volume_path(volume), volume.size)

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:
        """Copy the snapshot."""
        sparse.copy(_snapshot_path(snapshot), _volume_path(volume))
        sparse.resize(_volume_path(volume), volume.size)

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:
        """Copy the volume."""
        sparse.copy(_volume_path(src_vref), _volume_path(volume))
        sparse.resize(_volume_path(volume), volume.size)

    def extend_volume(self, volume: Any, new_size: int) -> None:
        """Make it larger."""
        sparse.resize(_volume_path(volume), new_size)

    def delete_volume(self, volume: Any) -> None:
        """Remove it."""
        _volume_path(volume).unlink(missing_ok=True)

    def create_snapshot(self, snapshot: Any) -> None:
        """Copy the volume."""
        sparse.copy(_volume_path(snapshot.volume), _snapshot_path(snapshot))

    def revert_to_snapshot(self, context: Any, volume: Any, snapshot: Any) -> None:
        """Copy the snapshot back."""
        del context
        sparse.copy(_snapshot_path(snapshot), _volume_path(volume))

    def delete_snapshot(self, snapshot: Any) -> None:
        """Remove it."""
        _snapshot_path(snapshot).unlink(missing_ok=True)

    def retype(
        self, context: Any, volume: Any, new_type: Any, diff: Any, host: Any
    ) -> tuple[bool, None]:
        """Change nothing: one type is as good as another here."""
        del context, volume, new_type, diff, host
        return True, None

    # --- images -----------------------------------------------------------------------------------

    def clone_image(
        self, context: Any, volume: Any, location: Any, image: Any, service: Any
    ) -> tuple[dict[str, Any], bool]:
        """Download the image as it is; Cinder would ask qemu-img, which may not be there."""
        del location
        self.copy_image_to_volume(context, volume, service, image["id"])
        return {}, True

    def copy_image_to_volume(
        self, context: Any, volume: Any, image_service: Any, image_id: str, **_named: Any
    ) -> None:
        """Put the image in the place of what was there, as when a server is rebuilt."""
        path = _volume_path(volume)
        with path.open("wb") as file:
            image_service.download(context, image_id, file)
        sparse.resize(path, volume.size)

    def copy_volume_to_image(
        self, context: Any, volume: Any, image_service: Any, image_meta: Any
    ) -> None:
        """Upload the volume up to the last byte that was written, or the first sector.

        The image is raw, whatever was asked for: Cinder would convert it by qemu-img. Glance
        refuses what is not as it is said to be (glance/location.py, ``set_data``, 33.0).
        """
        if image_meta["disk_format"] != _RAW:
            format_ = {"disk_format": _RAW}
            image_service.update(context, image_meta["id"], format_, purge_props=False)
        with _volume_path(volume).open("rb") as file:
            ends = [512, *(end for _, end in sparse.extents(file.fileno()))]
            file.seek(0)
            image_service.update(
                context, image_meta["id"], {}, _Beginning(file, ends[-1]), purge_props=False
            )

    # --- attachments ------------------------------------------------------------------------------

    def ensure_export(self, context: Any, volume: Any) -> None:
        """Export nothing."""

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:
        """Export nothing."""

    def remove_export(self, context: Any, volume: Any) -> None:
        """Export nothing."""

    def initialize_connection(self, volume: Any, connector: Any) -> dict[str, Any]:
        """Say where the file is; Cinder's own backups open it."""
        del connector
        data = {"device_path": str(_volume_path(volume)), "access_mode": "rw"}
        return {"driver_volume_type": "local", "data": data}

    def terminate_connection(self, volume: Any, connector: Any, **named: Any) -> None:
        """Have nothing to end."""

    # --- volumes that are there already -----------------------------------------------------------

    def manage_existing(self, volume: Any, existing_ref: Any) -> None:
        """Take over a file that lies among the volumes."""
        (_directory("volumes") / existing_ref["source-name"]).rename(_volume_path(volume))

    def manage_existing_get_size(self, volume: Any, existing_ref: Any) -> int:
        """Say how large that is."""
        del volume
        path: Path = _directory("volumes") / existing_ref["source-name"]
        return -(-path.stat().st_size // sparse.GIB)

    def unmanage(self, volume: Any) -> None:
        """Leave it where it is."""


class _Beginning:
    """The first bytes of a file, as a file."""

    def __init__(self, file: Any, size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data: bytes = self._file.read(wanted)
        self._left -= len(data)
        return data

    def __iter__(self) -> Any:
        while data := self.read(1 << 16):
            yield data


class FileBackupDriver(backup_driver.BackupDriver):
    """Keep each backup whole, in a file beside the volumes, also where it is an incremental one."""

    def __init__(self, context: Any, *_arguments: Any, **_named: Any) -> None:
        super().__init__(context)
        self.support_force_delete = True

    def check_for_setup_error(self) -> None:
        """Need nothing."""

    def backup(self, backup: Any, volume_file: Any, backup_metadata: bool = True) -> dict[str, Any]:
        """Copy the volume, and what is said of it."""
        if backup_metadata:
            self._metadata_path(backup).write_text(self.get_metadata(backup.volume_id))
        with self._path(backup).open("wb") as target:
            sparse.copy_open(volume_file.fileno(), target.fileno())
        return {"service_metadata": str(backup.id)}

    def restore(self, backup: Any, volume_id: str, volume_file: Any, volume_is_new: bool) -> None:
        """Copy it back; the volume may be larger."""
        del volume_is_new
        volume = objects.Volume.get_by_id(self.context, volume_id)
        with self._path(backup).open("rb") as source:
            sparse.copy_open(source.fileno(), volume_file.fileno())
        sparse.resize(_volume_path(volume), volume.size)
        if (said := self._metadata_path(backup)).exists():
            self.put_metadata(volume_id, said.read_text())

    def delete_backup(self, backup: Any) -> None:
        """Remove it."""
        self._path(backup).unlink(missing_ok=True)
        self._metadata_path(backup).unlink(missing_ok=True)

    def _metadata_path(self, backup: Any) -> Path:
        return self._path(backup).with_suffix(".json")

    def _path(self, backup: Any) -> Path:
        # A record that was exported and imported has another id, but the same metadata.
        return _directory("backups") / str(backup.service_metadata or backup.id)
