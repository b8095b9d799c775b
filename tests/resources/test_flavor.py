# SPDX-License-Identifier: Apache-2.0
"""A flavor is listed and looked up, never made."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.flavor import KIND, FlavorState


def test_a_list_shows_its_sizes() -> None:
    """Id, name, memory, disk and processors of Nova's answer."""
    answer = {
        "id": "42",
        "name": "m1.nano",
        "ram": 128,
        "disk": 1,
        "vcpus": 1,
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "swap": "",
        "links": [],
    }
    state = msgspec.convert(answer, FlavorState)
    assert [column.value(state) for column in KIND.columns] == ["42", "m1.nano", 128, 1, 1]


def test_it_is_found_in_the_whole_list() -> None:
    """Nova has no filter by name, and sizes are told only in the detailed list."""
    assert (KIND.name_query, KIND.listed_at) == ("", "/v2.1/flavors/detail")


def test_it_is_never_made() -> None:
    """A scenario can name one and not declare it."""
    assert KIND.declaration is None
