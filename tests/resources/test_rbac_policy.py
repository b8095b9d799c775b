# SPDX-License-Identifier: Apache-2.0
"""An RBAC policy: what is said of it, and what Neutron tells."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Declared, Difference, Fault, Reference, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.network.address_scope import AddressScopeState
from stackloom.resources.network.network import NetworkSpec, NetworkState
from stackloom.resources.network.rbac_policy import (
    KIND,
    NewRbacPolicy,
    RbacPolicyChange,
    RbacPolicySpec,
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


_PROJECT = "0123456789abcdef0123456789abcdef"
_NAME = Address("rbac_policy", "share-blue")
_SPEC = RbacPolicySpec(network="blue", target_project=_PROJECT)
_ADDRESS = Address("rbac_policy", f"network.blue.access_as_shared.{_PROJECT}")
_MARK = Mark("s", _ADDRESS)
_STATE = RbacPolicyState(
    id="r-1",
    object_type="network",
    object_id="network-blue-id",
    action="access_as_shared",
    target_project=_PROJECT,
)


def test_its_address_says_what_it_is() -> None:
    """The name in the file is for the reader; one about nothing keeps it, and is a fault."""
    assert KIND.declaration is not None
    assert KIND.declaration.address_of(_NAME, _SPEC) == _ADDRESS
    assert KIND.declaration.address_of(_NAME, RbacPolicySpec(target_project="*")) == _NAME


def test_it_is_made_for_its_object(ids: FakeIds) -> None:
    """By the API's words; what it is about and who may use it is all that it says."""
    assert KIND.create_call(_ADDRESS, _SPEC, _MARK, ids) == Call(
        method="POST",
        path="/v2.0/rbac-policies",
        body={
            "rbac_policy": {
                "object_type": "network",
                "object_id": "network-blue-id",
                "action": "access_as_shared",
                "target_tenant": _PROJECT,
            }
        },
    )
    pool = RbacPolicySpec(subnet_pool="main", target_project=_PROJECT)
    body = KIND.create_call(_ADDRESS, pool, _MARK, ids).body
    assert isinstance(body, dict)
    assert body["rbac_policy"]["object_type"] == "subnetpool"


def test_it_is_ours_where_its_object_is() -> None:
    """By the mark of that one, of a scope in its name; of others' objects it is not."""
    assert KIND.derive is not None
    network = NetworkState(id="network-blue-id", description="stackloom://s/network.blue")
    scope = AddressScopeState(id="a-1", name="scope stackloom://s/address_scope.scope")
    of_scope = msgspec.structs.replace(_STATE, object_type="address_scope", object_id="a-1")
    of_others = msgspec.structs.replace(_STATE, object_id="n-9")
    strange = msgspec.structs.replace(_STATE, object_type="something_new")
    found = KIND.derive(
        {
            "rbac_policy": [_STATE, of_scope, of_others, strange],
            "network": [network, NetworkState(id="n-9", description="words")],
            "address_scope": [scope],
        }
    )
    assert [KIND.mark(each, {}) for each in found] == [
        _MARK,
        Mark("s", Address("rbac_policy", f"address_scope.scope.access_as_shared.{_PROJECT}")),
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("object_type", "target", "is_field"),
    [
        ("network", "*", True),
        ("subnetpool", "*", True),
        ("security_group", "*", False),
        ("network", _PROJECT, False),
    ],
)
def test_what_a_field_of_the_object_says_is_none_of_ours(
    object_type: str, target: str, is_field: bool
) -> None:
    """``shared`` and ``external`` are policies in the database, and belong to those fields."""
    kind = "subnet_pool" if object_type == "subnetpool" else object_type
    state = msgspec.structs.replace(
        _STATE,
        object_type=object_type,
        target_project=target,
        object_mark=f"stackloom://s/{kind}.blue",
    )
    assert state.is_field == is_field
    assert (KIND.mark(state, {}) is None) == is_field


@pytest.mark.parametrize(
    ("spec", "faults"),
    [
        (_SPEC, []),
        (RbacPolicySpec(security_group="web", target_project="*"), []),
        (
            RbacPolicySpec(
                network="out",
                action="access_as_external",
                target_project="01234567-89ab-cdef-0123-456789abcdef",
            ),
            [],
        ),
        (
            RbacPolicySpec(target_project=_PROJECT),
            [
                Fault(
                    place=(),
                    message="a policy is about one object",
                    hint="one of network, security_group, qos_policy, address_scope, subnet_pool,"
                    " address_group",
                )
            ],
        ),
        (
            RbacPolicySpec(qos_policy="slow", action="access_as_external", target_project="demo"),
            [
                Fault(
                    place=("action",),
                    message="a qos_policy cannot be used as an external network",
                ),
                Fault(
                    place=("target_project",),
                    message='"demo" is not the id of a project',
                    hint="openstack project show NAME -f value -c id tells it, to an administrator",
                ),
            ],
        ),
        (
            RbacPolicySpec(network="blue", target_project="*"),
            [
                Fault(
                    place=("target_project",),
                    message='for every project network "blue" has a field of its own',
                    hint="shared: true there",
                )
            ],
        ),
        (
            RbacPolicySpec(network="out", action="access_as_external", target_project="*"),
            [
                Fault(
                    place=("target_project",),
                    message='for every project network "out" has a field of its own',
                    hint="external: true there",
                )
            ],
        ),
    ],
)
def test_what_cannot_be_is_told(spec: RbacPolicySpec, faults: list[Fault]) -> None:
    """One object, an action that it has, and a project by its id."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.faults(spec)) == faults


def test_only_what_is_made_here_is_shared() -> None:
    """A policy about an object without our mark would not be known again."""
    assert KIND.declaration is not None
    here: Declared = {Address("network", "blue"): NetworkSpec(), _ADDRESS: _SPEC}
    assert list(KIND.declaration.faults_together(here)) == []
    assert list(KIND.declaration.faults_together({_ADDRESS: _SPEC})) == [
        (
            _ADDRESS,
            Fault(
                place=("network",),
                message="network blue is not made here, so nobody could tell whose policy this is",
            ),
        )
    ]


def test_it_goes_with_its_object(ids: FakeIds) -> None:
    """It names it, is replaced with it, and leaves with it; extensions depend on what it is."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_SPEC)) == [
        Reference(kind="network", name="blue", place=("network",))
    ]
    assert list(KIND.declaration.needs(_STATE)) == ["network-blue-id"]
    assert KIND.declaration.leaves_with(_STATE) == "network-blue-id"
    assert list(KIND.declaration.compare(_ADDRESS, _SPEC, _STATE, _MARK, ids)) == []
    other = msgspec.structs.replace(_STATE, object_id="n-9")
    assert list(KIND.declaration.compare(_ADDRESS, _SPEC, other, _MARK, ids)) == [
        Difference(field="object_id", have="n-9", want="network-blue-id", in_place=False)
    ]
    assert list(KIND.declaration.requires(_SPEC)) == [
        Requirement(place=("network",), extension="rbac-policies")
    ]
    group = RbacPolicySpec(security_group="web", target_project="*")
    assert list(KIND.declaration.requires(group)) == [
        Requirement(place=("security_group",), extension="rbac-security-groups"),
        Requirement(place=("target_project",), admin=True),
    ]
    assert KIND.declaration.consumes(_SPEC, ids) == {"network.rbac_policy": 1}


def test_it_is_captured_where_its_object_is() -> None:
    """What a field of the object says is captured there."""
    assert KIND.declaration is not None
    capture = KIND.declaration.capture
    assert capture(_STATE, FakeNames()) == {"network": "blue", "target_project": _PROJECT}
    outside = msgspec.structs.replace(_STATE, action="access_as_external")
    assert capture(outside, FakeNames()) == {
        "network": "blue",
        "action": "access_as_external",
        "target_project": _PROJECT,
    }
    every = msgspec.structs.replace(_STATE, target_project="*")
    assert capture(every, FakeNames()) is None
    assert capture(msgspec.structs.replace(_STATE, object_id="n-9"), FakeNames()) is None


def test_it_is_a_badge_on_its_object() -> None:
    """Saying who may use it."""
    assert KIND.declaration is not None
    label = f"shared with project {_PROJECT}"
    assert list(KIND.declaration.sketch(_ADDRESS, _SPEC, {})) == [
        Badge(on="network.blue", key=str(_ADDRESS), sort="rbac_policy", label=label)
    ]
    outside = msgspec.structs.replace(_STATE, action="access_as_external", target_project="*")
    assert list(KIND.sketch(outside)) == [
        Badge(
            on="network-blue-id", key="r-1", sort="rbac_policy", label="external for every project"
        )
    ]
