# SPDX-License-Identifier: Apache-2.0
"""An attachment: what is sent, and what Cinder answers."""

from __future__ import annotations

import msgspec

from stackloom.resources.block_storage.volume_attachment import (
    KIND,
    NewVolumeAttachment,
    VolumeAttachmentState,
)


def test_cinders_answer_is_read() -> None:
    """Names with colons and nulls are no trouble."""
    answer: dict[str, object] = {
        "id": "a-1",
        "status": "reserved",
        "instance": "v-1",
        "volume_id": "d-1",
        "attached_at": "",
        "detached_at": "",
        "attach_mode": "null",
        "connection_info": {},
    }
    state = msgspec.convert(answer, VolumeAttachmentState)
    assert [column.value(state) for column in KIND.columns] == ["a-1", "d-1", "v-1", "reserved"]
    assert [column.value(state) for column in KIND.long_columns] == []


def test_what_is_not_said_is_left_out() -> None:
    """And what is said goes by Cinder's names."""
    assert msgspec.to_builtins(
        KIND.wrap(NewVolumeAttachment(volume_id="d-1", server_id="v-1"))
    ) == {"attachment": {"volume_uuid": "d-1", "instance_uuid": "v-1"}}
