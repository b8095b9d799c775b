# SPDX-License-Identifier: Apache-2.0
"""An image of Glance: what servers boot from. In scenarios only looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, Progress, State


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
    if state.status in {"killed", "deleted", "pending_delete"}:
        return Progress.FAILED
    if state.status == "queued" and state.properties.get("os_glance_failed_import"):
        return Progress.FAILED
    return Progress.READY if state.status in {"active", "deactivated"} else Progress.WAITING


def _failure(state: ImageState) -> str:
    stores = state.properties.get("os_glance_failed_import")
    return f"the import into {stores} failed" if stores else f"its status is {state.status}"


KIND = Kind(
    name="image",
    plural="images",
    service="image",
    path="/v2/images",
    state=ImageState,
    wrapped=False,
    new=NewImage,
    change=ImageChange,
    update_method="PATCH",
    json_patch="application/openstack-images-v2.1-json-patch",
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
)
