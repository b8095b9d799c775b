# SPDX-License-Identifier: Apache-2.0
"""A snapshot of Cinder: a volume as it was at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, Progress, State


class NewVolumeSnapshot(Body, frozen=True, kw_only=True):
    """What can be said when a snapshot is made.

    ``force`` went with 3.66, which takes attached volumes without it.

    Source: cinder/api/schemas/snapshots.py, ``create``, 29.0.0.
    """

    volume_id: str
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET


class VolumeSnapshotChange(Body, frozen=True, kw_only=True):
    """What can be changed of a snapshot by PUT; metadata has an address of its own."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class VolumeSnapshotState(State, frozen=True, kw_only=True):
    """What Cinder tells of a snapshot; ``size`` in GiB."""

    status: str = ""
    size: int = 0
    volume_id: str = ""
    metadata: Mapping[str, Any] = {}
    progress: str | None = msgspec.field(
        name="os-extended-snapshot-attributes:progress", default=None
    )
    project_id: str = msgspec.field(name="os-extended-snapshot-attributes:project_id", default="")
    created_at: str | None = None
    updated_at: str | None = None


def _progress(state: VolumeSnapshotState) -> Progress:
    if state.status.startswith("error"):
        return Progress.FAILED
    return Progress.READY if state.status == "available" else Progress.WAITING


KIND = Kind(
    name="volume_snapshot",
    plural="snapshots",
    key="snapshot",
    service="block-storage",
    path="/v3/snapshots",
    list_path="/v3/snapshots/detail",
    state=VolumeSnapshotState,
    new=NewVolumeSnapshot,
    change=VolumeSnapshotChange,
    # 3.66 needs no force for volumes in use (Yoga, 2022); older services refuse those.
    microversion="3.0",
    newest_microversion="3.71",
    progress=_progress,
    failure=lambda state: f"its status is {state.status}",
    leaves_late=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Size", value=lambda state: state.size),
    ),
    long_columns=(
        Column(title="Created At", value=lambda state: state.created_at),
        Column(title="Volume", value=lambda state: state.volume_id),
        Column(title="Properties", value=lambda state: state.metadata),
    ),
)
