# SPDX-License-Identifier: Apache-2.0
"""Scenarios with groups and policies on real services: rules as people write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openstack.connection import Connection
from openstack.network.v2.qos_policy import QoSPolicy
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_CIRCLE = """\
address_groups:
  partners: {addresses: [198.51.100.0/24, 2001:DB8::5]}
security_groups:
  front:
    description: words
    rules:
      - tcp/22
      - {allow: tcp/443, from: 0.0.0.0/0, description: the web}
      - {allow: tcp/8000-8080, from: back}
      - {allow: icmp/8:0, from: front}
      - {allow: any, from: {address_group: partners}, ethertype: IPv4}
  back:
    default_egress: false
    rules:
      - {allow: tcp/5432, from: front}
      - {allow: udp/53, to: [9.9.9.9, "2620:fe::fe"]}
      - {allow: icmpv6, to: anywhere}
      - "47"
"""
_CHANGED = """\
address_groups:
  partners: {description: others, addresses: [203.0.113.0/24, 2001:DB8::5]}
security_groups:
  front:
    default_egress: false
    rules:
      - tcp/22
      - {allow: tcp/443, from: 0.0.0.0/0, description: still the web}
      - {allow: any, from: {address_group: partners}, ethertype: IPv4}
      - {allow: udp, from: [10.0.0.0/8, "fd00::/8"]}
  other: {}
"""
_POLICY = """\
qos_policies:
  slow:
    description: words
    rules:
      - {type: bandwidth_limit, max_kbps: 1000, max_burst_kbps: 100}
      - {type: bandwidth_limit, max_kbps: 2000, direction: ingress}
      - {type: minimum_bandwidth, min_kbps: 500}
      - {type: dscp_marking, dscp_mark: 26}
"""
_OTHER_POLICY = """\
qos_policies:
  slow:
    shared: true
    is_default: true
    rules:
      - {type: bandwidth_limit, max_kbps: 400, max_burst_kbps: 40}
      - {type: minimum_bandwidth, min_kbps: 300}
      - {type: dscp_marking, dscp_mark: 28}
      - {type: minimum_packet_rate, min_kpps: 3, direction: any}
"""

Weave = Callable[..., list[str]]


@pytest.fixture
def weave(local_cloud: Access, tmp_path: Path) -> Iterator[Weave]:
    """Apply what a test gives, see that a second plan is empty; destroy in the end.

    Returns what the plan said beforehand, such as ``["update security_group.web"]``, in order.
    """
    file = tmp_path / "guards.yaml"

    def apply(text: str, user: str = "demo") -> list[str]:
        file.write_text(f"scenario: guards\n{text}")
        plan = json.loads(done(local_cloud, "plan", str(file), "-f", "json", user=user))
        done(local_cloud, "apply", str(file), "--yes", user=user)
        again = stackloom(local_cloud, "plan", str(file), "--detailed-exitcode", user=user)
        assert again.returncode == 0, again.stdout + again.stderr
        steps = [each for each in plan["steps"] if each["action"] != "keep"]
        return sorted(f"{each['action']} {each['address']}" for each in steps)

    yield apply
    for user in ("demo", "admin"):
        done(local_cloud, "destroy", "--scenario", "guards", "--yes", user=user)
        assert stackloom(local_cloud, "show", "guards", user=user).returncode == 2


def _group(connection: Connection, name: str) -> Any:
    return connection.network.find_security_group(name, ignore_missing=False)


def _rules(connection: Connection, name: str) -> set[tuple[Any, ...]]:
    """Return direction, family, protocol, ports and other side of each rule; groups by name."""
    groups = [*connection.network.security_groups(), *connection.network.address_groups()]
    names: dict[str | None, str | None] = {each.id: each.name for each in groups}
    names[None] = None
    return {
        (
            rule["direction"],
            rule["ethertype"],
            rule["protocol"],
            rule["port_range_min"],
            rule["port_range_max"],
            rule["remote_ip_prefix"]
            or names[rule["remote_group_id"]]
            or names[rule["remote_address_group_id"]],
        )
        for rule in _group(connection, name).security_group_rules
    }


def _both(direction: str, *rest: Any) -> set[tuple[Any, ...]]:
    return {(direction, ethertype, *rest) for ethertype in ("IPv4", "IPv6")}


_ANY_EGRESS = _both("egress", None, None, None, None)


def test_groups_that_name_each_other_in_a_circle(weave: Weave, demo: Connection) -> None:
    """Groups come first, then their rules, and each rule is the one that was written."""
    weave(_CIRCLE)
    assert _rules(demo, "front") == (
        _ANY_EGRESS
        | _both("ingress", "tcp", 22, 22, None)
        | _both("ingress", "tcp", 8000, 8080, "back")
        | {
            ("ingress", "IPv4", "tcp", 443, 443, None),
            ("ingress", "IPv4", "icmp", 8, 0, "front"),
            ("ingress", "IPv4", None, None, None, "partners"),
        }
    )
    assert _rules(demo, "back") == (
        _both("ingress", "tcp", 5432, 5432, "front")
        | _both("ingress", "gre", None, None, None)
        | {
            ("egress", "IPv4", "udp", 53, 53, "9.9.9.9/32"),
            ("egress", "IPv6", "udp", 53, 53, "2620:fe::fe/128"),
            ("egress", "IPv6", "ipv6-icmp", None, None, None),
        }
    )


def test_rules_come_and_go_in_place(weave: Weave, demo: Connection) -> None:
    """The group stays, and so does each rule that is still wanted; a group goes with its rules."""
    weave(_CIRCLE)
    before = _group(demo, "front")
    assert weave(_CHANGED) == [
        "create security_group.other",
        "create security_group_rules.other",
        "delete security_group.back",
        "delete security_group_rules.back",
        "update address_group.partners",
        "update security_group.front",
        "update security_group_rules.front",
    ]
    after = _group(demo, "front")
    assert after.id == before.id
    assert _rules(demo, "front") == _both("ingress", "tcp", 22, 22, None) | {
        ("ingress", "IPv4", "tcp", 443, 443, None),
        ("ingress", "IPv4", None, None, None, "partners"),
        ("ingress", "IPv4", "udp", None, None, "10.0.0.0/8"),
        ("ingress", "IPv6", "udp", None, None, "fd00::/8"),
    }
    ssh, again = (
        {rule["id"] for rule in group.security_group_rules if rule["port_range_min"] == 22}
        for group in (before, after)
    )
    assert ssh == again
    partners = demo.network.find_address_group("partners", ignore_missing=False)
    assert sorted(partners.addresses) == ["2001:db8::5/128", "203.0.113.0/24"]


def test_what_somebody_changed_is_repaired(weave: Weave, demo: Connection) -> None:
    """A rule that was added goes, one that was taken away comes back, the operator's stay."""
    weave(_CIRCLE)
    wanted = _rules(demo, "front")
    group = _group(demo, "front")
    demo.network.create_security_group_rule(
        security_group_id=group.id, direction="ingress", protocol="tcp"
    )
    for rule in group.security_group_rules:
        if rule["protocol"] == "icmp":
            demo.network.delete_security_group_rule(rule["id"])
    assert weave(_CIRCLE) == ["update security_group_rules.front"]
    assert _rules(demo, "front") == wanted


def test_rules_whose_answer_was_lost_are_there_once(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """The group is looked at before anything is sent again."""
    here = ("--name", local_cloud.name)
    place = ("--method", "POST", "--path", "/v2.0/security-group-rules")
    done(local_cloud, "local", "fault", "add", *here, *place, "--drop", "answer", "--times", "1")
    try:
        weave("security_groups: {front: {rules: [tcp/22]}}\n")
    finally:
        done(local_cloud, "local", "fault", "clear", *here)
    assert _rules(demo, "front") == _ANY_EGRESS | _both("ingress", "tcp", 22, 22, None)


def test_default_egress_comes_back(weave: Weave, demo: Connection) -> None:
    """On request; not given it stays as it is."""
    dropped, given, open_ = (
        f"security_groups: {{front: {{rules: [tcp/22]{more}}}}}\n"
        for more in (", default_egress: false", "", ", default_egress: true")
    )
    ssh = _both("ingress", "tcp", 22, 22, None)
    weave(given)
    assert _rules(demo, "front") == ssh | _ANY_EGRESS
    assert weave(dropped) == ["update security_group_rules.front"]
    assert _rules(demo, "front") == ssh
    assert weave(given) == []
    assert weave(open_) == ["update security_group_rules.front"]
    assert _rules(demo, "front") == ssh | _ANY_EGRESS


def test_what_the_operator_lets_out_is_not_assumed(
    weave: Weave, demo: Connection, admin: Connection
) -> None:
    """Default rules of this cloud: what leaves stays, what comes in is what the file says."""
    templates = [
        admin.network.create_default_security_group_rule(
            direction=direction,
            protocol="udp",
            port_range_min=123,
            port_range_max=123,
            used_in_default_sg=False,
            used_in_non_default_sg=True,
        )
        for direction in ("egress", "ingress")
    ]
    try:
        weave("security_groups: {front: {rules: [tcp/22]}}\n")
    finally:
        for template in templates:
            admin.network.delete_default_security_group_rule(template)
    assert _rules(demo, "front") == (
        _both("ingress", "tcp", 22, 22, None)
        | _ANY_EGRESS
        | {("egress", "IPv4", "udp", 123, 123, None)}
    )


def test_a_stateless_group_takes_the_place_of_a_stateful_one(
    weave: Weave, demo: Connection
) -> None:
    """Neutron refuses to change it while ports use it; the port stays and gets the new one."""
    used = (
        "networks: {blue: {cidr: 10.66.1.0/24}}\nports: {a: {network: blue, "
        "security_groups: [front]}}\nsecurity_groups: {front: {rules: [tcp/22], stateful: %s}}\n"
    )
    weave(used % "true")
    port = demo.network.find_port("a", ignore_missing=False)
    old = _group(demo, "front")
    assert weave(used % "false") == [
        "create security_group.front",
        "create security_group_rules.front",
        "delete security_group.front",
        "delete security_group_rules.front",
        "update port.a",
    ]
    new = _group(demo, "front")
    assert (new.id != old.id, new.stateful) == (True, False)
    assert demo.network.get_port(port.id).security_group_ids == [new.id]


def test_groups_are_captured_as_they_were_written(
    weave: Weave, local_cloud: Access, demo: Connection
) -> None:
    """What a project has becomes a file that brings about the same rules."""
    weave(_CIRCLE)
    rules = {name: _rules(demo, name) for name in ("front", "back")}
    captured = yaml.safe_load(done(local_cloud, "capture", "copy"))
    assert captured["address_groups"] == {
        "partners": {"addresses": ["198.51.100.0/24", "2001:db8::5/128"]}
    }
    assert captured["security_groups"]["front"] == {
        "description": "words",
        "rules": [
            "tcp/22",
            {"allow": "any", "from": {"address_group": "partners"}, "ethertype": "IPv4"},
            {"allow": "icmp/8:0", "from": "front"},
            {"allow": "tcp/443", "ethertype": "IPv4", "description": "the web"},
            {"allow": "tcp/8000-8080", "from": "back"},
        ],
    }
    done(local_cloud, "destroy", "--scenario", "guards", "--yes")
    sections = ("address_groups", "security_groups")
    weave(yaml.safe_dump({section: captured[section] for section in sections}))
    assert {name: _rules(demo, name) for name in ("front", "back")} == rules


def test_all_problems_of_rules_are_told_at_once(local_cloud: Access, tmp_path: Path) -> None:
    """Each with its place in the file, and what was probably meant."""
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "scenario: guards\n"
        "security_groups:\n"
        "  front:\n"
        "    rules:\n"
        "      - tpc/22\n"
        "      - {allow: tcp/80, from: 10.0.0.1/24}\n"
        "      - {allow: icmp, from: '::/0'}\n"
    )
    result = stackloom(local_cloud, "validate", str(file))
    assert result.returncode == 2
    assert [line.replace(str(file), "FILE") for line in result.stderr.splitlines()] == [
        'error: FILE:5:9: "tpc" is not a protocol ("tcp" is meant?)',
        'FILE:6:31: "10.0.0.1/24" has host bits set (10.0.0.0/24 is meant?)',
        "FILE:7:29: icmp is not a protocol of IPv6 (icmpv6 is meant?)",
    ]
    file.write_text(
        "scenario: guards\nsecurity_groups: {front: {rules: [{allow: tcp, from: bak}]}}\n"
    )
    result = stackloom(local_cloud, "validate", str(file))
    assert result.returncode == 2
    assert 'there is no security_group "bak" in this scenario' in result.stderr
    assert ":2:54:" in result.stderr


def test_a_policy_and_its_rules_change_in_place(weave: Weave, admin: Connection) -> None:
    """A rule is known again by its type and direction; promises never exceed limits meanwhile."""
    weave(_POLICY, user="admin")
    before = _policy(admin)
    weave(_OTHER_POLICY, user="admin")
    after = _policy(admin)
    assert (after.id, after.is_shared, after.is_default) == (before.id, True, True)
    assert {_told(rule) for rule in after.rules} == {
        ("bandwidth_limit", 400, 40, "egress"),
        ("minimum_bandwidth", 300, "egress"),
        ("dscp_marking", 28),
        ("minimum_packet_rate", 3, "any"),
    }
    kept = {rule["id"] for rule in before.rules} & {rule["id"] for rule in after.rules}
    assert len(kept) == 3
    weave(_POLICY.replace("words", "words\n    shared: false\n    is_default: false"), user="admin")


def _policy(admin: Connection) -> QoSPolicy:
    policy = admin.network.find_qos_policy("slow", ignore_missing=False)
    return admin.network.get_qos_policy(policy)


def _told(rule: dict[str, Any]) -> tuple[Any, ...]:
    fields = ("max_kbps", "max_burst_kbps", "min_kbps", "min_kpps", "dscp_mark", "direction")
    return (rule["type"], *(rule[field] for field in fields if field in rule))
