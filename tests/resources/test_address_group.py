# SPDX-License-Identifier: Apache-2.0
"""An address group: what is said of it, and what Neutron tells."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.network.address_group import (
    KIND,
    AddressGroupChange,
    AddressGroupSpec,
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


# --- in a scenario --------------------------------------------------------------------------------

_PARTNERS = Address("address_group", "partners")
_MARK = Mark("s", _PARTNERS)
_SPEC = AddressGroupSpec(
    description="words", addresses=("10.1.0.0/16", "10.0.0.5", "2001:DB8::/32", "10.0.0.5/32")
)
_WRITTEN = ["10.0.0.5/32", "10.1.0.0/16", "2001:db8::/32"]


def _state(**changes: Any) -> AddressGroupState:
    answer = {
        "id": "g-1",
        "name": "partners",
        "description": f"words {_MARK}",
        "addresses": ["2001:db8::/32", "10.1.0.0/16", "10.0.0.5/32"],
        **changes,
    }
    return msgspec.convert(answer, AddressGroupState)


def test_it_is_made_with_all_its_addresses(ids: FakeIds) -> None:
    """Each once, with a length, as Neutron writes them."""
    body = {"name": "partners", "description": f"words {_MARK}", "addresses": _WRITTEN}
    assert KIND.create_call(_PARTNERS, _SPEC, _MARK, ids) == Call(
        method="POST", path="/v2.0/address-groups", body={"address_group": body}
    )


def test_everything_is_changed_in_place(ids: FakeIds) -> None:
    """Addresses are added before others are removed; their order means nothing."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.compare(_PARTNERS, _SPEC, _state(), _MARK, ids)) == []
    state = _state(name="other", addresses=["10.2.0.0/16", "10.0.0.5/32"])
    changes = list(KIND.declaration.compare(_PARTNERS, _SPEC, state, _MARK, ids))
    assert changes == [
        Difference(field="name", have="other", want="partners"),
        Difference(field="addresses", have=["10.0.0.5/32", "10.2.0.0/16"], want=_WRITTEN),
    ]
    path = "/v2.0/address-groups/g-1"
    assert list(KIND.update_calls(state, changes)) == [
        Call(method="PUT", path=path, body={"address_group": {"name": "partners"}}),
        Call(
            method="PUT",
            path=f"{path}/add_addresses",
            body={"addresses": ["10.1.0.0/16", "2001:db8::/32"]},
        ),
        Call(method="PUT", path=f"{path}/remove_addresses", body={"addresses": ["10.2.0.0/16"]}),
    ]
    fewer = [Difference(field="addresses", have=_WRITTEN, want=_WRITTEN[1:])]
    assert list(KIND.update_calls(_state(), fewer)) == [
        Call(method="PUT", path=f"{path}/remove_addresses", body={"addresses": ["10.0.0.5/32"]})
    ]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("10.0.0.5/24", '"10.0.0.5/24" has host bits set', "10.0.0.0/24 is meant?"),
        ("partner", '"partner" is neither an address nor a range', "such as 10.0.0.0/24"),
    ],
)
def test_nonsense_is_seen_without_a_cloud(text: str, message: str, hint: str) -> None:
    """With its place in the list; what only the cloud knows is no nonsense."""
    assert KIND.declaration is not None
    spec = AddressGroupSpec(addresses=("10.0.0.0/8", "${server.web.address}", text))
    assert list(KIND.declaration.faults(spec)) == [
        Fault(place=("addresses", 2), message=message, hint=hint)
    ]


def test_what_is_not_known_yet_can_be_compared(ids: FakeIds) -> None:
    """As it will be sent once it is known."""
    assert KIND.declaration is not None
    spec = AddressGroupSpec(description="words", addresses=("(known after apply)",))
    state = _state(addresses=[])
    assert list(KIND.declaration.compare(_PARTNERS, spec, state, _MARK, ids)) == [
        Difference(field="addresses", have=[], want=["(known after apply)"])
    ]


def test_it_is_adopted_and_captured(names: FakeNames) -> None:
    """Its description takes the mark; an entry says what is not usual."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    assert KIND.declaration.adopt(_state(description="words"), _MARK) == Call(
        method="PUT",
        path="/v2.0/address-groups/g-1",
        body={"address_group": {"description": f"words {_MARK}"}},
    )
    capture = KIND.declaration.capture
    assert capture(_state(), names) == {"description": "words", "addresses": _WRITTEN}
    assert capture(_state(description="", addresses=[]), names) == {}


def test_it_needs_an_extension() -> None:
    """Which not every cloud has."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.requires(_SPEC)) == [
        Requirement(place=(), extension="address-group")
    ]


def test_a_picture_lists_its_addresses() -> None:
    """Of the file and of the cloud."""
    assert KIND.declaration is not None
    addresses = ("10.0.0.0/8",)
    spec = AddressGroupSpec(addresses=addresses)
    badge = Badge(on="", key="g-1", sort="address_group", label="partners", details=addresses)
    assert list(KIND.sketch(_state(addresses=addresses))) == [badge]
    assert list(KIND.declaration.sketch(_PARTNERS, spec, {})) == [
        msgspec.structs.replace(badge, key="address_group.partners")
    ]
