# SPDX-License-Identifier: Apache-2.0
"""A security group: what is said of it, and what Neutron tells."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Requirement
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.network.security_group import (
    KIND,
    NewSecurityGroup,
    SecurityGroupChange,
    SecurityGroupSpec,
    SecurityGroupState,
)
from stackloom.resources.network.security_group_rules import (
    RemoteSpec,
    RuleSpec,
    SecurityGroupRulesSpec,
)


def test_a_request_says_only_what_was_given() -> None:
    """Whether it is stateful is left to Neutron if not said."""
    assert msgspec.to_builtins(KIND.wrap(NewSecurityGroup(name="g"))) == {
        "security_group": {"name": "g"}
    }
    change = SecurityGroupChange(stateful=False)
    assert msgspec.to_builtins(KIND.patch(change)) == {"security_group": {"stateful": False}}


def test_its_rules_come_with_it() -> None:
    """As states of rules, whose fields may be null."""
    rule = {
        "id": "r-1",
        "security_group_id": "g-1",
        "ethertype": "IPv4",
        "direction": "egress",
        "protocol": None,
        "port_range_min": None,
        "port_range_max": None,
        "remote_ip_prefix": None,
        "description": None,
        "standard_attr_id": 14,
    }
    answer = {
        "id": "g-1",
        "name": "default",
        "description": "Default security group",
        "stateful": True,
        "shared": False,
        "project_id": "p-1",
        "security_group_rules": [rule],
        "tags": [],
    }
    state = msgspec.convert(answer, SecurityGroupState)
    assert [(each.id, each.direction) for each in state.security_group_rules] == [("r-1", "egress")]
    assert [column.value(state) for column in KIND.columns] == [
        *("g-1", "default", "Default security group", "p-1", [], False)
    ]


# --- in a scenario --------------------------------------------------------------------------------

_WEB = Address("security_group", "web")
_MARK = Mark("s", _WEB)
_LATER = "2026-06-01T12:00:09Z"
_SPEC = SecurityGroupSpec(description="front", rules=("tcp/22",), default_egress=False)


def _state(**changes: Any) -> SecurityGroupState:
    answer = {
        "id": "g-1",
        "name": "web",
        "description": f"front {_MARK}",
        "stateful": True,
        "created_at": "2026-06-01T12:00:00Z",
        **changes,
    }
    return msgspec.convert(answer, SecurityGroupState)


def _rule(number: int, direction: str, **fields: Any) -> dict[str, Any]:
    created_at = "2026-06-01T12:00:00Z" if direction == "egress" else _LATER
    rule = {"id": f"r-{number}", "direction": direction, "created_at": created_at}
    return {**rule, "ethertype": "IPv4", **fields}


_BORN = (_rule(1, "egress"), _rule(2, "egress", ethertype="IPv6"))


def test_its_rules_are_a_resource_of_their_own() -> None:
    """So that groups may name each other in a circle: first all groups, then their rules."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(_SPEC)) == []
    rules = SecurityGroupRulesSpec(group="web", rules=("tcp/22",), default_egress=False)
    assert list(KIND.declaration.expand(_WEB, _SPEC, {})) == [
        (Address("security_group_rules", "web"), rules)
    ]


def test_it_is_made_with_its_mark(ids: FakeIds) -> None:
    """Whether it is stateful is said only where the file does."""
    body = {"name": "web", "description": f"front {_MARK}"}
    call = KIND.create_call(_WEB, _SPEC, _MARK, ids)
    assert call == Call(method="POST", path="/v2.0/security-groups", body={"security_group": body})
    stateless = msgspec.structs.replace(_SPEC, stateful=False)
    assert KIND.create_call(_WEB, stateless, _MARK, ids).body == {
        "security_group": {**body, "stateful": False}
    }


def test_what_differs_is_changed_in_place_except_stateful(ids: FakeIds) -> None:
    """Neutron refuses to change that while ports use the group."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_SPEC, stateful=False)
    state = _state(name="other", description="words")
    assert list(KIND.declaration.compare(_WEB, spec, state, _MARK, ids)) == [
        Difference(field="name", have="other", want="web"),
        Difference(field="description", have="words", want=f"front {_MARK}"),
        Difference(field="stateful", have=True, want=False, in_place=False),
    ]
    assert list(KIND.declaration.compare(_WEB, _SPEC, _state(), _MARK, ids)) == []


def test_faults_have_their_place_among_the_rules() -> None:
    """Those of each rule."""
    assert KIND.declaration is not None
    spec = SecurityGroupSpec(rules=("tcp/22", "any/80"))
    assert list(KIND.declaration.faults(spec)) == [
        Fault(
            place=("rules", 1),
            message="ports need a protocol",
            hint="tcp/80 or udp/80",
        )
    ]


def test_the_default_group_cannot_be_made() -> None:
    """Neutron makes one for each project."""
    assert KIND.declaration is not None
    default = Address("security_group", "Default")
    found = list(KIND.declaration.faults_together({_WEB: _SPEC, default: _SPEC}))
    assert found == [
        (
            default,
            Fault(
                place=(),
                message="every project has a group of this name already, and can have no other",
                hint="choose another name, or name it under existing",
            ),
        )
    ]


def test_it_says_what_it_needs_of_the_cloud(ids: FakeIds) -> None:
    """Extensions with the field that needs them, and its place in the quota."""
    assert KIND.declaration is not None
    partners = RuleSpec(allow="tcp", from_=RemoteSpec(address_group="partners"))
    spec = SecurityGroupSpec(rules=("tcp/22", partners), stateful=True)
    assert list(KIND.declaration.requires(spec)) == [
        Requirement(place=("stateful",), extension="stateful-security-group"),
        Requirement(place=("rules", 1, "from"), extension="security-groups-remote-address-group"),
    ]
    assert list(KIND.declaration.requires(_SPEC)) == []
    assert KIND.declaration.consumes(spec, ids) == {"network.security_group": 1}


def test_it_is_adopted_by_its_description() -> None:
    """The person's own words stay."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    assert KIND.declaration.adopt(_state(description="front"), _MARK) == Call(
        method="PUT",
        path="/v2.0/security-groups/g-1",
        body={"security_group": {"description": f"front {_MARK}"}},
    )


def test_it_is_written_as_a_person_would(names: FakeNames) -> None:
    """Families together, ports with their protocol, groups by name, the usual egress left out."""
    https = {"protocol": "tcp", "port_range_min": 443, "port_range_max": 443}
    other = {"remote_group_id": "security_group-db-id"}
    partners = {"remote_address_group_id": "elsewhere", "ethertype": "IPv6"}
    state = _state(
        security_group_rules=[
            *_BORN,
            _rule(3, "ingress", **https),
            _rule(4, "ingress", **https, ethertype="IPv6"),
            _rule(5, "ingress", protocol="6", remote_ip_prefix="10.0.0.0/8"),
            _rule(6, "ingress", **other, description=f"all {_MARK}"),
            _rule(7, "ingress", **other, ethertype="IPv6", description=f"all {_MARK}"),
            _rule(8, "ingress", **partners),
            _rule(9, "egress", protocol="icmp", port_range_min=8, created_at=_LATER),
        ]
    )
    assert KIND.declaration is not None
    entry = KIND.declaration.capture(state, names)
    assert entry == {
        "description": "front",
        "rules": [
            "tcp/443",
            {"allow": "any", "from": "db", "description": "all"},
            {"allow": "any", "from": {"address_group": "elsewhere"}, "ethertype": "IPv6"},
            {"allow": "icmp/8", "to": "anywhere"},
            {"allow": "tcp", "from": "10.0.0.0/8"},
        ],
    }
    msgspec.convert(entry, SecurityGroupSpec)


def test_what_is_usual_is_not_written(names: FakeNames) -> None:
    """A new group is an empty entry; a stateless one says so; each project has a default one."""
    assert KIND.declaration is not None
    capture = KIND.declaration.capture
    assert capture(_state(description="", security_group_rules=_BORN), names) == {}
    assert capture(_state(description="", stateful=False), names) == {
        "default_egress": False,
        "stateful": False,
    }
    assert capture(_state(name="default"), names) is None


def test_a_picture_shows_its_rules() -> None:
    """Of the file and of the cloud; those who have the group point to it."""
    assert KIND.declaration is not None
    assert list(KIND.declaration.sketch(_WEB, _SPEC, {})) == [
        Badge(
            on="",
            key="security_group.web",
            sort="security_group",
            label="web",
            details=("allow tcp/22 from anywhere",),
        )
    ]
    assert list(KIND.sketch(_state(security_group_rules=_BORN))) == [
        Badge(
            on="",
            key="g-1",
            sort="security_group",
            label="web",
            details=("allow any to anywhere",),
        )
    ]
