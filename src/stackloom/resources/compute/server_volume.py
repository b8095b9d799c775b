# SPDX-License-Identifier: Apache-2.0
"""A volume as a server has it: Nova's side of an attachment. Made by ``server add volume``."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewServerVolume(Body, frozen=True, kw_only=True):
    """What can be said when a volume is attached.

    Source: nova/api/openstack/compute/schemas/volume_attachment.py, 34.0.0.
    """

    volume_id: str = msgspec.field(name="volumeId")
    device: str | UnsetType = UNSET
    tag: str | UnsetType = UNSET
    delete_on_termination: bool | UnsetType = UNSET


class ServerVolumeState(State, frozen=True, kw_only=True):
    """What Nova tells of an attachment; it is known by the volume's id."""

    device: str | None = None
    server_id: str = msgspec.field(name="serverId", default="")
    volume_id: str = msgspec.field(name="volumeId", default="")
    tag: str | None = None
    delete_on_termination: bool = False
    attachment_id: str | None = None
    bdm_uuid: str | None = None


def _with_id(answer: Any) -> Any:
    return {**answer, "id": answer["volumeId"]}


KIND = Kind(
    name="server_volume",
    plural="volumeAttachments",
    key="volumeAttachment",
    parent="compute.server",
    service="compute",
    path="/v2.1/servers/{parent}/os-volume_attachments",
    state=ServerVolumeState,
    reshape=_with_id,
    new=NewServerVolume,
    # 2.79 tells whether it goes with the server; up to 2.100 the answer to POST has a body.
    microversion="2.79",
    newest_microversion="2.100",
    has_name=False,
    columns=(
        Column(title="Device", value=lambda state: state.device),
        Column(title="Server ID", value=lambda state: state.server_id),
        Column(title="Volume ID", value=lambda state: state.volume_id),
        Column(title="Tag", value=lambda state: state.tag),
        Column(title="Delete On Termination?", value=lambda state: state.delete_on_termination),
        Column(title="Attachment ID", value=lambda state: state.attachment_id),
        Column(title="BlockDeviceMapping UUID", value=lambda state: state.bdm_uuid),
    ),
)
