# SPDX-License-Identifier: Apache-2.0
"""A member of an image is known by the project's id."""

from __future__ import annotations

import msgspec

from stackloom.resources.image.image_member import (
    KIND,
    ImageMemberChange,
    ImageMemberState,
    NewImageMember,
)


def test_glances_answer_is_read() -> None:
    """Its id is that of the project."""
    answer = {
        "member_id": "p-2",
        "image_id": "i-1",
        "status": "pending",
        "created_at": "2026-11-24T07:00:00Z",
        "updated_at": "2026-11-24T07:00:00Z",
        "schema": "/v2/schemas/member",
    }
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(answer), ImageMemberState)
    assert state.id == "p-2"
    assert [column.value(state) for column in KIND.columns] == ["i-1", "p-2", "pending"]


def test_it_is_made_and_answered() -> None:
    """The owner adds a project; the project says what it thinks of it."""
    assert msgspec.to_builtins(NewImageMember(project_id="p-2")) == {"member": "p-2"}
    assert msgspec.to_builtins(KIND.patch(ImageMemberChange(status="accepted"))) == {
        "status": "accepted"
    }
    assert KIND.under("i-1").path == "/v2/images/i-1/members"
