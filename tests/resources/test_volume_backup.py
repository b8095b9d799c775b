# SPDX-License-Identifier: Apache-2.0
"""A backup: what is sent, and how far it is."""

from __future__ import annotations

import msgspec

from stackloom.cloud.kind import Progress
from stackloom.resources.block_storage.volume_backup import KIND, NewVolumeBackup, VolumeBackupState


def test_cinders_answer_is_read() -> None:
    """Names with colons and nulls are no trouble."""
    answer: dict[str, object] = {
        "id": "b-1",
        "name": "b",
        "description": None,
        "status": "error",
        "size": 1,
        "volume_id": "d-1",
        "container": "volumes",
        "is_incremental": False,
        "availability_zone": None,
        "fail_reason": "no store",
        "created_at": "2026-11-24",
    }
    state = msgspec.convert(answer, VolumeBackupState)
    assert [column.value(state) for column in KIND.columns] == [
        "b-1",
        "b",
        None,
        "error",
        1,
        False,
        "2026-11-24",
    ]
    assert [column.value(state) for column in KIND.long_columns] == [None, "d-1", "volumes"]


def test_what_is_not_said_is_left_out() -> None:
    """And what is said goes by Cinder's names."""
    assert msgspec.to_builtins(KIND.wrap(NewVolumeBackup(volume_id="d-1", incremental=True))) == {
        "backup": {"volume_id": "d-1", "incremental": True}
    }


def test_a_status_says_how_far_it_is() -> None:
    """Made, on its way, or failed."""
    told = {
        status: KIND.progress(VolumeBackupState(id="x", status=status))
        for status in ("available", "creating", "error")
    }
    assert told == {
        "available": Progress.READY,
        "creating": Progress.WAITING,
        "error": Progress.FAILED,
    }
    assert KIND.failure(VolumeBackupState(id="x", status="error")) == "its status is error"
    assert KIND.failure(VolumeBackupState(id="x", status="error", fail_reason="no")) == "no"
