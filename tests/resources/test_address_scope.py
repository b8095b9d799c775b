# SPDX-License-Identifier: Apache-2.0
"""An address scope: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.network.address_scope import (
    KIND,
    AddressScopeChange,
    AddressScopeSpec,
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


_SCOPE = Address("address_scope", "scope")
_MARK = Mark("s", _SCOPE)
_SPEC = AddressScopeSpec(ip_version=4, shared=True)
_STATE = AddressScopeState(
    id="a-1", name="scope stackloom://s/address_scope.scope", ip_version=4, shared=True
)


def _compare(spec: AddressScopeSpec, state: AddressScopeState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_SCOPE, spec, state, _MARK, ids))


def test_its_mark_stands_in_its_name(ids: FakeIds) -> None:
    """It has no description; the person's own name stands before the mark."""
    assert KIND.create_call(_SCOPE, _SPEC, _MARK, ids) == Call(
        method="POST",
        path="/v2.0/address-scopes",
        body={
            "address_scope": {
                "name": "scope stackloom://s/address_scope.scope",
                "shared": True,
                "ip_version": 4,
            }
        },
    )
    assert KIND.mark(_STATE, {}) == _MARK
    assert KIND.mark(AddressScopeState(id="a", name="scope"), {}) is None


def test_sharing_is_not_taken_back(ids: FakeIds) -> None:
    """Neutron refuses that, as it does another version; sharing it is done in place."""
    assert _compare(_SPEC, _STATE, ids) == []
    assert _compare(AddressScopeSpec(ip_version=4), _STATE, ids) == []
    assert _compare(AddressScopeSpec(ip_version=6, shared=False), _STATE, ids) == [
        Difference(field="ip_version", have=4, want=6, in_place=False),
        Difference(field="shared", have=True, want=False, in_place=False),
    ]
    own = msgspec.structs.replace(_STATE, shared=False, name="stackloom://s/address_scope.scope")
    assert _compare(_SPEC, own, ids) == [
        Difference(
            field="name",
            have="stackloom://s/address_scope.scope",
            want="scope stackloom://s/address_scope.scope",
        ),
        Difference(field="shared", have=False, want=True),
    ]


def test_it_says_what_it_needs() -> None:
    """Sharing is for administrators."""
    assert KIND.declaration is not None
    extension = Requirement(place=(), extension="address-scope")
    assert list(KIND.declaration.requires(_SPEC)) == [
        extension,
        Requirement(place=("shared",), admin=True),
    ]
    assert list(KIND.declaration.requires(AddressScopeSpec(ip_version=4))) == [extension]


def test_one_that_others_made_takes_a_mark_and_is_written_down() -> None:
    """Behind its own name, in place of an older mark."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = msgspec.structs.replace(_STATE, name="theirs stackloom://old/address_scope.x")
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT",
        path="/v2.0/address-scopes/a-1",
        body={"address_scope": {"name": "theirs stackloom://s/address_scope.scope"}},
    )
    assert KIND.declaration.capture(state, FakeNames()) == {"ip_version": 4, "shared": True}
    own = msgspec.structs.replace(state, shared=False)
    assert KIND.declaration.capture(own, FakeNames()) == {"ip_version": 4}


def test_it_is_a_badge_by_itself() -> None:
    """By its own name, without the mark."""
    assert KIND.declaration is not None
    badge = Badge(
        on="", key="address_scope.scope", sort="address_scope", label="scope", note="IPv4"
    )
    assert list(KIND.declaration.sketch(_SCOPE, _SPEC, {})) == [badge]
    assert list(KIND.sketch(_STATE)) == [msgspec.structs.replace(badge, key="a-1")]
