# SPDX-License-Identifier: Apache-2.0
"""An aggregate's id is a number on the wire."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.aggregate import KIND, AggregateState


def test_novas_answer_is_read() -> None:
    """With its hosts and its zone."""
    answer = {
        "id": 7,
        "uuid": "a-1",
        "name": "fast",
        "availability_zone": "east",
        "hosts": ["one"],
        "metadata": {"ssd": "true"},
        "created_at": "2026-11-24T07:00:00.000000",
        "updated_at": None,
        "deleted": False,
    }
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(answer), AggregateState)
    assert [column.value(state) for column in KIND.columns] == ["7", "fast", "a-1", "east"]
    assert [column.value(state) for column in KIND.long_columns] == [{"ssd": "true"}, ["one"]]
