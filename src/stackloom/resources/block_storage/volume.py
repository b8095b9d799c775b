# SPDX-License-Identifier: Apache-2.0
"""A volume of Cinder: a disk that outlives servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, Progress, State


class NewVolume(Body, frozen=True, kw_only=True):
    """What can be said when a volume is made; ``size`` in GiB.

    ``size`` may be left out where it is made of a snapshot, a volume or a backup.

    Source: cinder/api/schemas/volumes.py, ``create_volume_v347``, 29.0.0.
    """

    name: str | UnsetType = UNSET
    size: int | UnsetType = UNSET
    description: str | UnsetType = UNSET
    volume_type: str | UnsetType = UNSET
    image_id: str | UnsetType = msgspec.field(name="imageRef", default=UNSET)
    snapshot_id: str | UnsetType = UNSET
    source_id: str | UnsetType = msgspec.field(name="source_volid", default=UNSET)
    backup_id: str | UnsetType = UNSET
    availability_zone: str | UnsetType = UNSET
    consistency_group_id: str | UnsetType = msgspec.field(name="consistencygroup_id", default=UNSET)
    metadata: Mapping[str, str] | UnsetType = UNSET
    scheduler_hints: Mapping[str, Any] | UnsetType = msgspec.field(
        name="OS-SCH-HNT:scheduler_hints", default=UNSET
    )


class VolumeChange(Body, frozen=True, kw_only=True):
    """What can be changed of a volume by PUT; all else is an action."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET


class _Attached(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is attached."""

    server_id: str | None = None
    device: str | None = None
    attachment_id: str | None = None
    host_name: str | None = None


class VolumeState(State, frozen=True, kw_only=True):
    """What Cinder tells of a volume; ``size`` in GiB."""

    status: str = ""
    size: int = 0
    volume_type: str | None = None
    bootable: str = "false"
    encrypted: bool = False
    multiattach: bool = False
    availability_zone: str | None = None
    attachments: tuple[_Attached, ...] = ()
    metadata: Mapping[str, Any] = {}
    image_metadata: Mapping[str, Any] | None = msgspec.field(
        name="volume_image_metadata", default=None
    )
    snapshot_id: str | None = None
    source_id: str | None = msgspec.field(name="source_volid", default=None)
    consistency_group_id: str | None = msgspec.field(name="consistencygroup_id", default=None)
    replication_status: str | None = None
    project_id: str = msgspec.field(name="os-vol-tenant-attr:tenant_id", default="")
    host: str | None = msgspec.field(name="os-vol-host-attr:host", default=None)
    user_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


def _progress(state: VolumeState) -> Progress:
    if state.status.startswith("error"):
        return Progress.FAILED
    return Progress.READY if state.status in {"available", "in-use"} else Progress.WAITING


KIND = Kind(
    name="volume",
    plural="volumes",
    service="block-storage",
    path="/v3/volumes",
    list_path="/v3/volumes/detail",
    state=VolumeState,
    new=NewVolume,
    change=VolumeChange,
    beside=("OS-SCH-HNT:scheduler_hints",),
    # 3.47 makes one of a backup (Queens, 2018).
    microversion="3.0",
    newest_microversion="3.71",
    progress=_progress,
    failure=lambda state: f"its status is {state.status}",
    leaves_late=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Size", value=lambda state: state.size),
        Column(
            title="Attached to",
            value=lambda state: [
                f"{each.server_id} on {each.device}" for each in state.attachments
            ],
        ),
    ),
    long_columns=(
        Column(title="Type", value=lambda state: state.volume_type),
        Column(title="Bootable", value=lambda state: state.bootable),
        Column(title="Properties", value=lambda state: state.metadata),
    ),
)
