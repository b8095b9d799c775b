# SPDX-License-Identifier: Apache-2.0
"""An RBAC policy: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.rbac_policy import (
    KIND,
    NewRbacPolicy,
    RbacPolicyChange,
    RbacPolicyState,
)


def test_the_project_that_may_use_it_is_a_tenant_on_the_wire() -> None:
    """Neutron has kept the old word there."""
    new = NewRbacPolicy(
        object_type="network", object_id="n-1", action="access_as_shared", target_project="*"
    )
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "rbac_policy": {
            "object_type": "network",
            "object_id": "n-1",
            "action": "access_as_shared",
            "target_tenant": "*",
        }
    }
    change = RbacPolicyChange(target_project="p-2")
    assert msgspec.to_builtins(KIND.patch(change)) == {"rbac_policy": {"target_tenant": "p-2"}}


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "r-1",
        "project_id": "p-1",
        "action": "access_as_external",
        "object_id": "n-1",
        "target_tenant": "*",
        "object_type": "network",
        "tenant_id": "p-1",
    }
    state = msgspec.convert(answer, RbacPolicyState)
    assert state.target_project == "*"
    assert [column.value(state) for column in (*KIND.columns, *KIND.long_columns)] == [
        *("r-1", "network", "n-1", "access_as_external")
    ]
