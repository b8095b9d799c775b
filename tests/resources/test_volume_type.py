# SPDX-License-Identifier: Apache-2.0
"""A volume type: what is sent, and what Cinder answers."""

from __future__ import annotations

import msgspec

from stackloom.resources.block_storage.volume_type import KIND, NewVolumeType, VolumeTypeState


def test_cinders_answer_is_read() -> None:
    """Names with colons and nulls are no trouble."""
    answer: dict[str, object] = {
        "id": "t-1",
        "name": "fast",
        "is_public": True,
        "description": "quick",
        "extra_specs": {"a": "b"},
        "os-volume-type-access:is_public": True,
    }
    state = msgspec.convert(answer, VolumeTypeState)
    assert [column.value(state) for column in KIND.columns] == ["t-1", "fast", True]
    assert [column.value(state) for column in KIND.long_columns] == ["quick", {"a": "b"}]


def test_what_is_not_said_is_left_out() -> None:
    """And what is said goes by Cinder's names."""
    assert msgspec.to_builtins(KIND.wrap(NewVolumeType(name="fast", is_public=False))) == {
        "volume_type": {"name": "fast", "os-volume-type-access:is_public": False}
    }
