# SPDX-License-Identifier: Apache-2.0
"""A subnet pool: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.subnet_pool import (
    KIND,
    NewSubnetPool,
    SubnetPoolChange,
    SubnetPoolState,
)


def test_a_request_says_only_what_was_given() -> None:
    """A scope of null takes the pool out of it."""
    new = NewSubnetPool(name="p", prefixes=("10.0.0.0/8",), default_prefixlen=24)
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "subnetpool": {"name": "p", "prefixes": ("10.0.0.0/8",), "default_prefixlen": 24}
    }
    change = SubnetPoolChange(address_scope_id=None)
    assert msgspec.to_builtins(KIND.patch(change)) == {"subnetpool": {"address_scope_id": None}}


def test_lengths_are_numbers_though_neutron_writes_texts() -> None:
    """As it answers in 2026.2; a cloud that hides them is read as well."""
    answer = {
        "id": "p-1",
        "name": "p",
        "default_prefixlen": "24",
        "min_prefixlen": "8",
        "max_prefixlen": "32",
        "is_default": False,
        "shared": True,
        "prefixes": ["10.0.0.0/8"],
        "ip_version": 4,
        "default_quota": None,
        "address_scope_id": "s-1",
        "project_id": "project-1",
        "tags": ["a"],
    }
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(answer), SubnetPoolState)
    assert (state.default_prefixlen, state.min_prefixlen, state.max_prefixlen) == (24, 8, 32)
    assert [column.value(state) for column in KIND.columns] == ["p-1", "p", ["10.0.0.0/8"]]
    assert [column.value(state) for column in KIND.long_columns] == [
        *(24, "s-1", False, True, ["a"])
    ]
    assert KIND.reshape({"id": "p-1", "min_prefixlen": None}) == {
        "id": "p-1",
        "min_prefixlen": None,
    }
