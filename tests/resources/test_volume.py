# SPDX-License-Identifier: Apache-2.0
"""A volume: what is sent, and how far it is."""

from __future__ import annotations

import msgspec
import pytest

from stackloom.cloud.kind import Progress
from stackloom.resources.block_storage.volume import KIND, NewVolume, VolumeChange, VolumeState

_ANSWER = {
    "id": "d-1",
    "status": "in-use",
    "size": 1,
    "availability_zone": "nova",
    "created_at": "2026-11-24T07:30:59.491067",
    "updated_at": None,
    "name": "data",
    "description": None,
    "volume_type": "__DEFAULT__",
    "snapshot_id": None,
    "source_volid": None,
    "metadata": {"a": "b"},
    "bootable": "false",
    "attachments": [{"server_id": "v-1", "device": "/dev/vdb", "attachment_id": "a-1"}],
    "os-vol-tenant-attr:tenant_id": "p-1",
    "consumes_quota": True,
}


def test_cinders_answer_is_read() -> None:
    """Names with colons, nulls and fields of newer clouds are no trouble."""
    state = msgspec.convert(_ANSWER, VolumeState)
    assert [column.value(state) for column in KIND.columns] == [
        *("d-1", "data", "in-use", 1, ["v-1 on /dev/vdb"])
    ]
    assert [column.value(state) for column in KIND.long_columns] == [
        *("__DEFAULT__", "false", {"a": "b"})
    ]
    assert state.project_id == "p-1"


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("creating", Progress.WAITING),
        ("downloading", Progress.WAITING),
        ("available", Progress.READY),
        ("in-use", Progress.READY),
        ("error", Progress.FAILED),
        ("error_deleting", Progress.FAILED),
    ],
)
def test_a_status_says_how_far_it_is(status: str, progress: Progress) -> None:
    """And what went wrong is told by the status alone."""
    state = VolumeState(id="d-1", status=status)
    assert KIND.progress(state) is progress
    assert KIND.failure(state) == f"its status is {status}"


def test_hints_stand_beside_the_volume() -> None:
    """Cinder takes them outside of the object."""
    new = NewVolume(name="data", size=1, image_id="i-1", scheduler_hints={"same_host": "d-2"})
    assert KIND.wrap(new) == {
        "volume": {"name": "data", "size": 1, "imageRef": "i-1"},
        "OS-SCH-HNT:scheduler_hints": {"same_host": "d-2"},
    }
    assert KIND.wrap(NewVolume(size=1)) == {"volume": {"size": 1}}
    assert KIND.wrap(VolumeChange(name="other")) == {"volume": {"name": "other"}}
