# SPDX-License-Identifier: Apache-2.0
"""A subnet pool: what is said of it, and what Neutron tells."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Declared, Difference, Fault, Reference, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.network.address_scope import AddressScopeSpec
from stackloom.resources.network.subnet import SubnetSpec
from stackloom.resources.network.subnet_pool import (
    KIND,
    NewSubnetPool,
    SubnetPoolChange,
    SubnetPoolSpec,
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


_MAIN = Address("subnet_pool", "main")
_MARK = Mark("s", _MAIN)
_SPEC = SubnetPoolSpec(
    prefixes=("10.1.0.0/24", "10.0.1.0/24", "10.0.0.0/24"),
    description="words",
    default_prefixlen=26,
    min_prefixlen=24,
    max_prefixlen=28,
    default_quota=512,
    address_scope="scope",
    shared=True,
    is_default=False,
)
_STATE = SubnetPoolState(
    id="p-1",
    name="main",
    description="words stackloom://s/subnet_pool.main",
    prefixes=("10.0.0.0/23", "10.1.0.0/24"),
    default_prefixlen=26,
    min_prefixlen=24,
    max_prefixlen=28,
    default_quota=512,
    address_scope_id="address_scope-scope-id",
    shared=True,
)


def _compare(spec: SubnetPoolSpec, state: SubnetPoolState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_MAIN, spec, state, _MARK, ids))


def test_all_that_is_asked_for_is_sent(ids: FakeIds) -> None:
    """Neighbouring ranges are one, as Neutron keeps them; what is not said is left out."""
    assert KIND.create_call(_MAIN, _SPEC, _MARK, ids) == Call(
        method="POST",
        path="/v2.0/subnetpools",
        body={
            "subnetpool": {
                "prefixes": ["10.0.0.0/23", "10.1.0.0/24"],
                "name": "main",
                "description": "words stackloom://s/subnet_pool.main",
                "default_prefixlen": 26,
                "min_prefixlen": 24,
                "max_prefixlen": 28,
                "default_quota": 512,
                "address_scope_id": "address_scope-scope-id",
                "is_default": False,
                "shared": True,
            }
        },
    )
    bare = SubnetPoolSpec(prefixes=("FD00::/48",), address_scope=None)
    assert KIND.create_call(_MAIN, bare, _MARK, ids).body == {
        "subnetpool": {
            "prefixes": ["fd00::/48"],
            "name": "main",
            "description": "stackloom://s/subnet_pool.main",
            "address_scope_id": None,
        }
    }


def test_neutrons_answer_to_a_create_has_texts_for_lengths(ids: FakeIds) -> None:
    """They are read there as they are in a list."""
    call = KIND.create_call(_MAIN, _SPEC, _MARK, ids)
    answer = {"subnetpool": {"id": "p-1", "default_prefixlen": "26", "min_prefixlen": "8"}}
    assert KIND.made(answer, call) == SubnetPoolState(
        id="p-1", default_prefixlen=26, min_prefixlen=8
    )


def test_what_was_made_has_no_differences(ids: FakeIds) -> None:
    """Nor has what nobody asked for."""
    assert _compare(_SPEC, _STATE, ids) == []
    spec = SubnetPoolSpec(prefixes=("10.0.0.0/23", "10.1.0.0/24"), description="words")
    assert _compare(spec, _STATE, ids) == []


def test_ranges_are_added_in_place_and_taken_away_by_another_pool(ids: FakeIds) -> None:
    """Neutron takes none away, and makes a pool shared once."""
    more = msgspec.structs.replace(_SPEC, prefixes=(*_SPEC.prefixes, "10.2.0.0/24"))
    have = ["10.0.0.0/23", "10.1.0.0/24"]
    assert _compare(more, _STATE, ids) == [
        Difference(field="prefixes", have=have, want=[*have, "10.2.0.0/24"])
    ]
    less = msgspec.structs.replace(
        _SPEC, prefixes=("10.0.0.0/23",), shared=False, default_prefixlen=27, address_scope=None
    )
    assert _compare(less, _STATE, ids) == [
        Difference(field="prefixes", have=have, want=["10.0.0.0/23"], in_place=False),
        Difference(field="shared", have=True, want=False, in_place=False),
        Difference(field="default_prefixlen", have=26, want=27),
        Difference(field="address_scope_id", have="address_scope-scope-id", want=None),
    ]


@pytest.mark.parametrize(
    ("spec", "faults"),
    [
        (_SPEC, []),
        (
            SubnetPoolSpec(prefixes=()),
            [(("prefixes",), "a pool needs a range to cut from", "prefixes: [10.0.0.0/16]")],
        ),
        (
            SubnetPoolSpec(prefixes=("10.0.0.1/16", "fd00::/48")),
            [
                (
                    ("prefixes", 0),
                    '"10.0.0.1/16" has host bits set',
                    "10.0.0.0/16 is meant?",
                )
            ],
        ),
        (
            SubnetPoolSpec(
                prefixes=("10.0.0.0/16", "fd00::/48"),
                min_prefixlen=26,
                default_prefixlen=24,
                max_prefixlen=22,
            ),
            [
                (("prefixes",), "the ranges of a pool are of one family", ""),
                (("default_prefixlen",), "default_prefixlen 24 is less than min_prefixlen 26", ""),
                (("max_prefixlen",), "max_prefixlen 22 is less than default_prefixlen 24", ""),
            ],
        ),
        (
            SubnetPoolSpec(prefixes=("10.0.0.0/16",), min_prefixlen=26, max_prefixlen=24),
            [(("max_prefixlen",), "max_prefixlen 24 is less than min_prefixlen 26", "")],
        ),
    ],
)
def test_what_cannot_be_is_told(
    spec: SubnetPoolSpec, faults: list[tuple[tuple[str | int, ...], str, str]]
) -> None:
    """Ranges, families, and lengths the right way round."""
    assert KIND.declaration is not None
    found = KIND.declaration.faults(spec)
    assert [(each.place, each.message, each.hint) for each in found] == faults


def test_pools_of_one_scope_do_not_overlap() -> None:
    """That is what a scope is for; ranges of one pool may."""
    assert KIND.declaration is not None

    def pool(*prefixes: str, scope: str = "scope") -> SubnetPoolSpec:
        return SubnetPoolSpec(prefixes=prefixes, address_scope=scope)

    pools = {
        "a": pool("10.0.0.0/8", "10.1.0.0/16"),
        "b": pool("10.2.0.0/16"),
        "c": pool("10.0.0.0/8", scope="other"),
        "d": SubnetPoolSpec(prefixes=("10.0.0.0/8",)),
    }
    declared = {Address("subnet_pool", name): each for name, each in pools.items()}
    assert list(KIND.declaration.faults_together(declared)) == [
        (
            Address("subnet_pool", "b"),
            Fault(
                place=("prefixes",),
                message='10.2.0.0/16 overlaps 10.0.0.0/8 of pool "a", also in scope "scope"',
            ),
        )
    ]


def test_its_scope_can_be_another_in_place() -> None:
    """It holds the scope, and is looked up in the cloud where the file has none."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_SPEC)) == [
        Reference(
            kind="address_scope",
            name="scope",
            place=("address_scope",),
            declared=False,
            rebinds=True,
        )
    ]
    assert list(KIND.declaration.references(SubnetPoolSpec(prefixes=()))) == []
    assert list(KIND.declaration.needs(_STATE)) == ["address_scope-scope-id"]
    assert list(KIND.declaration.needs(SubnetPoolState(id="p"))) == []


def test_it_says_what_it_needs_and_takes(ids: FakeIds) -> None:
    """Sharing is for administrators."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.requires(_SPEC)) == [
        Requirement(place=(), extension="subnet_allocation"),
        Requirement(place=("address_scope",), extension="address-scope"),
        Requirement(place=("shared",), admin=True),
    ]
    assert KIND.declaration.consumes(_SPEC, ids) == {"network.subnetpool": 1}


def test_one_that_others_made_takes_a_mark_and_is_written_down() -> None:
    """What Neutron fills in by itself is left out."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    assert KIND.declaration.adopt(_STATE, _MARK) == Call(
        method="PUT",
        path="/v2.0/subnetpools/p-1",
        body={"subnetpool": {"description": "words stackloom://s/subnet_pool.main"}},
    )
    assert KIND.declaration.capture(_STATE, FakeNames()) == {
        "prefixes": ["10.0.0.0/23", "10.1.0.0/24"],
        "description": "words",
        "default_prefixlen": 26,
        "min_prefixlen": 24,
        "max_prefixlen": 28,
        "default_quota": 512,
        "shared": True,
        "address_scope": "scope",
    }
    usual = SubnetPoolState(
        id="p",
        ip_version=6,
        prefixes=("fd00::/48",),
        default_prefixlen=64,
        min_prefixlen=64,
        max_prefixlen=128,
    )
    assert KIND.declaration.capture(usual, FakeNames()) == {"prefixes": ["fd00::/48"]}


def test_it_is_a_badge_by_itself() -> None:
    """Subnets that are cut from it point to it."""
    assert KIND.declaration is not None
    spec = SubnetPoolSpec(prefixes=("10.0.0.0/8", "11.0.0.0/8"))
    note = "10.0.0.0/8, 11.0.0.0/8"
    assert list(KIND.declaration.sketch(_MAIN, spec, {})) == [
        Badge(on="", key="subnet_pool.main", sort="subnet_pool", label="main", note=note)
    ]
    assert list(KIND.sketch(SubnetPoolState(id="p-1", prefixes=("10.0.0.0/8",)))) == [
        Badge(on="", key="p-1", sort="subnet_pool", label="p-1", note="10.0.0.0/8")
    ]


def test_a_shared_pool_has_a_shared_scope() -> None:
    """Neutron refuses one that others see in a scope that they do not."""
    assert KIND.declaration is not None
    pool = SubnetPoolSpec(prefixes=("10.0.0.0/8",), address_scope="scope", shared=True)
    for is_shared, faults in (
        (True, []),
        (False, ['a shared pool needs a shared scope, and "scope" is none']),
        (msgspec.UNSET, ['a shared pool needs a shared scope, and "scope" is none']),
    ):
        scope = AddressScopeSpec(ip_version=4, shared=is_shared)
        declared: Declared = {Address("address_scope", "scope"): scope, _MAIN: pool}
        told = [fault.message for _, fault in KIND.declaration.faults_together(declared)]
        assert told == faults
    assert list(KIND.declaration.faults_together({_MAIN: pool})) == []


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({"cidr": "10.0.0.0/24"}, {"cidr": "10.0.1.0/24"}, ""),
        ({"subnet_pool": "a"}, {"subnet_pool": "a"}, ""),
        ({"subnet_pool": "a"}, {"cidr": "fd00::/64"}, ""),
        ({"subnet_pool": "in-1"}, {"subnet_pool": "in-2"}, ""),
        ({"subnet_pool": "theirs"}, {"subnet_pool": "a"}, ""),
        (
            {"subnet_pool": "a"},
            {"cidr": "10.0.0.0/24"},
            'subnet "1" of network "blue" is cut from pool "a", and this one from no pool',
        ),
        (
            {"use_default_subnetpool": True},
            {"cidr": "10.0.0.0/24"},
            'subnet "1" of network "blue" is cut from the default pool, and this one from no pool',
        ),
        (
            {"cidr": "10.0.0.0/24"},
            {"subnet_pool": "a"},
            'subnet "1" of network "blue" is from no pool, and this one cut from pool "a"',
        ),
        (
            {"subnet_pool": "a"},
            {"subnet_pool": "b"},
            'subnet "1" of network "blue" is cut from pool "a", and this one cut from pool "b"',
        ),
        (
            {"subnet_pool": "in-1"},
            {"subnet_pool": "a"},
            'subnet "1" of network "blue" is cut from pool "in-1", and this one cut from pool "a"',
        ),
    ],
)
def test_subnets_of_a_network_come_from_one_pool(
    first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    """Of one family, and unless a scope holds the pools together; of others' nothing is known."""
    assert KIND.declaration is not None
    declared: Declared = {
        Address("subnet", "1"): SubnetSpec(network="blue", **first),
        Address("subnet", "2"): SubnetSpec(network="blue", **second),
        Address("subnet_pool", "a"): SubnetPoolSpec(prefixes=("10.0.0.0/16",)),
        Address("subnet_pool", "b"): SubnetPoolSpec(prefixes=("10.1.0.0/16",)),
        Address("subnet_pool", "in-1"): SubnetPoolSpec(
            prefixes=("10.2.0.0/16",), address_scope="scope"
        ),
        Address("subnet_pool", "in-2"): SubnetPoolSpec(
            prefixes=("10.3.0.0/16",), address_scope="scope"
        ),
    }
    told = list(KIND.declaration.faults_together(declared))
    assert [fault.message for _, fault in told] == ([message] if message else [])
    assert all(address == Address("subnet", "2") for address, _ in told)
