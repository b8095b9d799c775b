# SPDX-License-Identifier: Apache-2.0
"""A server group has one policy with rules."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.server_group import KIND, NewServerGroup, ServerGroupState


def test_novas_answer_is_read() -> None:
    """From 2.64 on, with one policy."""
    answer = {
        "id": "g-1",
        "name": "apart",
        "policy": "anti-affinity",
        "rules": {"max_server_per_host": 2},
        "members": ["v-1"],
        "project_id": "p-1",
        "user_id": "u-1",
    }
    state = msgspec.convert(answer, ServerGroupState)
    assert [column.value(state) for column in KIND.columns] == ["g-1", "apart", "anti-affinity"]
    assert [column.value(state) for column in KIND.long_columns] == [["v-1"], "p-1", "u-1"]


def test_rules_are_left_out_where_there_are_none() -> None:
    """Nova refuses an empty object for some policies."""
    assert msgspec.to_builtins(NewServerGroup(name="apart", policy="affinity")) == {
        "name": "apart",
        "policy": "affinity",
    }
