# SPDX-License-Identifier: Apache-2.0
"""A backup of Cinder: a copy of a volume in another store. Not every cloud has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, Progress, State


class NewVolumeBackup(Body, frozen=True, kw_only=True):
    """What can be said when a backup is made.

    Source: cinder/api/schemas/backups.py, ``create_backup_v351``, 29.0.0.
    """

    volume_id: str
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    container: str | UnsetType = UNSET
    snapshot_id: str | UnsetType = UNSET
    force: bool | UnsetType = UNSET
    incremental: bool | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET
    availability_zone: str | UnsetType = UNSET


class VolumeBackupChange(Body, frozen=True, kw_only=True):
    """What can be changed of a backup, from 3.9 on; ``metadata`` from 3.43 on."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET


class VolumeBackupState(State, frozen=True, kw_only=True):
    """What Cinder tells of a backup; ``size`` in GiB."""

    status: str = ""
    size: int | None = None
    volume_id: str | None = None
    snapshot_id: str | None = None
    container: str | None = None
    is_incremental: bool = False
    has_dependent_backups: bool = False
    object_count: int | None = None
    availability_zone: str | None = None
    fail_reason: str | None = None
    metadata: Mapping[str, Any] | None = None
    project_id: str | None = msgspec.field(name="os-backup-project-attr:project_id", default=None)
    user_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


def _progress(state: VolumeBackupState) -> Progress:
    if state.status.startswith("error"):
        return Progress.FAILED
    return Progress.READY if state.status == "available" else Progress.WAITING


KIND = Kind(
    name="volume_backup",
    plural="backups",
    key="backup",
    service="block-storage",
    path="/v3/backups",
    list_path="/v3/backups/detail",
    state=VolumeBackupState,
    new=NewVolumeBackup,
    change=VolumeBackupChange,
    microversion="3.0",
    newest_microversion="3.71",
    progress=_progress,
    failure=lambda state: state.fail_reason or f"its status is {state.status}",
    leaves_late=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Size", value=lambda state: state.size),
        Column(title="Incremental", value=lambda state: state.is_incremental),
        Column(title="Created At", value=lambda state: state.created_at),
    ),
    long_columns=(
        Column(title="Availability Zone", value=lambda state: state.availability_zone),
        Column(title="Volume", value=lambda state: state.volume_id),
        Column(title="Container", value=lambda state: state.container),
    ),
)
