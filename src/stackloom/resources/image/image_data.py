# SPDX-License-Identifier: Apache-2.0
"""The data of an image: uploaded from here, or fetched by Glance itself.

It is a side of the image that comes by a request of its own. Glance takes it once: what is there
cannot be changed, and goes with the image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Difference,
    Ids,
    Kind,
    Listed,
    Progress,
    Reference,
    State,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.resources.image._image_data import ImageDataSpec
from stackloom.resources.image.image import KIND as IMAGE


class ImageDataState(State, frozen=True, kw_only=True):
    """How far the data of an image is; ``id`` is ``image id/data``.

    Attributes:
        image_id: the image's own.
        status: the image's: ``queued`` until data comes, ``active`` once it is there.
        size: in bytes.
        failed_import: the stores into which Glance could not fetch it.
        marked: the image's mark.
    """

    image_id: str = ""
    status: str = ""
    size: int | None = None
    failed_import: str = ""
    marked: Mark | None = None


def _derive(listed: Listed) -> list[ImageDataState]:
    return [
        ImageDataState(
            id=f"{image.id}/data",
            image_id=image.id,
            name=image.name,
            status=image.status,
            size=image.size,
            failed_import=image.properties.get("os_glance_failed_import") or "",
            marked=IMAGE.mark(image, listed),
        )
        for image in listed.get("image", ())
    ]


def _mark(state: ImageDataState, _listed: Listed) -> Mark | None:
    mark = state.marked
    return Mark(mark.scenario, Address("image_data", mark.address.name)) if mark else None


def _compare(
    _address: Address, spec: ImageDataSpec, state: ImageDataState, _mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    if state.status == "queued":
        yield Difference(
            field="file" if spec.file else "url", have=None, want=spec.file or spec.url
        )


def _update(state: ImageDataState, changes: Sequence[Difference]) -> list[Call]:
    """Upload the file, or have Glance fetch the data.

    Source: glance/api/v2/image_data.py, ``upload``; glance/api/v2/images.py, ``import_image``,
    33.0.0.
    """
    (change,) = changes
    path = f"/v2/images/{state.image_id}"
    if change.field == "file":
        return [Call(method="PUT", path=f"{path}/file", file=str(change.want))]
    body = {"method": {"name": "web-download", "uri": change.want}}
    return [Call(method="POST", path=f"{path}/import", body=body)]


def _progress(state: ImageDataState) -> Progress:
    if state.failed_import or state.status in {"killed", "deleted", "pending_delete"}:
        return Progress.FAILED
    return Progress.READY if state.status in {"active", "deactivated"} else Progress.WAITING


def _failure(state: ImageDataState) -> str:
    if state.failed_import:
        return f"Glance could not fetch the data into {state.failed_import}"
    return f"the image's status is {state.status}"


KIND = Kind(
    name="image_data",
    plural="image_data",
    service="image",
    path="/v2/images",
    state=ImageDataState,
    has_own_list=False,
    derive=_derive,
    derived_from=("image",),
    mark=_mark,
    progress=_progress,
    failure=_failure,
    declaration=Declaration(
        spec=ImageDataSpec,
        references=lambda spec: [Reference(kind="image", name=spec.image, place=("image",))],
        facet_of="image",
        part_of="image",
        compare=_compare,
        update=_update,
        # Data cannot be taken out of an image; it goes with it.
        at_rest=lambda _state: True,
        leaves_with=lambda state: state.image_id,
    ),
)
