# SPDX-License-Identifier: Apache-2.0
"""The limits of a project in Neutron."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.network_quota import KIND, NetworkQuotaState


def test_only_a_list_tells_whose_they_are() -> None:
    """The answer for one project leaves that out, and plugins that are off leave theirs out."""
    limits = {
        "network": 100,
        "subnet": 100,
        "subnetpool": -1,
        "port": 500,
        "router": 10,
        "floatingip": 50,
        "rbac_policy": 10,
        "security_group": 10,
        "security_group_rule": 100,
    }
    one = msgspec.convert(limits, NetworkQuotaState)
    listed = msgspec.convert({**limits, "project_id": "p-1", "tenant_id": "p-1"}, NetworkQuotaState)
    assert (one.id, one.trunk) == ("", None)
    assert [column.value(listed) for column in KIND.columns] == [
        *("p-1", 50, 100, 500, 10, 10, 10, 100, 100, -1)
    ]
