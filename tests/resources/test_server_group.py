# SPDX-License-Identifier: Apache-2.0
"""A server group has one policy with rules, and its mark in its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Declaration, Difference, Fault, Names
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.compute.server_group import (
    KIND,
    NewServerGroup,
    ServerGroupRules,
    ServerGroupSpec,
    ServerGroupState,
)

_APART = Address("server_group", "apart")
_MARK = Mark("s", _APART)
_NAME = "apart stackloom://s/server_group.apart"
_SPEC = ServerGroupSpec(policy="anti-affinity", rules=ServerGroupRules(max_server_per_host=2))
_ANSWER = {
    "id": "g-1",
    "name": _NAME,
    "policy": "anti-affinity",
    "rules": {"max_server_per_host": 2},
    "members": ["v-1"],
    "project_id": "p-1",
    "user_id": "u-1",
}
_STATE = msgspec.convert(_ANSWER, ServerGroupState)


def _declaration() -> Declaration[ServerGroupSpec, ServerGroupState]:
    assert KIND.declaration is not None
    return KIND.declaration


def test_novas_answer_is_read() -> None:
    """From 2.64 on, with one policy."""
    assert [column.value(_STATE) for column in KIND.columns] == ["g-1", _NAME, "anti-affinity"]
    assert [column.value(_STATE) for column in KIND.long_columns] == [["v-1"], "p-1", "u-1"]


def test_rules_are_left_out_where_there_are_none() -> None:
    """Nova refuses an empty object for some policies."""
    assert msgspec.to_builtins(NewServerGroup(name="apart", policy="affinity")) == {
        "name": "apart",
        "policy": "affinity",
    }


def test_it_is_made_with_its_mark_in_the_name(ids: FakeIds) -> None:
    """Behind the person's own name, and found there again."""
    body = {"name": _NAME, "policy": "anti-affinity", "rules": {"max_server_per_host": 2}}
    assert KIND.create_call(_APART, _SPEC, _MARK, ids) == Call(
        method="POST", path="/v2.1/os-server-groups", body={"server_group": body}
    )
    plain = ServerGroupSpec(policy="affinity")
    assert KIND.create_call(_APART, plain, _MARK, ids) == Call(
        method="POST",
        path="/v2.1/os-server-groups",
        body={"server_group": {"name": _NAME, "policy": "affinity"}},
    )
    assert KIND.mark(_STATE, {}) == _MARK
    assert _declaration().consumes(_SPEC, ids) == {"compute.server_groups": 1}


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({}, []),
        (
            {"policy": "affinity"},
            [Difference(field="policy", have="affinity", want="anti-affinity", in_place=False)],
        ),
        (
            {"rules": {}},
            [Difference(field="rules", have={}, want={"max_server_per_host": 2}, in_place=False)],
        ),
    ],
)
def test_any_change_replaces_it(
    changes: Mapping[str, Any], difference: list[Difference], ids: FakeIds
) -> None:
    """Nova changes nothing of a server group but its members."""
    state = msgspec.structs.replace(_STATE, **changes)
    assert list(_declaration().compare(_APART, _SPEC, state, _MARK, ids)) == difference


def test_rules_that_nobody_asked_for_are_fine(ids: FakeIds) -> None:
    """What the file does not say is not compared."""
    spec = ServerGroupSpec(policy="anti-affinity")
    assert list(_declaration().compare(_APART, spec, _STATE, _MARK, ids)) == []


def test_an_unknown_policy_and_needless_rules_are_refused() -> None:
    """Before Nova does."""
    faults = _declaration().faults
    assert list(faults(_SPEC)) == []
    assert list(faults(ServerGroupSpec(policy="apart"))) == [
        Fault(
            place=("policy",),
            message='"apart" is no policy of server groups',
            hint="known are: affinity, anti-affinity, soft-affinity, soft-anti-affinity",
        )
    ]
    assert list(faults(msgspec.structs.replace(_SPEC, policy="affinity"))) == [
        Fault(
            place=("rules",),
            message='the policy "affinity" takes no rules',
            hint="only anti-affinity does",
        )
    ]


def test_it_is_captured_and_drawn(names: Names) -> None:
    """Policy and rules are all there is; each of its servers gets a badge."""
    plain = msgspec.structs.replace(_STATE, rules={}, members=())
    assert _declaration().capture(_STATE, names) == {
        "policy": "anti-affinity",
        "rules": {"max_server_per_host": 2},
    }
    assert _declaration().capture(plain, names) == {"policy": "anti-affinity"}
    badge = Badge(on="v-1", key="g-1", sort="server_group", label="apart", note="anti-affinity")
    assert list(KIND.sketch(_STATE)) == [badge]
    assert list(KIND.sketch(plain)) == [msgspec.structs.replace(badge, on="")]
    assert list(_declaration().sketch(_APART, _SPEC, {})) == [
        msgspec.structs.replace(badge, on="", key="server_group.apart")
    ]
