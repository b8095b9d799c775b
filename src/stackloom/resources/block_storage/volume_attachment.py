# SPDX-License-Identifier: Apache-2.0
"""An attachment of Cinder: its own side of a volume's being attached somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewVolumeAttachment(Body, frozen=True, kw_only=True):
    """What can be said when a volume is reserved for a server.

    Source: cinder/api/schemas/attachments.py, ``create_v354``, 29.0.0.
    """

    volume_id: str = msgspec.field(name="volume_uuid")
    server_id: str | UnsetType = msgspec.field(name="instance_uuid", default=UNSET)
    connector: Mapping[str, Any] | UnsetType = UNSET
    mode: str | UnsetType = UNSET


class VolumeAttachmentChange(Body, frozen=True, kw_only=True):
    """What can be changed of an attachment: where it leads."""

    connector: Mapping[str, Any]


class VolumeAttachmentState(State, frozen=True, kw_only=True):
    """What Cinder tells of an attachment; how to connect stays with the services."""

    status: str = ""
    volume_id: str = ""
    instance: str | None = None
    attach_mode: str | None = None
    attached_at: str | None = None
    detached_at: str | None = None


KIND = Kind(
    name="volume_attachment",
    plural="attachments",
    key="attachment",
    service="block-storage",
    path="/v3/attachments",
    list_path="/v3/attachments/detail",
    state=VolumeAttachmentState,
    new=NewVolumeAttachment,
    change=VolumeAttachmentChange,
    # There from 3.27 on (Ocata, 2017); 3.54 takes a mode.
    microversion="3.27",
    newest_microversion="3.71",
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Volume ID", value=lambda state: state.volume_id),
        Column(title="Server ID", value=lambda state: state.instance),
        Column(title="Status", value=lambda state: state.status),
    ),
)
