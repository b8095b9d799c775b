# SPDX-License-Identifier: Apache-2.0
"""The data of an image: a side of it that comes once and goes with it."""

from __future__ import annotations

import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Declaration, Difference, Progress, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.resources.image._image_data import ImageDataSpec
from stackloom.resources.image.image import ImageState
from stackloom.resources.image.image_data import KIND, ImageDataState

_MINE = Address("image_data", "mine")
_MARK = Mark("s", _MINE)
_QUEUED = ImageDataState(id="i-1/data", image_id="i-1", name="mine", status="queued")


def _declaration() -> Declaration[ImageDataSpec, ImageDataState]:
    assert KIND.declaration is not None
    return KIND.declaration


def test_each_image_has_it() -> None:
    """Its mark is the image's, under its own kind; it needs no request to be seen or to leave."""
    ours = ImageState(
        id="i-1",
        name="mine",
        status="active",
        size=7,
        properties={"stackloom": "stackloom://s/image.mine"},
    )
    others = ImageState(
        id="i-2", name="theirs", status="queued", properties={"os_glance_failed_import": "local"}
    )
    assert KIND.derive is not None
    states = KIND.derive({"image": [ours, others]})
    assert states == [
        ImageDataState(
            id="i-1/data",
            image_id="i-1",
            name="mine",
            status="active",
            size=7,
            marked=Mark("s", Address("image", "mine")),
        ),
        ImageDataState(
            id="i-2/data", image_id="i-2", name="theirs", status="queued", failed_import="local"
        ),
    ]
    assert [KIND.mark(state, {}) for state in states] == [_MARK, None]
    assert [_declaration().at_rest(state) for state in states] == [True, True]
    assert [_declaration().leaves_with(state) for state in states] == ["i-1", "i-2"]
    assert KIND.derive({}) == []


def test_it_is_brought_where_there_is_none(ids: FakeIds) -> None:
    """From a file here or a URL there; on its way, or there, nothing is sent."""
    from_file = ImageDataSpec(image="mine", file="/images/mine.qcow2")
    from_url = ImageDataSpec(image="mine", url="https://images.test/mine")
    compare = _declaration().compare
    (file,) = compare(_MINE, from_file, _QUEUED, _MARK, ids)
    assert file == Difference(field="file", have=None, want="/images/mine.qcow2")
    assert KIND.update_calls(_QUEUED, [file]) == [
        Call(method="PUT", path="/v2/images/i-1/file", file="/images/mine.qcow2")
    ]
    (url,) = compare(_MINE, from_url, _QUEUED, _MARK, ids)
    assert url == Difference(field="url", have=None, want="https://images.test/mine")
    assert KIND.update_calls(_QUEUED, [url]) == [
        Call(
            method="POST",
            path="/v2/images/i-1/import",
            body={"method": {"name": "web-download", "uri": "https://images.test/mine"}},
        )
    ]
    for status in ("saving", "importing", "active"):
        state = ImageDataState(id="i-1", status=status)
        assert list(compare(_MINE, from_file, state, _MARK, ids)) == []


@pytest.mark.parametrize(
    ("state", "progress", "failure"),
    [
        (_QUEUED, Progress.WAITING, "the image's status is queued"),
        (
            ImageDataState(id="i-1", status="active"),
            Progress.READY,
            "the image's status is active",
        ),
        (
            ImageDataState(id="i-1", status="queued", failed_import="local"),
            Progress.FAILED,
            "Glance could not fetch the data into local",
        ),
        (
            ImageDataState(id="i-1", status="killed"),
            Progress.FAILED,
            "the image's status is killed",
        ),
    ],
)
def test_it_is_awaited(state: ImageDataState, progress: Progress, failure: str) -> None:
    """Until the image is active; who waits for the image as a whole waits for this."""
    assert KIND.progress(state) is progress
    assert KIND.failure(state) == failure
    assert _declaration().part_of == "image"
    assert list(_declaration().references(ImageDataSpec(image="mine"))) == [
        Reference(kind="image", name="mine", place=("image",))
    ]
