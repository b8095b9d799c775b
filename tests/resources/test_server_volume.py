# SPDX-License-Identifier: Apache-2.0
"""Nova's side of an attachment is known by the volume's id."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.server_volume import KIND, NewServerVolume, ServerVolumeState


def test_novas_answer_is_read() -> None:
    """From 2.89 on it has no id of its own any more."""
    answer = {
        "device": "/dev/vdb",
        "serverId": "v-1",
        "volumeId": "d-1",
        "tag": None,
        "delete_on_termination": True,
        "attachment_id": "a-1",
        "bdm_uuid": "b-1",
    }
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(answer), ServerVolumeState)
    assert state.id == "d-1"
    assert [column.value(state) for column in KIND.columns] == [
        *("/dev/vdb", "v-1", "d-1", None, True, "a-1", "b-1")
    ]


def test_a_volume_is_named_as_nova_spells_it() -> None:
    """And what is not said is left out."""
    assert msgspec.to_builtins(NewServerVolume(volume_id="d-1")) == {"volumeId": "d-1"}
