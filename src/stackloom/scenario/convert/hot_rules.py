# SPDX-License-Identifier: Apache-2.0
"""Rules of security groups: from Heat's fields to what a scenario says of them. Pure.

Source: heat/engine/resources/openstack/neutron/security_group.py, 2026.2.
"""

from __future__ import annotations

from typing import Any

from stackloom.scenario.convert.hot_entry import Source, given

Entry = dict[str, Any]
_NAMES = {"ipv6-icmp": "icmpv6", "icmp6": "icmpv6", "": "any", "any": "any"}
_WITH_TYPES = frozenset({"icmp", "icmpv6"})


def security_group(source: Source) -> Entry:
    """SecurityGroup; rules about what leaves take the place of what is let out by default."""
    entry: Entry = {}
    source.texts(entry, "description")
    source.truths(entry, "stateful")
    rules = [rule for part in source.parts("rules") if (rule := rule_of(part, source.item.name))]
    if any("to" in rule for rule in rules):
        entry["default_egress"] = False
    return entry | given(rules=joined(rules))


def rule_of(source: Source, group: str) -> Entry:
    """Return one rule; *group* is the one that it belongs to."""
    plain: Entry = {}
    source.texts(plain, "protocol", "direction", "ethertype", "remote_ip_prefix", "description")
    source.integers(plain, "port_range_min", "port_range_max")
    mode = source.node("remote_mode")
    named = source.has("remote_group_id") or source.has("remote_group")
    remote = (
        source.name("security_group", "remote_group", "remote_group_id")
        if named
        else (group if mode == "remote_group_id" else "")
    )
    source.end()
    if named and not remote:
        return {}
    version = plain.get("ethertype", "IPv4")
    rule: Entry = {"allow": _allowed(plain, version)}
    side = "to" if plain.get("direction") == "egress" else "from"
    if remote:
        rule[side] = {"security_group": remote}
    else:
        rule[side] = plain.get("remote_ip_prefix", "anywhere")
    if rule[side] == "anywhere" or remote:
        rule["ethertype"] = version
    return rule | given(description=plain.get("description", ""))


def _allowed(plain: Entry, version: str) -> str:
    """Return what a rule allows: ``tcp/80-90``, ``icmp/8:0``, ``any``."""
    protocol = str(plain.get("protocol", "")).lower()
    protocol = _NAMES.get(protocol, protocol)
    if protocol == "icmp" and version == "IPv6":
        protocol = "icmpv6"
    first, last = plain.get("port_range_min"), plain.get("port_range_max")
    if first is None or protocol == "any":
        return protocol
    if protocol in _WITH_TYPES:
        return f"{protocol}/{first}" if last is None else f"{protocol}/{first}:{last}"
    return f"{protocol}/{first}" if last in {None, first} else f"{protocol}/{first}-{last}"


def joined(rules: list[Entry]) -> list[Entry]:
    """Return rules with two that differ in the version of IP alone as one about both."""
    result: list[Entry] = []
    for rule in rules:
        other = next((each for each in result if _is_twin(each, rule)), None)
        if other is None:
            result.append(dict(rule))
        else:
            other.pop("ethertype")
    for rule in result:
        if rule.get("from") == "anywhere":
            del rule["from"]
        # One of a protocol that only one version has needs no word about it.
        is_icmp = rule["allow"].partition("/")[0]
        if {"icmp": "IPv4", "icmpv6": "IPv6"}.get(is_icmp) == rule.get("ethertype"):
            rule.pop("ethertype", None)
    return result


def _is_twin(one: Entry, other: Entry) -> bool:
    if {one.get("ethertype"), other.get("ethertype")} != {"IPv4", "IPv6"}:
        return False
    usual = {"from": "anywhere", "to": None, "description": None, "allow": None}
    return all(one.get(key, other_) == other.get(key, other_) for key, other_ in usual.items())
