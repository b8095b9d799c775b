# SPDX-License-Identifier: Apache-2.0
"""An image is listed and looked up, never made."""

from __future__ import annotations

import msgspec

from stackloom.resources.image.image import KIND, ImageState


def test_a_list_shows_whether_it_is_usable() -> None:
    """Id, name and status of Glance's answer, whose name and size may be null."""
    answer = {
        "id": "i-1",
        "name": None,
        "status": "queued",
        "size": None,
        "min_disk": 0,
        "min_ram": 0,
        "os_hidden": False,
        "any_property": "of the owner's",
    }
    state = msgspec.convert(answer, ImageState)
    assert [column.value(state) for column in KIND.columns] == ["i-1", None, "queued"]


def test_it_is_never_made() -> None:
    """A scenario can name one and not declare it."""
    assert KIND.declaration is None
