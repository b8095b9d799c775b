# SPDX-License-Identifier: Apache-2.0
"""An image: properties beside its fields, changes as operations."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Declaration, Difference, Place, Progress, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.resources.image._image_data import ImageDataSpec
from stackloom.resources.image.image import (
    KIND,
    ImageChange,
    ImageSpec,
    ImageState,
    NewImage,
    with_properties,
)


def _state(**changes: Any) -> ImageState:
    """Read an image as Glance answers it."""
    answer = {
        "id": "i-1",
        "name": None,
        "status": "queued",
        "size": None,
        "min_disk": 0,
        "min_ram": 0,
        "disk_format": "raw",
        "container_format": "bare",
        "visibility": "shared",
        "protected": False,
        "owner": "p-1",
        "checksum": None,
        "os_hash_algo": None,
        "os_hash_value": None,
        "os_hidden": False,
        "tags": ["t"],
        "os_distro": "debian",
        "self": "/v2/images/i-1",
        "file": "/v2/images/i-1/file",
        "schema": "/v2/schemas/image",
        **changes,
    }
    assert KIND.reshape is not None
    return msgspec.convert(KIND.reshape(answer), ImageState)


def test_a_list_shows_whether_it_is_usable() -> None:
    """Id, name and status of Glance's answer, whose name and size may be null."""
    state = _state()
    assert [column.value(state) for column in KIND.columns] == ["i-1", None, "queued"]
    assert [column.value(state) for column in KIND.long_columns] == [
        *("raw", "bare", None, None, "shared", False, "p-1", None, None, ["t"])
    ]


def test_properties_are_gathered() -> None:
    """Glance puts them beside its own fields; links are none."""
    assert _state().properties == {"os_distro": "debian"}


@pytest.mark.parametrize(
    ("changes", "progress"),
    [
        ({}, Progress.WAITING),
        ({"status": "importing"}, Progress.WAITING),
        ({"status": "active"}, Progress.READY),
        ({"status": "deactivated"}, Progress.READY),
        ({"status": "killed"}, Progress.FAILED),
        ({"os_glance_failed_import": ""}, Progress.WAITING),
        ({"os_glance_failed_import": "local"}, Progress.FAILED),
    ],
)
def test_a_status_says_how_far_it_is(changes: dict[str, Any], progress: Progress) -> None:
    """An import that failed leaves it queued, and says so in a property."""
    assert KIND.progress(_state(**changes)) is progress


def test_what_went_wrong_is_told() -> None:
    """The store that an import failed in, or the status."""
    assert KIND.failure(_state(os_glance_failed_import="local")) == ("the import into local failed")
    assert KIND.failure(_state(status="killed")) == "its status is killed"


def test_an_image_is_made_with_properties_beside_its_fields() -> None:
    """A property cannot take a field's place."""
    new = NewImage(name="debian", disk_format="qcow2", hidden=True)
    assert with_properties(new, {"os_distro": "debian", "name": "other"}) == {
        "os_distro": "debian",
        "name": "debian",
        "disk_format": "qcow2",
        "os_hidden": True,
    }


def test_a_change_is_a_list_of_operations() -> None:
    """Add replaces what is there; a name may hold what a pointer means otherwise."""
    assert KIND.patch(ImageChange(name="other", tags=("a", "b"))) == [
        {"op": "add", "path": "/name", "value": "other"},
        {"op": "add", "path": "/tags", "value": ("a", "b")},
    ]
    assert KIND.patch({"a/b~c": "d"}) == [{"op": "add", "path": "/a~1b~0c", "value": "d"}]
    assert KIND.json_patch == "application/openstack-images-v2.1-json-patch"


# --- in a scenario --------------------------------------------------------------------------------

_MINE = Address("image", "mine")
_MARK = Mark("s", _MINE)
_SPEC = ImageSpec(
    disk_format="qcow2",
    file="/images/mine.qcow2",
    visibility="private",
    min_disk=1,
    min_ram=64,
    properties={"os_distro": "debian"},
    tags=("b", "a"),
)


def _declaration() -> Declaration[ImageSpec, ImageState]:
    assert KIND.declaration is not None
    return KIND.declaration


def _as_asked(**changes: Any) -> ImageState:
    state = ImageState(
        id="i-1",
        name="mine",
        status="active",
        disk_format="qcow2",
        container_format="bare",
        visibility="private",
        min_disk=1,
        min_ram=64,
        properties={"os_distro": "debian", "stackloom": str(_MARK), "stores": "local"},
        tags=("a", "b"),
    )
    return msgspec.structs.replace(state, **changes)


def _compare(spec: ImageSpec, state: ImageState, ids: FakeIds) -> list[Difference]:
    return list(_declaration().compare(_MINE, spec, state, _MARK, ids))


def test_it_is_made_without_its_data(ids: FakeIds) -> None:
    """The data is a step of its own, which the short form brings."""
    call = KIND.create_call(_MINE, _SPEC, _MARK, ids)
    body = {
        "os_distro": "debian",
        "stackloom": "stackloom://s/image.mine",
        "disk_format": "qcow2",
        "container_format": "bare",
        "name": "mine",
        "visibility": "private",
        "min_disk": 1,
        "min_ram": 64,
        "tags": ["a", "b"],
    }
    assert call == Call(method="POST", path="/v2/images", body=body)
    made = KIND.made({**body, "id": "i-1", "status": "queued"}, call)
    assert KIND.mark(made, {}) == _MARK
    assert _compare(_SPEC, made, ids) == []
    progress = _declaration().progress
    assert progress is not None
    assert progress(made) is Progress.READY
    assert progress(_as_asked(status="importing")) is Progress.WAITING
    data = ImageDataSpec(image="mine", file="/images/mine.qcow2")
    assert list(_declaration().expand(_MINE, _SPEC, {})) == [(Address("image_data", "mine"), data)]
    assert list(_declaration().expand(_MINE, ImageSpec(disk_format="raw"), {})) == []
    assert _declaration().paths == ("file",)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        (
            {"status": "killed"},
            Difference(field="status", have="killed", want="active", in_place=False),
        ),
        (
            {"disk_format": "raw"},
            Difference(field="disk_format", have="raw", want="qcow2", in_place=False),
        ),
        ({"name": "old"}, Difference(field="name", have="old", want="mine")),
        ({"min_ram": 0}, Difference(field="min_ram", have=0, want=64)),
        ({"tags": ()}, Difference(field="tags", have=[], want=["a", "b"])),
        (
            {"properties": {"old": "x", "stackloom": str(_MARK), "os_hash_algo": "sha512"}},
            Difference(
                field="properties",
                have={"old": "x", "stackloom": str(_MARK)},
                want={"os_distro": "debian", "stackloom": str(_MARK)},
            ),
        ),
    ],
)
def test_a_difference_is_told_with_whether_it_can_be_changed(
    changes: dict[str, Any], difference: Difference, ids: FakeIds
) -> None:
    """All but its formats changes in place; Glance's own properties are no difference."""
    assert _compare(_SPEC, _as_asked(), ids) == []
    assert _compare(_SPEC, _as_asked(**changes), ids) == [difference]


def test_what_is_not_said_is_not_compared(ids: FakeIds) -> None:
    """Visibility, sizes, properties and tags may be whatever they are."""
    assert _compare(ImageSpec(disk_format="qcow2"), _as_asked(), ids) == []


def test_changes_go_out_as_one_patch() -> None:
    """What is gone from the properties is removed, what is new or different added."""
    state = _as_asked(properties={"old/er": "x", "same": "1", "stackloom": str(_MARK)})
    wanted = {"same": "1", "new": "2", "stackloom": str(_MARK)}
    changes = [
        Difference(field="min_disk", have=0, want=1),
        Difference(field="properties", have={}, want=wanted),
    ]
    assert KIND.update_calls(state, changes) == [
        Call(
            method="PATCH",
            path="/v2/images/i-1",
            body=[
                {"op": "remove", "path": "/old~1er"},
                {"op": "add", "path": "/min_disk", "value": 1},
                {"op": "add", "path": "/new", "value": "2"},
            ],
            media_type="application/openstack-images-v2.1-json-patch",
        )
    ]


def test_properties_stay_where_they_do_not_differ() -> None:
    """Only what differs is in the patch."""
    (call,) = KIND.update_calls(_as_asked(), [Difference(field="name", have="a", want="mine")])
    assert call.body == [{"op": "add", "path": "/name", "value": "mine"}]


def test_it_is_adopted_by_a_property() -> None:
    """Beside whatever properties it has."""
    adopt = _declaration().adopt
    assert adopt is not None
    assert adopt(_as_asked(), _MARK) == Call(
        method="PATCH",
        path="/v2/images/i-1",
        body=[{"op": "add", "path": "/stackloom", "value": "stackloom://s/image.mine"}],
        media_type="application/openstack-images-v2.1-json-patch",
    )


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        (
            {"url": "https://images.test/mine"},
            ("url",),
            "an image gets its data from a file or from a URL, not from both",
        ),
        (
            {"properties": {"stackloom": "mine"}},
            ("properties", "stackloom"),
            'the property "stackloom" is where stackloom keeps its mark',
        ),
        (
            {"properties": {"min_disk": "1"}},
            ("properties", "min_disk"),
            '"min_disk" is a field of images, not a property',
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], place: Place, message: str) -> None:
    """Before Glance does."""
    spec = msgspec.structs.replace(_SPEC, **changes)
    assert list(_declaration().faults(_SPEC)) == []
    told = [(fault.place, fault.message) for fault in _declaration().faults(spec)]
    assert told == [(place, message)]


def test_only_administrators_show_one_to_everybody() -> None:
    """Said before anything is made."""
    public = msgspec.structs.replace(_SPEC, visibility="public")
    assert list(_declaration().requires(_SPEC)) == []
    assert list(_declaration().requires(public)) == [Requirement(place=("visibility",), admin=True)]
