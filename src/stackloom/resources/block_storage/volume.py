# SPDX-License-Identifier: Apache-2.0
"""A volume of Cinder: a disk that outlives servers. Its mark is in its metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Fault,
    Ids,
    Kind,
    Names,
    Progress,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Badge, Part

_MARK_KEY = "stackloom"
# What Cinder itself shows among the metadata (cinder/volume/api.py, ``get_volume_metadata``, and
# cinder/objects/volume.py, ``begin_attach``, 29.0.0).
_CINDERS_OWN = frozenset({"readonly", "attached_mode"})
# The type of those for which nobody named one (cinder/volume/volume_types.py, 29.0.0).
_DEFAULT_TYPE = "__DEFAULT__"


class VolumeSpec(Spec, frozen=True, kw_only=True):
    """A volume. It grows in place and changes its type in place; to shrink it replaces it.

    Attributes:
        size: in GiB; without it as large as the snapshot.
        image: what its bytes are copied from: of the scenario or the cloud, name or id.
        snapshot: the same; name or id, looked up in the cloud.
        metadata: where it is given, what else there is is taken away.
    """

    size: int | UnsetType = UNSET
    volume_type: str = ""
    image: str = ""
    snapshot: str = ""
    description: str | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET
    availability_zone: str = ""


class NewVolume(Body, frozen=True, kw_only=True):
    """What can be said when a volume is made; ``size`` in GiB.

    ``size`` may be left out where it is made of a snapshot, a volume or a backup.

    Source: cinder/api/schemas/volumes.py, ``create_volume_v347``, 29.0.0.
    """

    name: str | UnsetType = UNSET
    size: int | UnsetType = UNSET
    description: str | UnsetType = UNSET
    volume_type: str | UnsetType = UNSET
    image_id: str | UnsetType = msgspec.field(name="imageRef", default=UNSET)
    snapshot_id: str | UnsetType = UNSET
    source_id: str | UnsetType = msgspec.field(name="source_volid", default=UNSET)
    backup_id: str | UnsetType = UNSET
    availability_zone: str | UnsetType = UNSET
    consistency_group_id: str | UnsetType = msgspec.field(name="consistencygroup_id", default=UNSET)
    metadata: Mapping[str, str] | UnsetType = UNSET
    scheduler_hints: Mapping[str, Any] | UnsetType = msgspec.field(
        name="OS-SCH-HNT:scheduler_hints", default=UNSET
    )


class VolumeChange(Body, frozen=True, kw_only=True):
    """What can be changed of a volume by PUT; all else is an action."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    metadata: Mapping[str, str] | UnsetType = UNSET


class _Attached(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is attached."""

    server_id: str | None = None
    device: str | None = None
    attachment_id: str | None = None
    host_name: str | None = None


class VolumeState(State, frozen=True, kw_only=True):
    """What Cinder tells of a volume; ``size`` in GiB."""

    status: str = ""
    size: int = 0
    volume_type: str | None = None
    bootable: str = "false"
    encrypted: bool = False
    multiattach: bool = False
    availability_zone: str | None = None
    attachments: tuple[_Attached, ...] = ()
    metadata: Mapping[str, Any] = {}
    image_metadata: Mapping[str, Any] | None = msgspec.field(
        name="volume_image_metadata", default=None
    )
    snapshot_id: str | None = None
    source_id: str | None = msgspec.field(name="source_volid", default=None)
    consistency_group_id: str | None = msgspec.field(name="consistencygroup_id", default=None)
    replication_status: str | None = None
    project_id: str = msgspec.field(name="os-vol-tenant-attr:tenant_id", default="")
    host: str | None = msgspec.field(name="os-vol-host-attr:host", default=None)
    user_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


def _progress(state: VolumeState) -> Progress:
    if state.status.startswith("error"):
        return Progress.FAILED
    return Progress.READY if state.status in {"available", "in-use"} else Progress.WAITING


def _references(spec: VolumeSpec) -> Iterator[Reference]:
    if spec.image:  # with its data, so that there is something to copy
        yield Reference(kind="image", name=spec.image, place=("image",), declared=False, whole=True)
    if spec.snapshot:
        yield Reference(
            kind="volume_snapshot", name=spec.snapshot, place=("snapshot",), declared=False
        )
    if spec.volume_type:
        yield Reference(
            kind="volume_type", name=spec.volume_type, place=("volume_type",), declared=False
        )


def _faults(spec: VolumeSpec) -> Iterator[Fault]:
    if spec.size is UNSET and not spec.snapshot:
        message = "a volume needs a size"
        yield Fault(place=(), message=message, hint="in GiB: size: 10")
    elif spec.size is not UNSET and spec.size < 1:
        yield Fault(place=("size",), message="a volume has at least 1 GiB")
    if spec.image and spec.snapshot:
        message = "a volume is copied from an image or from a snapshot, not from both"
        yield Fault(place=("snapshot",), message=message)
    if spec.metadata is not UNSET and _MARK_KEY in spec.metadata:
        message = f'the metadata key "{_MARK_KEY}" is where stackloom keeps its mark'
        yield Fault(place=("metadata", _MARK_KEY), message=message, hint="choose another key")


def _create(address: Address, spec: VolumeSpec, mark: Mark, ids: Ids) -> Call:
    body: dict[str, Any] = {"name": address.name, "metadata": _marked(spec, mark)}
    if spec.size is not UNSET:
        body["size"] = spec.size
    if spec.volume_type:
        body["volume_type"] = ids("volume_type", spec.volume_type)
    if spec.image:
        body["imageRef"] = ids("image", spec.image)
    if spec.snapshot:
        body["snapshot_id"] = ids("volume_snapshot", spec.snapshot)
    if spec.description is not UNSET:
        body["description"] = spec.description
    if spec.availability_zone:
        body["availability_zone"] = spec.availability_zone
    return Call(method="POST", path=_PATH, body={"volume": body})


def _marked(spec: VolumeSpec, mark: Mark) -> dict[str, str]:
    return {**(spec.metadata or {}), _MARK_KEY: str(mark)}


def _compare(
    address: Address, spec: VolumeSpec, state: VolumeState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    if state.status == "error":
        yield Difference(field="status", have="error", want="available", in_place=False)
    # Cinder notes the image once its data has been copied.
    is_copied = state.status not in {"creating", "downloading"}
    image = ids("image", spec.image) if spec.image and is_copied else UNSET
    snapshot = ids("volume_snapshot", spec.snapshot) if spec.snapshot else UNSET
    yield from differences(
        [
            ("image", (state.image_metadata or {}).get("image_id"), image, False),
            ("snapshot", state.snapshot_id, snapshot, False),
            (
                "availability_zone",
                state.availability_zone,
                spec.availability_zone or UNSET,
                False,
            ),
            ("name", state.name, address.name, True),
            ("description", state.description or "", spec.description, True),
            ("size", state.size, spec.size, spec.size is UNSET or spec.size > state.size),
            ("volume_type", state.volume_type, _type_name(spec, ids), True),
            ("metadata", _own_metadata(state), _wanted_metadata(spec, state, mark), True),
        ]
    )


def _type_name(spec: VolumeSpec, ids: Ids) -> str | UnsetType:
    """Return what Cinder calls its type; it tells the name, never the id."""
    return ids.cloud_name("volume_type", spec.volume_type) if spec.volume_type else UNSET


def _own_metadata(state: VolumeState) -> dict[str, Any]:
    return {key: value for key, value in state.metadata.items() if key not in _CINDERS_OWN}


def _wanted_metadata(spec: VolumeSpec, state: VolumeState, mark: Mark) -> dict[str, Any]:
    kept = _own_metadata(state) if spec.metadata is UNSET else {}
    return {**kept, **_marked(spec, mark)}


def _needs(state: VolumeState) -> Iterator[str]:
    """Yield its image: a store that shares blocks, as Ceph does, keeps it while it is in use."""
    if image_id := (state.image_metadata or {}).get("image_id"):
        yield image_id


def _update(state: VolumeState, changes: Sequence[Difference]) -> list[Call]:
    """Return what can be sent at once: a volume that grows cannot change its type meanwhile."""
    fields = {change.field: change.want for change in changes}
    member = f"{_PATH}/{state.id}"
    calls = []
    if plain := {name: fields[name] for name in ("name", "description") if name in fields}:
        calls.append(Call(method="PUT", path=member, body={"volume": plain}))
    if "metadata" in fields:
        body = {"metadata": fields["metadata"]}
        calls.append(Call(method="PUT", path=f"{member}/metadata", body=body))
    if "size" in fields:
        calls.append(_action(member, "os-extend", {"new_size": fields["size"]}))
    elif "volume_type" in fields:
        wanted = {"new_type": fields["volume_type"], "migration_policy": "on-demand"}
        calls.append(_action(member, "os-retype", wanted))
    return calls


def _action(member: str, name: str, wanted: Mapping[str, object]) -> Call:
    return Call(method="POST", path=f"{member}/action", body={name: wanted})


def _adopt(state: VolumeState, mark: Mark) -> Call:
    body = {"metadata": {_MARK_KEY: str(mark)}}
    return Call(method="POST", path=f"{_PATH}/{state.id}/metadata", body=body)


def _capture(state: VolumeState, names: Names) -> dict[str, Any]:
    metadata = {key: value for key, value in _own_metadata(state).items() if key != _MARK_KEY}
    image_id = (state.image_metadata or {}).get("image_id")
    snapshot_id = state.snapshot_id
    volume_type = "" if state.volume_type == _DEFAULT_TYPE else state.volume_type
    entry = {
        "size": state.size,
        "volume_type": volume_type,
        "image": names.outside("image", image_id) if image_id else "",
        "snapshot": names.outside("volume_snapshot", snapshot_id) if snapshot_id else "",
        "description": state.description,
        "metadata": metadata,
    }
    return {name: value for name, value in entry.items() if value}


def _sketch(state: VolumeState) -> Iterator[Part]:
    yield Badge(
        on="",
        key=state.id,
        sort="volume",
        label=state.name or state.id,
        note=f"{state.size} GiB" if state.size else "",
        status=state.status,
    )


def _sketch_spec(address: Address, spec: VolumeSpec, _declared: Declared) -> Iterator[Part]:
    note = "" if spec.size is UNSET else f"{spec.size} GiB"
    yield Badge(on="", key=str(address), sort="volume", label=address.name, note=note)


_PATH = "/v3/volumes"

KIND = Kind(
    name="volume",
    plural="volumes",
    service="block-storage",
    path=_PATH,
    list_path="/v3/volumes/detail",
    state=VolumeState,
    new=NewVolume,
    change=VolumeChange,
    beside=("OS-SCH-HNT:scheduler_hints",),
    # 3.47 makes one of a backup (Queens, 2018).
    microversion="3.0",
    newest_microversion="3.71",
    progress=_progress,
    failure=lambda state: f"its status is {state.status}",
    leaves_late=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
        Column(title="Size", value=lambda state: state.size),
        Column(
            title="Attached to",
            value=lambda state: [
                f"{each.server_id} on {each.device}" for each in state.attachments
            ],
        ),
    ),
    long_columns=(
        Column(title="Type", value=lambda state: state.volume_type),
        Column(title="Bootable", value=lambda state: state.bootable),
        Column(title="Properties", value=lambda state: state.metadata),
    ),
    mark=lambda state, _listed: read_mark(state.metadata.get(_MARK_KEY)),
    declaration=Declaration(
        spec=VolumeSpec,
        section="volumes",
        references=_references,
        faults=_faults,
        create=_create,
        compare=_compare,
        update=_update,
        takes_time=("size", "volume_type"),
        needs=_needs,
        consumes=lambda spec, _ids: {
            "volume.volumes": 1,
            **({} if spec.size is UNSET else {"volume.gigabytes": spec.size}),
        },
        adopt=_adopt,
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
