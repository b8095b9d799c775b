# SPDX-License-Identifier: Apache-2.0
"""A hypervisor is read only; its name is that of its host."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.hypervisor import KIND, HypervisorState


def test_novas_answer_is_read() -> None:
    """From 2.88 on without what it has and uses."""
    answer = {
        "id": "h-1",
        "hypervisor_hostname": "one.example",
        "hypervisor_type": "QEMU",
        "hypervisor_version": 9000000,
        "host_ip": "192.0.2.1",
        "state": "up",
        "status": "enabled",
        "uptime": None,
        "service": {"host": "one", "id": "s-1", "disabled_reason": None},
        "servers": [],
    }
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(answer), HypervisorState)
    assert [column.value(state) for column in KIND.columns] == [
        *("h-1", "one.example", "QEMU", "192.0.2.1", "up")
    ]
    assert [column.value(state) for column in KIND.long_columns] == ["enabled", 9000000]
