# SPDX-License-Identifier: Apache-2.0
"""A snapshot: what is sent, and how far it is."""

from __future__ import annotations

import msgspec

from stackloom.cloud.kind import Progress
from stackloom.resources.block_storage.volume_snapshot import (
    KIND,
    NewVolumeSnapshot,
    VolumeSnapshotState,
)


def test_cinders_answer_is_read() -> None:
    """Names with colons and nulls are no trouble."""
    answer: dict[str, object] = {
        "id": "s-1",
        "name": "s",
        "description": None,
        "status": "available",
        "size": 1,
        "volume_id": "d-1",
        "metadata": {},
        "created_at": "2026-11-24",
        "updated_at": None,
        "os-extended-snapshot-attributes:project_id": "p-1",
    }
    state = msgspec.convert(answer, VolumeSnapshotState)
    assert [column.value(state) for column in KIND.columns] == ["s-1", "s", None, "available", 1]
    assert [column.value(state) for column in KIND.long_columns] == ["2026-11-24", "d-1", {}]


def test_what_is_not_said_is_left_out() -> None:
    """And what is said goes by Cinder's names."""
    assert msgspec.to_builtins(KIND.wrap(NewVolumeSnapshot(volume_id="d-1", name="s"))) == {
        "snapshot": {"volume_id": "d-1", "name": "s"}
    }


def test_a_status_says_how_far_it_is() -> None:
    """Made, on its way, or failed."""
    told = {
        status: KIND.progress(VolumeSnapshotState(id="x", status=status))
        for status in ("available", "creating", "error")
    }
    assert told == {
        "available": Progress.READY,
        "creating": Progress.WAITING,
        "error": Progress.FAILED,
    }
    assert KIND.failure(VolumeSnapshotState(id="x", status="error")) == "its status is error"
