# SPDX-License-Identifier: Apache-2.0
"""A zone is read only; its name is its id."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.availability_zone import KIND, AvailabilityZoneState


def test_novas_answer_is_read() -> None:
    """Its state is an object with one truth in it."""
    assert KIND.reshape is not None
    for available, told in ((True, "available"), (False, "not available")):
        answer = {"zoneName": "nova", "zoneState": {"available": available}, "hosts": None}
        state = msgspec.convert(KIND.reshape(answer), AvailabilityZoneState)
        assert state.id == "nova"
        assert [column.value(state) for column in KIND.columns] == ["nova", told]
