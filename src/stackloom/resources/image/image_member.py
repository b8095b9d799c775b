# SPDX-License-Identifier: Apache-2.0
"""A member of an image: a project that a shared image is shared with."""

from __future__ import annotations

from typing import Any

import msgspec

from stackloom.cloud.kind import Body, Column, Kind, State


class NewImageMember(Body, frozen=True, kw_only=True):
    """Whom it is shared with.

    Source: glance/api/v2/image_members.py, 33.0.0.
    """

    project_id: str = msgspec.field(name="member")


class ImageMemberChange(Body, frozen=True, kw_only=True):
    """What the project says to it: ``accepted``, ``rejected`` or ``pending``."""

    status: str


class ImageMemberState(State, frozen=True, kw_only=True):
    """What Glance tells of a member; it is known by the project's id."""

    image_id: str = ""
    status: str = ""
    created_at: str = ""
    updated_at: str = ""


def _with_id(answer: Any) -> Any:
    return {**answer, "id": answer["member_id"]}


KIND = Kind(
    name="image_member",
    plural="members",
    parent="image.image",
    service="image",
    path="/v2/images/{parent}/members",
    state=ImageMemberState,
    wrapped=False,
    new=NewImageMember,
    change=ImageMemberChange,
    reshape=_with_id,
    has_name=False,
    columns=(
        Column(title="Image ID", value=lambda state: state.image_id),
        Column(title="Member ID", value=lambda state: state.id),
        Column(title="Status", value=lambda state: state.status),
    ),
)
