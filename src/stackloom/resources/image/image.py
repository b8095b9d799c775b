# SPDX-License-Identifier: Apache-2.0
"""An image of Glance: what servers boot from. Its mark is in a property.

Its data is a side of its own, for it comes by another request: see ``image_data``.
"""

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
    Progress,
    Requirement,
    Spec,
    State,
    differences,
    pointer,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.resources.image._image_data import ImageDataSpec

_MARK_KEY = "stackloom"
_PATCH_TYPE = "application/openstack-images-v2.1-json-patch"
# glance/domain/__init__.py, ``valid_state_targets``: from these none comes back, 33.0.0.
_LOST = frozenset({"killed", "deleted", "pending_delete"})


class ImageSpec(Spec, frozen=True, kw_only=True):
    """An image. Whether its data is still that of the file is not looked at; a new name uploads it.

    Attributes:
        file: the path of its data on this machine, relative to the scenario's file.
        url: where the cloud fetches its data from, in place of ``file``.
        disk_format: such as ``qcow2`` or ``raw``; to change it replaces the image.
        visibility: ``shared``, which it is anyway, ``private``, ``community`` or ``public``, which
            only administrators may say.
        min_disk: in GiB.
        min_ram: in MiB.
        properties: where they are given, what else there is is taken away.
    """

    disk_format: str
    container_format: str = "bare"
    file: str = ""
    url: str = ""
    visibility: str | UnsetType = UNSET
    min_disk: int | UnsetType = UNSET
    min_ram: int | UnsetType = UNSET
    properties: Mapping[str, str] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET


class NewImage(Body, frozen=True, kw_only=True):
    """What can be said when an image is made; ``min_disk`` in GiB, ``min_ram`` in MiB.

    Properties of any name stand beside these: see ``with_properties``. Its bytes come afterwards.

    Source: glance/api/v2/images.py, ``get_base_properties``, 33.0.0.
    """

    name: str
    id: str | UnsetType = UNSET
    container_format: str | UnsetType = UNSET
    disk_format: str | UnsetType = UNSET
    min_disk: int | UnsetType = UNSET
    min_ram: int | UnsetType = UNSET
    visibility: str | UnsetType = UNSET
    protected: bool | UnsetType = UNSET
    owner: str | UnsetType = UNSET
    hidden: bool | UnsetType = msgspec.field(name="os_hidden", default=UNSET)
    tags: tuple[str, ...] | UnsetType = UNSET


class ImageChange(Body, frozen=True, kw_only=True):
    """What can be changed of an image, each by one operation of a patch."""

    name: str | UnsetType = UNSET
    container_format: str | UnsetType = UNSET
    disk_format: str | UnsetType = UNSET
    min_disk: int | UnsetType = UNSET
    min_ram: int | UnsetType = UNSET
    visibility: str | UnsetType = UNSET
    protected: bool | UnsetType = UNSET
    owner: str | UnsetType = UNSET
    hidden: bool | UnsetType = msgspec.field(name="os_hidden", default=UNSET)
    tags: tuple[str, ...] | UnsetType = UNSET


class ImageState(State, frozen=True, kw_only=True):
    """What Glance tells of an image; ``min_disk`` in GiB, ``min_ram`` in MiB, ``size`` in bytes."""

    status: str = ""
    min_disk: int = 0
    min_ram: int = 0
    size: int | None = None
    virtual_size: int | None = None
    disk_format: str | None = None
    container_format: str | None = None
    visibility: str = ""
    protected: bool = False
    owner: str | None = None
    checksum: str | None = None
    hash_algorithm: str | None = msgspec.field(name="os_hash_algo", default=None)
    hash_value: str | None = msgspec.field(name="os_hash_value", default=None)
    hidden: bool = msgspec.field(name="os_hidden", default=False)
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    properties: Mapping[str, Any] = {}


# What Glance tells beside these, and is no property of the owner's.
_OWN = {*(field.encode_name for field in msgspec.structs.fields(ImageState))} - {"properties"}
_ABOUT = {"self", "file", "schema", "locations", "direct_url"}


def _gathered(answer: Any) -> Any:
    """Gather the properties, which Glance puts beside its own fields."""
    own = {name: value for name, value in answer.items() if name in _OWN}
    rest = {n: value for n, value in answer.items() if n not in _OWN and n not in _ABOUT}
    return {**own, "properties": rest}


def with_properties(new: NewImage, properties: Mapping[str, str]) -> dict[str, Any]:
    """Return the body that makes an image with properties of the owner's."""
    fields: dict[str, Any] = msgspec.to_builtins(new)
    return {**properties, **fields}


def _progress(state: ImageState) -> Progress:
    if state.status in _LOST:
        return Progress.FAILED
    if state.status == "queued" and state.properties.get("os_glance_failed_import"):
        return Progress.FAILED
    return Progress.READY if state.status in {"active", "deactivated"} else Progress.WAITING


def _failure(state: ImageState) -> str:
    stores = state.properties.get("os_glance_failed_import")
    return f"the import into {stores} failed" if stores else f"its status is {state.status}"


def _faults(spec: ImageSpec) -> Iterator[Fault]:
    if spec.file and spec.url:
        message = "an image gets its data from a file or from a URL, not from both"
        yield Fault(place=("url",), message=message)
    for name in spec.properties or ():
        if name == _MARK_KEY:
            message = f'the property "{_MARK_KEY}" is where stackloom keeps its mark'
            yield Fault(place=("properties", name), message=message, hint="choose another name")
        elif name in _OWN | _ABOUT:
            message = f'"{name}" is a field of images, not a property'
            yield Fault(place=("properties", name), message=message)


def _requires(spec: ImageSpec) -> Iterator[Requirement]:
    """Source: glance/policies/image.py, ``publicize_image``, 33.0.0."""
    if spec.visibility == "public":
        yield Requirement(place=("visibility",), admin=True)


def _expand(
    address: Address, spec: ImageSpec, _declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    if spec.file or spec.url:
        data = ImageDataSpec(image=address.name, file=spec.file, url=spec.url)
        yield Address("image_data", address.name), data


def _wanted(address: Address, spec: ImageSpec) -> dict[str, Any]:
    fields = {
        "name": address.name,
        "visibility": spec.visibility,
        "min_disk": spec.min_disk,
        "min_ram": spec.min_ram,
        "tags": spec.tags if spec.tags is UNSET else sorted(set(spec.tags)),
    }
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(address: Address, spec: ImageSpec, mark: Mark, _ids: Ids) -> Call:
    body = {
        **(spec.properties or {}),
        _MARK_KEY: str(mark),
        "disk_format": spec.disk_format,
        "container_format": spec.container_format,
        **_wanted(address, spec),
    }
    return Call(method="POST", path=_PATH, body=body)


def _made(answer: Mapping[str, Any], _call: Call) -> ImageState:
    return msgspec.convert(_gathered(answer), ImageState)


def _compare(
    address: Address, spec: ImageSpec, state: ImageState, mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    """Compare; the formats can be changed only before the data is there.

    Source: glance/api/v2/images.py, ``_do_replace``: 403 for those of an image that is not queued,
    33.0.0.
    """
    if state.status in _LOST:
        yield Difference(field="status", have=state.status, want="active", in_place=False)
    yield from differences(
        (name, getattr(state, name), getattr(spec, name), False)
        for name in ("disk_format", "container_format")
    )
    have = {**msgspec.structs.asdict(state), "tags": sorted(state.tags)}
    wanted = _wanted(address, spec)
    yield from differences((name, have[name], want, True) for name, want in wanted.items())
    yield from differences(
        [("properties", _owners(state), _wanted_properties(spec, state, mark), True)]
    )


def _owners(state: ImageState) -> dict[str, Any]:
    """Return the properties that are the owner's, not Glance's own."""
    return {name: value for name, value in state.properties.items() if not _is_glances(name)}


def _is_glances(name: str) -> bool:
    """Source: glance/api/v2/images.py, ``_reserved_properties`` and ``stores``, 33.0.0."""
    return name.startswith(("os_glance", "os_hash")) or name == "stores"


def _wanted_properties(spec: ImageSpec, state: ImageState, mark: Mark) -> dict[str, Any]:
    kept = _owners(state) if spec.properties is UNSET else spec.properties
    return {**kept, _MARK_KEY: str(mark)}


def _update(state: ImageState, changes: Sequence[Difference]) -> list[Call]:
    fields = {change.field: change.want for change in changes}
    properties: Any = fields.pop("properties", None)
    operations: list[dict[str, Any]] = []
    if properties is not None:
        gone = _owners(state).keys() - properties.keys()
        operations += [{"op": "remove", "path": f"/{pointer(name)}"} for name in sorted(gone)]
        new = {n: value for n, value in properties.items() if state.properties.get(n) != value}
        fields |= new
    for name, value in fields.items():
        operations.append({"op": "add", "path": f"/{pointer(name)}", "value": value})
    path = f"{_PATH}/{state.id}"
    return [Call(method="PATCH", path=path, body=operations, media_type=_PATCH_TYPE)]


def _adopt(state: ImageState, mark: Mark) -> Call:
    body = [{"op": "add", "path": f"/{_MARK_KEY}", "value": str(mark)}]
    path = f"{_PATH}/{state.id}"
    return Call(method="PATCH", path=path, body=body, media_type=_PATCH_TYPE)


def _made_so_far(state: ImageState) -> Progress:
    """An image that waits for data is all that its own request brings about."""
    return Progress.READY if state.status == "queued" else _progress(state)


_PATH = "/v2/images"

KIND = Kind(
    name="image",
    plural="images",
    service="image",
    path=_PATH,
    state=ImageState,
    # Public images of others may carry marks as well.
    project_query="owner",
    wrapped=False,
    new=NewImage,
    change=ImageChange,
    update_method="PATCH",
    json_patch=_PATCH_TYPE,
    reshape=_gathered,
    progress=_progress,
    failure=_failure,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
    ),
    long_columns=(
        Column(title="Disk Format", value=lambda state: state.disk_format),
        Column(title="Container Format", value=lambda state: state.container_format),
        Column(title="Size", value=lambda state: state.size),
        Column(title="Checksum", value=lambda state: state.checksum),
        Column(title="Visibility", value=lambda state: state.visibility),
        Column(title="Protected", value=lambda state: state.protected),
        Column(title="Project", value=lambda state: state.owner),
        Column(title="Hash Algorithm", value=lambda state: state.hash_algorithm),
        Column(title="Hash Value", value=lambda state: state.hash_value),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
    mark=lambda state, _listed: read_mark(state.properties.get(_MARK_KEY)),
    declaration=Declaration(
        spec=ImageSpec,
        section="images",
        faults=_faults,
        requires=_requires,
        expand=_expand,
        create=_create,
        made=_made,
        progress=_made_so_far,
        compare=_compare,
        update=_update,
        paths=("file",),
        adopt=_adopt,
    ),
)
