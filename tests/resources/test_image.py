# SPDX-License-Identifier: Apache-2.0
"""An image: properties beside its fields, changes as operations."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from stackloom.cloud.kind import Progress
from stackloom.resources.image.image import (
    KIND,
    ImageChange,
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


def test_no_scenario_declares_one() -> None:
    """A scenario can name one and not declare it."""
    assert KIND.declaration is None
