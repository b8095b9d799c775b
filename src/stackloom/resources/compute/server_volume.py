# SPDX-License-Identifier: Apache-2.0
"""A volume as a server has it: Nova's side of an attachment. Made by ``server add volume``.

In a scenario it is read off the lists of servers and volumes, and is ours when both are, of one
scenario; the volume that a server boots from is none. Its identity is that pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Ids,
    Kind,
    Listed,
    Progress,
    Reference,
    State,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Badge, Part
from stackloom.resources.compute._server_spec import BOOT_KEY, MARK_KEY
from stackloom.resources.compute._server_volume import ServerVolumeSpec


class NewServerVolume(Body, frozen=True, kw_only=True):
    """What can be said when a volume is attached.

    Source: nova/api/openstack/compute/schemas/volume_attachment.py, 34.0.0.
    """

    volume_id: str = msgspec.field(name="volumeId")
    device: str | UnsetType = UNSET
    tag: str | UnsetType = UNSET
    delete_on_termination: bool | UnsetType = UNSET


class ServerVolumeState(State, frozen=True, kw_only=True):
    """What Nova tells of an attachment; it is known by the volume's id.

    Attributes:
        is_attached: whether Cinder has it so as well; None where it was not asked.
        server_mark, volume_mark: of those whose it is.
    """

    device: str | None = None
    server_id: str = msgspec.field(name="serverId", default="")
    volume_id: str = msgspec.field(name="volumeId", default="")
    tag: str | None = None
    delete_on_termination: bool = False
    attachment_id: str | None = None
    bdm_uuid: str | None = None
    is_attached: bool | None = None
    server_mark: Mark | None = None
    volume_mark: Mark | None = None


def _with_id(answer: Any) -> Any:
    return {**answer, "id": answer["volumeId"]}


def _derive(listed: Listed) -> list[ServerVolumeState]:
    """Read attachments off servers and volumes; ``id`` is ``server id/volume id``."""
    volumes = {volume.id: volume for volume in listed.get("volume", ())}
    return [
        _state(server, volumes[attached.id], delete_on_termination=attached.delete_on_termination)
        for server in listed.get("server", ())
        for attached in server.volumes
        if attached.id in volumes and attached.id != _booted_from(server)
    ]


def _booted_from(server: Any) -> str:
    """Return the id of the volume that a server boots from; Nova lists it first."""
    if server.image_id or not server.volumes:
        return ""
    noted = server.metadata.get(BOOT_KEY)
    is_known = noted in {volume.id for volume in server.volumes}
    return str(noted if is_known else server.volumes[0].id)


def _state(server: Any, volume: Any, *, delete_on_termination: bool) -> ServerVolumeState:
    here = [each for each in volume.attachments if each.server_id == server.id]
    return ServerVolumeState(
        id=f"{server.id}/{volume.id}",
        name=volume.name,
        server_id=server.id,
        volume_id=volume.id,
        device=here[0].device if here else None,
        delete_on_termination=delete_on_termination,
        is_attached=bool(here),
        server_mark=read_mark(server.metadata.get(MARK_KEY)),
        volume_mark=read_mark(volume.metadata.get(MARK_KEY)),
    )


def _mark(state: ServerVolumeState, _listed: Listed) -> Mark | None:
    server, volume = state.server_mark, state.volume_mark
    if server is None or volume is None or server.scenario != volume.scenario:
        return None
    spec = ServerVolumeSpec(server=server.address.name, volume=volume.address.name)
    return Mark(server.scenario, spec.address)


def _create(_address: Address, spec: ServerVolumeSpec, _mark: Mark, ids: Ids) -> Call:
    path = f"/v2.1/servers/{ids('server', spec.server)}/os-volume_attachments"
    body = {"volumeAttachment": {"volumeId": ids("volume", spec.volume)}}
    return Call(method="POST", path=path, body=body)


def _made(answer: Mapping[str, Any], _call: Call) -> ServerVolumeState:
    """Read ``{"volumeAttachment": {"serverId", "volumeId", "device", ...}}``: the rest follows."""
    fields = answer["volumeAttachment"]
    server, volume = fields["serverId"], fields["volumeId"]
    return ServerVolumeState(
        id=f"{server}/{volume}",
        server_id=server,
        volume_id=volume,
        device=fields.get("device"),
        is_attached=False,
    )


def _delete(state: ServerVolumeState) -> Call:
    path = f"/v2.1/servers/{state.server_id}/os-volume_attachments/{state.volume_id}"
    return Call(method="DELETE", path=path)


def _sketch(state: ServerVolumeState) -> Iterator[Part]:
    note = state.device or ""
    yield Badge(on=state.server_id, key=state.volume_id, sort="volume", note=note)


def _sketch_spec(_address: Address, spec: ServerVolumeSpec, _declared: Declared) -> Iterator[Part]:
    yield Badge(on=f"server.{spec.server}", key=f"volume.{spec.volume}", sort="volume")


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
    has_own_list=False,
    derive=_derive,
    derived_from=("server", "volume"),
    mark=_mark,
    progress=lambda state: Progress.WAITING if state.is_attached is False else Progress.READY,
    leaves_late=True,
    declaration=Declaration(
        spec=ServerVolumeSpec,
        references=lambda spec: [
            Reference(kind="server", name=spec.server, place=("server",)),
            Reference(kind="volume", name=spec.volume, place=("volume",)),
        ],
        create=_create,
        made=_made,
        # Its fields are its identity: where it exists, it is as it should be.
        compare=lambda _address, _spec, _state, _mark, _ids: (),
        delete=_delete,
        needs=lambda state: [state.server_id, state.volume_id],
        leaves_with=lambda state: state.server_id,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
