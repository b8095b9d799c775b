# SPDX-License-Identifier: Apache-2.0
"""An address scope: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.address_scope import (
    KIND,
    AddressScopeChange,
    AddressScopeState,
    NewAddressScope,
)


def test_a_request_says_only_what_was_given() -> None:
    """Its version cannot be changed."""
    new = NewAddressScope(name="s", ip_version=6)
    assert msgspec.to_builtins(KIND.wrap(new)) == {"address_scope": {"name": "s", "ip_version": 6}}
    change = AddressScopeChange(shared=True)
    assert msgspec.to_builtins(KIND.patch(change)) == {"address_scope": {"shared": True}}
    assert "ip_version" not in AddressScopeChange.__struct_fields__


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {"id": "s-1", "name": "s", "ip_version": 6, "shared": False, "project_id": "p-1"}
    state = msgspec.convert(answer, AddressScopeState)
    assert [column.value(state) for column in KIND.columns] == ["s-1", "s", 6, False, "p-1"]
