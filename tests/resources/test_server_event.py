# SPDX-License-Identifier: Apache-2.0
"""What was done to a server is known by its request id."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.server_event import KIND, ServerEventState

_ANSWER = {
    "action": "reboot",
    "instance_uuid": "v-1",
    "request_id": "req-1",
    "user_id": "u-1",
    "project_id": "p-1",
    "start_time": "2026-11-24T07:30:36.124497",
    "message": None,
    "updated_at": "2026-11-24T07:30:38.052679",
}


def test_novas_answer_is_read() -> None:
    """Lists have no steps, and a single one has them."""
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(_ANSWER), ServerEventState)
    assert [column.value(state) for column in KIND.columns] == [
        *("req-1", "v-1", "reboot", "2026-11-24T07:30:36.124497")
    ]
    assert [column.value(state) for column in KIND.long_columns] == [None, "p-1", "u-1"]
    steps = [{"event": "compute_reboot", "result": "Success", "hostId": "x"}]
    single = msgspec.convert(KIND.reshape({**_ANSWER, "events": steps}), ServerEventState)
    assert [(step.event, step.result) for step in single.events] == [("compute_reboot", "Success")]


def test_it_is_below_a_server() -> None:
    """Its path has the server's id."""
    assert KIND.under("v-1").path == "/v2.1/servers/v-1/os-instance-actions"
