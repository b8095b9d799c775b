# SPDX-License-Identifier: Apache-2.0
"""An extension is known by its alias."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.extension import KIND, ExtensionState


def test_its_alias_is_its_id() -> None:
    """Neutron's answer has no other, and gets one by it."""
    answer = {
        "name": "Quality of Service",
        "alias": "qos",
        "description": "The Quality of Service extension.",
        "updated": "2015-06-08T10:00:00-00:00",
        "links": [],
    }
    state = msgspec.convert(answer, ExtensionState)
    assert KIND.member_path(state.id) == "/v2.0/extensions/qos"
    assert [column.value(state) for column in KIND.columns] == [
        *("Quality of Service", "qos", "The Quality of Service extension.")
    ]
