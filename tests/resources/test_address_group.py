# SPDX-License-Identifier: Apache-2.0
"""An address group: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec

from stackloom.resources.network.address_group import (
    KIND,
    AddressGroupChange,
    AddressGroupState,
    NewAddressGroup,
)


def test_addresses_are_said_when_it_is_made_and_not_in_a_change() -> None:
    """Neutron refuses them in a PUT of the group; they have paths of their own."""
    new = NewAddressGroup(name="g", addresses=("10.0.0.0/24",))
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "address_group": {"name": "g", "addresses": ("10.0.0.0/24",)}
    }
    assert AddressGroupChange.__struct_fields__ == ("name", "description")


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "g-1",
        "name": "g",
        "description": "words",
        "project_id": "p-1",
        "addresses": ["10.0.0.0/24", "10.1.0.1/32"],
        "shared": False,
        "revision_number": 3,
    }
    state = msgspec.convert(answer, AddressGroupState)
    assert [column.value(state) for column in KIND.columns] == [
        *("g-1", "g", "words", "p-1", ["10.0.0.0/24", "10.1.0.1/32"])
    ]
