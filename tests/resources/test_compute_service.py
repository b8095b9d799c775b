# SPDX-License-Identifier: Apache-2.0
"""One of Nova's own services is read only."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.compute_service import KIND, ComputeServiceState


def test_novas_answer_is_read() -> None:
    """With where it runs and whether it is up."""
    answer = {
        "id": "s-1",
        "binary": "nova-compute",
        "host": "one",
        "zone": "nova",
        "status": "enabled",
        "state": "up",
        "updated_at": "2026-11-24T07:00:00.000000",
        "disabled_reason": None,
        "forced_down": False,
    }
    state = msgspec.convert(answer, ComputeServiceState)
    assert [column.value(state) for column in KIND.columns] == [
        *("s-1", "nova-compute", "one", "nova", "enabled", "up", "2026-11-24T07:00:00.000000")
    ]
    assert [column.value(state) for column in KIND.long_columns] == [None, False]
    assert (KIND.wire_key, KIND.plural) == ("service", "services")
