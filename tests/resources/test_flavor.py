# SPDX-License-Identifier: Apache-2.0
"""A flavor: what is sent, and what Nova answers, older and newer."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.flavor import KIND, FlavorChange, FlavorState, NewFlavor

_OLD = {
    "id": "42",
    "name": "m1.nano",
    "ram": 128,
    "disk": 1,
    "vcpus": 1,
    "OS-FLV-EXT-DATA:ephemeral": 0,
    "os-flavor-access:is_public": True,
    "swap": "",
    "links": [],
}


def test_a_list_shows_its_sizes() -> None:
    """Id, name, memory, disks and processors; before 2.75 there is "" for no swap."""
    state = msgspec.convert(_OLD, FlavorState)
    assert [column.value(state) for column in KIND.columns] == [
        *("42", "m1.nano", 128, 1, 0, 1, True)
    ]
    assert [column.value(state) for column in KIND.long_columns] == [0, {}]


def test_a_newer_answer_has_more() -> None:
    """Swap is a number, and extra specs are told."""
    state = msgspec.convert({**_OLD, "swap": 64, "extra_specs": {"a": "b"}}, FlavorState)
    assert [column.value(state) for column in KIND.long_columns] == [64, {"a": "b"}]


def test_it_is_found_in_the_whole_list() -> None:
    """Nova has no filter by name, and sizes are told only in the detailed list."""
    assert (KIND.name_query, KIND.listed_at) == ("", "/v2.1/flavors/detail?is_public=none")


def test_what_is_not_said_is_left_to_nova() -> None:
    """Only the disk has a default, which Nova asks for."""
    assert msgspec.to_builtins(NewFlavor(name="m1.x", ram=128, vcpus=1)) == {
        "name": "m1.x",
        "ram": 128,
        "vcpus": 1,
        "disk": 0,
    }
    full = NewFlavor(name="m1.x", ram=128, vcpus=1, ephemeral=2, is_public=False)
    assert msgspec.to_builtins(full) == {
        "name": "m1.x",
        "ram": 128,
        "vcpus": 1,
        "disk": 0,
        "OS-FLV-EXT-DATA:ephemeral": 2,
        "os-flavor-access:is_public": False,
    }
    assert msgspec.to_builtins(FlavorChange(description=None)) == {"description": None}


def test_no_scenario_declares_one() -> None:
    """A scenario can name one and not declare it."""
    assert KIND.declaration is None
