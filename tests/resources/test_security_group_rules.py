# SPDX-License-Identifier: Apache-2.0
"""The rules of a security group: what is asked for, what is there, and what lies between."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import UNKNOWN, Call, Difference, Fault, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.resources.network.security_group import SecurityGroupState
from stackloom.resources.network.security_group_rule import SecurityGroupRuleState
from stackloom.resources.network.security_group_rules import (
    KIND,
    RuleEntry,
    RuleSpec,
    SecurityGroupRulesSpec,
    SecurityGroupRulesState,
    rule_faults,
    rule_of,
    rule_words,
    spec_words,
)

_ADDRESS = Address("security_group_rules", "web")
_MARK = Mark("s", _ADDRESS)
_BORN_AT = "2026-06-01T12:00:00Z"
_ANY_EGRESS = [{"ethertype": each, "direction": "egress"} for each in ("IPv4", "IPv6")]


def _entry(rule: Any) -> RuleEntry:
    return rule if isinstance(rule, str) else msgspec.convert(rule, RuleSpec)


def _spec(*rules: Any, **fields: Any) -> SecurityGroupRulesSpec:
    return SecurityGroupRulesSpec(group="web", rules=tuple(map(_entry, rules)), **fields)


def _state(*rules: dict[str, Any]) -> SecurityGroupRulesState:
    """Return a group as old as those of its rules that say nothing else."""
    states = tuple(
        msgspec.convert(
            {"id": f"r-{number}", "created_at": _BORN_AT, "description": "", **rule},
            SecurityGroupRuleState,
        )
        for number, rule in enumerate(rules, start=1)
    )
    return SecurityGroupRulesState(
        id="g-1/rules",
        description="words stackloom://s/security_group.web",
        group_id="g-1",
        created_at=_BORN_AT,
        rules=states,
    )


def _compare(
    spec: SecurityGroupRulesSpec, state: SecurityGroupRulesState, ids: FakeIds
) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_ADDRESS, spec, state, _MARK, ids))


def _added(spec: SecurityGroupRulesSpec, ids: FakeIds) -> list[dict[str, Any]]:
    """Return what an empty group lacks, without descriptions."""
    wants = [change.want for change in _compare(spec, _state(), ids)]
    return [
        {k: v for k, v in want.items() if k != "description"}
        for want in wants
        if isinstance(want, dict)
    ]


# --- what rules mean ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "remotes"),
    [
        ("tcp/22", [{"ethertype": "IPv4"}, {"ethertype": "IPv6"}]),
        ({"from": "anywhere"}, [{"ethertype": "IPv4"}, {"ethertype": "IPv6"}]),
        ({"from": "0.0.0.0/0"}, [{"ethertype": "IPv4"}]),
        ({"from": "::/0"}, [{"ethertype": "IPv6"}]),
        ({"from": "10.0.0.5"}, [{"ethertype": "IPv4", "remote_ip_prefix": "10.0.0.5/32"}]),
        (
            {"from": ["10.0.0.0/8", "2001:DB8::/32"]},
            [
                {"ethertype": "IPv4", "remote_ip_prefix": "10.0.0.0/8"},
                {"ethertype": "IPv6", "remote_ip_prefix": "2001:db8::/32"},
            ],
        ),
        (
            {"from": "db"},
            [
                {"ethertype": "IPv4", "remote_group_id": "security_group-db-id"},
                {"ethertype": "IPv6", "remote_group_id": "security_group-db-id"},
            ],
        ),
        (
            {"from": {"security_group": "web"}, "ethertype": "IPv6"},
            [{"ethertype": "IPv6", "remote_group_id": "security_group-web-id"}],
        ),
        (
            {"from": {"address_group": "partners"}, "ethertype": "IPv4"},
            [{"ethertype": "IPv4", "remote_address_group_id": "address_group-partners-id"}],
        ),
        ({"from": "${server.a.address}"}, [{"ethertype": "IPv4", "remote_ip_prefix": UNKNOWN}]),
    ],
)
def test_whom_a_rule_is_about(rule: Any, remotes: list[dict[str, Any]], ids: FakeIds) -> None:
    """A range says its family, a group and anywhere are both."""
    spec = _spec(rule if isinstance(rule, str) else {"allow": "tcp/22", **rule})
    ssh = {
        "direction": "ingress",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
    }
    assert _added(spec, ids) == [{**ssh, **remote} for remote in remotes]


def test_egress_is_said_with_to(ids: FakeIds) -> None:
    """The same words on the other side."""
    assert _added(_spec({"allow": "udp/53", "to": "9.9.9.9/32"}), ids) == [
        {
            "direction": "egress",
            "ethertype": "IPv4",
            "protocol": "udp",
            "port_range_min": 53,
            "port_range_max": 53,
            "remote_ip_prefix": "9.9.9.9/32",
        }
    ]


def test_a_protocol_of_one_family_makes_one_rule(ids: FakeIds) -> None:
    """ICMP's type stands where ports do."""
    assert _added(_spec("icmp/8"), ids) == [
        {"direction": "ingress", "ethertype": "IPv4", "protocol": "icmp", "port_range_min": 8}
    ]
    assert _added(_spec("icmpv6"), ids) == [
        {"direction": "ingress", "ethertype": "IPv6", "protocol": "ipv6-icmp"}
    ]


def test_rules_that_mean_the_same_are_one(ids: FakeIds) -> None:
    """Neutron refuses a request with two of them."""
    spec = _spec(
        {"allow": "tcp/22", "from": "0.0.0.0/0", "description": "first"},
        "6/22",
        {"allow": "tcp/22", "from": ["0.0.0.0/0", "::/0"]},
    )
    changes = _compare(spec, _state(), ids)
    described = [c.want.get("description") for c in changes if isinstance(c.want, dict)]
    assert described == ["first", None]


# --- what is there --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "have",
    [
        {"protocol": "tcp", "remote_ip_prefix": None},
        {"protocol": "6", "remote_ip_prefix": "0.0.0.0/0"},
        {"protocol": "tcp", "remote_ip_prefix": "0.0.0.0/0", "description": "by somebody"},
    ],
)
def test_a_rule_is_known_again_however_it_is_written(have: dict[str, Any], ids: FakeIds) -> None:
    """Protocols by name or number, everywhere by a range or by none."""
    ports = {"port_range_min": 22, "port_range_max": 22}
    state = _state({"direction": "ingress", "ethertype": "IPv4", **ports, **have})
    assert _compare(_spec({"allow": "tcp/22", "from": "0.0.0.0/0"}), state, ids) == []


def test_what_the_file_does_not_say_is_taken_away(ids: FakeIds) -> None:
    """Also what the operator lets in by default; what every group lets out stays."""
    state = _state(*_ANY_EGRESS, {"direction": "ingress", "ethertype": "IPv4"})
    removed = Difference(
        field="security_group_rules",
        have={"id": "r-3", "direction": "ingress", "ethertype": "IPv4"},
        want=None,
    )
    assert _compare(_spec(), state, ids) == [removed]


@pytest.mark.parametrize(
    ("later", "description", "is_kept"),
    [
        ("2026-06-01T12:00:01Z", "", True),
        ("2026-06-01T12:00:01Z", str(_MARK), False),
        ("2026-06-02T12:00:00Z", "", False),
        ("", "", True),
    ],
)
def test_the_operators_egress_is_told_by_its_age(
    later: str, description: str, is_kept: bool, ids: FakeIds
) -> None:
    """What we added carries our mark, what somebody added is younger than the group."""
    egress = {**_ANY_EGRESS[0], "created_at": later, "description": description}
    assert (_compare(_spec(), _state(egress), ids) == []) is is_kept


def test_default_egress_is_dropped_on_request(ids: FakeIds) -> None:
    """All but what the rules of the file allow themselves."""
    spec = _spec({"allow": "any", "to": "::/0"}, default_egress=False)
    changes = _compare(spec, _state(*_ANY_EGRESS), ids)
    assert [change.have for change in changes] == [
        {"id": "r-1", "direction": "egress", "ethertype": "IPv4"}
    ]


def test_default_egress_comes_back_on_request(ids: FakeIds) -> None:
    """Where nothing of it is left all may leave; once it is there nothing differs."""
    spec = _spec(default_egress=True)
    assert _added(spec, ids) == [
        {"direction": "egress", "ethertype": "IPv4"},
        {"direction": "egress", "ethertype": "IPv6"},
    ]
    again = [{**each, "description": str(_MARK)} for each in _ANY_EGRESS]
    assert _compare(spec, _state(*again), ids) == []
    assert _compare(spec, _state(_ANY_EGRESS[0]), ids) == []


def test_changes_are_one_post_and_single_deletes(ids: FakeIds) -> None:
    """New ones first; only one that gets other words has to leave before it can come back."""
    state = _state(
        {**_ANY_EGRESS[0], "created_at": "2026-07-01T00:00:00Z"},
        {"direction": "ingress", "ethertype": "IPv4", "protocol": "icmp"},
    )
    spec = _spec({"allow": "icmp", "description": "ping"}, {"allow": "gre", "from": "::/0"})
    assert KIND.declaration is not None
    assert KIND.declaration.update is not None
    calls = KIND.declaration.update(state, _compare(spec, state, ids))
    ping, gre = (
        {
            "security_group_id": "g-1",
            "direction": "ingress",
            "ethertype": ethertype,
            "protocol": protocol,
            "description": description,
        }
        for ethertype, protocol, description in (
            ("IPv4", "icmp", f"ping {_MARK}"),
            ("IPv6", "gre", str(_MARK)),
        )
    )
    assert calls == [
        Call(method="DELETE", path="/v2.0/security-group-rules/r-2"),
        Call(
            method="POST",
            path="/v2.0/security-group-rules",
            body={"security_group_rules": [ping, gre]},
        ),
        Call(method="DELETE", path="/v2.0/security-group-rules/r-1"),
    ]


def test_very_many_rules_are_a_few_posts(ids: FakeIds) -> None:
    """So that no gateway gives up on one of them."""
    rules = [{"allow": f"tcp/{port}", "from": "10.0.0.0/8"} for port in range(1, 402)]
    state = _state()
    calls = KIND.update_calls(state, _compare(_spec(*rules), state, ids))
    bodies = [call.body for call in calls if isinstance(call.body, dict)]
    assert [len(body["security_group_rules"]) for body in bodies] == [200, 200, 1]


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("tpc", Fault(place=(), message='"tpc" is not a protocol', hint='"tcp" is meant?')),
        (
            {"allow": "tcp/0"},
            Fault(place=("allow",), message="ports go from 1 to 65535"),
        ),
        (
            {"allow": "tcp", "from": "a", "to": "b"},
            Fault(
                place=("to",),
                message="a rule is about what comes in or about what goes out",
                hint="make two rules of it, one with from and one with to",
            ),
        ),
        (
            {"allow": "tcp", "from": "10.0.0.5/24"},
            Fault(
                place=("from",),
                message='"10.0.0.5/24" has host bits set',
                hint="10.0.0.0/24 is meant?",
            ),
        ),
        (
            {"allow": "tcp", "to": ["::1", "300.1.1.1"]},
            Fault(
                place=("to", 1),
                message='"300.1.1.1" is neither a range of addresses nor the name of a group',
                hint="such as 10.0.0.0/24",
            ),
        ),
        (
            {"allow": "icmp", "from": "::/0"},
            Fault(
                place=("from",),
                message="icmp is not a protocol of IPv6",
                hint="icmpv6 is meant?",
            ),
        ),
        (
            {"allow": "icmpv6", "ethertype": "IPv4"},
            Fault(
                place=("ethertype",),
                message="ipv6-icmp is not a protocol of IPv4",
                hint="icmp is meant?",
            ),
        ),
        (
            {"allow": "tcp", "from": "10.0.0.0/8", "ethertype": "IPv6"},
            Fault(
                place=("from",),
                message="10.0.0.0/8 is IPv4, and the rule is for IPv6",
                hint="leave ethertype out",
            ),
        ),
        (
            {"allow": "tcp", "from": {"security_group": "a", "address_group": "b"}},
            Fault(place=("from",), message="give either security_group or address_group"),
        ),
        (
            {"allow": "tcp", "to": []},
            Fault(place=("to",), message="this names nobody", hint="to: anywhere"),
        ),
        (
            {"allow": "tcp", "description": "x" * 101},
            Fault(
                place=("description",),
                message="this is longer than 100 letters: the mark has to fit in as well",
            ),
        ),
    ],
)
def test_nonsense_is_seen_without_a_cloud(rule: Any, fault: Fault) -> None:
    """With its place in the rule, and what was probably meant."""
    assert list(rule_faults(_entry(rule), ("rules", 0))) == [
        msgspec.structs.replace(fault, place=("rules", 0, *fault.place))
    ]


@pytest.mark.parametrize("remote", ["10.0.0.0/8", "2001:db8::1", "db", "${server.a.address}/32"])
def test_what_is_not_known_yet_is_no_fault(remote: str) -> None:
    """Ranges, names, and values that only the cloud knows."""
    rule = _entry({"allow": "tcp/22", "from": remote})
    assert list(rule_faults(rule, ("rules", 0))) == []


# --- among others ---------------------------------------------------------------------------------


def test_groups_are_named_by_their_rules() -> None:
    """The rules wait for all groups, so these may name each other in a circle."""
    spec = _spec(
        "tcp/22",
        {"allow": "tcp", "from": ["db", "10.0.0.0/8", "web"]},
        {"allow": "udp", "to": {"address_group": "partners"}},
    )
    assert KIND.declaration is not None
    assert list(KIND.declaration.references(spec)) == [
        Reference(kind="security_group", name="web", place=("group",)),
        Reference(kind="security_group", name="db", place=("rules", 1, "from", 0), rebinds=True),
        Reference(kind="address_group", name="partners", place=("rules", 2, "to"), rebinds=True),
    ]


def test_they_are_a_side_of_their_group() -> None:
    """Derived from it, with its mark, and gone with it; address groups are held."""
    rule = {"id": "r-1", "direction": "ingress", "remote_address_group_id": "a-1"}
    group = msgspec.convert(
        {
            "id": "g-1",
            "name": "web",
            "description": "words stackloom://s/security_group.web",
            "created_at": _BORN_AT,
            "security_group_rules": [rule, {"id": "r-2", "remote_group_id": "g-2"}],
        },
        SecurityGroupState,
    )
    assert KIND.derive is not None
    (state,) = KIND.derive({"security_group": [group]})
    assert state == SecurityGroupRulesState(
        id="g-1/rules",
        name="web",
        description=group.description,
        group_id="g-1",
        created_at=_BORN_AT,
        rules=group.security_group_rules,
    )
    assert KIND.mark(state, {}) == _MARK
    assert KIND.mark(msgspec.structs.replace(state, description="words"), {}) is None
    assert KIND.declaration is not None
    assert KIND.declaration.leaves_with(state) == "g-1"
    assert list(KIND.declaration.needs(state)) == ["a-1"]


def test_rules_count_for_their_quota(ids: FakeIds) -> None:
    """One that is about both families counts twice."""
    assert KIND.declaration is not None
    assert KIND.declaration.consumes(_spec("tcp/22", "icmp"), ids) == {
        "network.security_group_rule": 3
    }


def test_rules_are_told_in_words() -> None:
    """For pictures, of the file and of the cloud."""
    assert spec_words("tcp/22") == "allow tcp/22 from anywhere"
    rule = _entry({"allow": "udp/53", "to": ["9.9.9.9", {"address_group": "dns"}]})
    assert spec_words(rule) == "allow udp/53 to 9.9.9.9, dns"
    state = SecurityGroupRuleState(
        id="r-1",
        direction="ingress",
        ethertype="IPv6",
        protocol="icmpv6",
        remote_ip_prefix="fe80::/10",
    )
    assert rule_words(rule_of(state)) == "allow icmpv6 from fe80::/10"
