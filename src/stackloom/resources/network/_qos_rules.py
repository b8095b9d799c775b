# SPDX-License-Identifier: Apache-2.0
"""What a file asks of the rules of a QoS policy, and what is wrong with it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from stackloom.cloud.kind import Fault, Place, Spec

_Amount = Annotated[int, Meta(ge=0)]
# The fields of each type, those that have to be given first.
NEEDED = {
    "bandwidth_limit": ("max_kbps",),
    "dscp_marking": ("dscp_mark",),
    "minimum_bandwidth": ("min_kbps",),
    "minimum_packet_rate": ("min_kpps",),
}
FURTHER = {
    "bandwidth_limit": ("max_burst_kbps", "direction"),
    "dscp_marking": (),
    "minimum_bandwidth": ("direction",),
    "minimum_packet_rate": ("direction",),
}
# neutron_lib/constants.py, VALID_DSCP_MARKS, 2026.2.
_DSCP_MARKS = (0, *range(8, 41, 2), 44, 46, 48, 56)
# neutron_lib/api/definitions/qos.py and its further definitions, 2026.2.
USUAL_DIRECTION = "egress"


class QosRuleSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of a QoS policy.

    Attributes:
        type: what it does; the other fields depend on it.
        max_kbps, max_burst_kbps: of a ``bandwidth_limit``.
        min_kbps: of a ``minimum_bandwidth``, in 1000 bits a second like all of these.
        min_kpps: of a ``minimum_packet_rate``, in 1000 packets a second.
        dscp_mark: of a ``dscp_marking``: 0, even numbers from 8 to 56 with gaps.
        direction: ``egress``, which is meant where none is given, or ``ingress``; of a
            ``minimum_packet_rate`` also ``any``.
    """

    type: Literal["bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate"]
    max_kbps: _Amount | UnsetType = UNSET
    max_burst_kbps: _Amount | UnsetType = UNSET
    min_kbps: _Amount | UnsetType = UNSET
    min_kpps: _Amount | UnsetType = UNSET
    dscp_mark: _Amount | UnsetType = UNSET
    direction: Literal["egress", "ingress", "any"] | UnsetType = UNSET

    @property
    def key(self) -> tuple[str, str]:
        """What a policy can have once: a type, and a direction where the type has one."""
        return self.type, "" if self.type == "dscp_marking" else self.direction or USUAL_DIRECTION

    @property
    def fields(self) -> dict[str, Any]:
        """What is said of it, as the API takes it."""
        names = (*NEEDED[self.type], *FURTHER[self.type])
        given = {name: getattr(self, name) for name in names}
        return {name: value for name, value in given.items() if value is not UNSET}


class QosPolicyRulesSpec(Spec, frozen=True, kw_only=True):
    """The rules that a policy should have; implied by the policy."""

    policy: str
    rules: tuple[QosRuleSpec, ...] = ()


def rules_faults(rules: Sequence[QosRuleSpec]) -> Iterator[Fault]:
    """Check the rules of one policy."""
    counts = Counter(rule.key for rule in rules)
    for index, rule in enumerate(rules):
        place: Place = ("rules", index)
        yield from _rule_faults(rule, place)
        if counts[rule.key] > 1:
            what = " ".join(word for word in (rule.type, rule.key[1]) if word)
            yield Fault(place=place, message=f"a policy has only one {what} rule")
    yield from _contradictions(rules)


def _rule_faults(rule: QosRuleSpec, place: Place) -> Iterator[Fault]:
    known = {*NEEDED[rule.type], *FURTHER[rule.type]}
    for name in NEEDED[rule.type]:
        if getattr(rule, name) is UNSET:
            yield Fault(place=place, message=f'"{name}" is missing')
    for name in rule.__struct_fields__:
        if name not in {"type", *known} and getattr(rule, name) is not UNSET:
            message = f"a {rule.type} rule has no {name}"
            hint = f"it has {', '.join(sorted(known))}"
            yield Fault(place=(*place, name), message=message, hint=hint)
    if rule.direction == "any" and rule.type in {"bandwidth_limit", "minimum_bandwidth"}:
        message = f"a {rule.type} rule is for one direction"
        hint = "make two rules of it, egress and ingress"
        yield Fault(place=(*place, "direction"), message=message, hint=hint)
    if rule.dscp_mark is not UNSET and rule.dscp_mark not in _DSCP_MARKS:
        message = f"{rule.dscp_mark} is not a DSCP mark"
        hint = f"they are {', '.join(map(str, _DSCP_MARKS))}"
        yield Fault(place=(*place, "dscp_mark"), message=message, hint=hint)


def _contradictions(rules: Sequence[QosRuleSpec]) -> Iterator[Fault]:
    """Find rules that exclude each other: 409 ``QoSRuleParameterConflict``.

    Source: neutron/objects/qos/qos_policy_validator.py, 29.0.0.
    """
    by_key = {rule.key: rule for rule in rules}
    for index, rule in enumerate(rules):
        limit = by_key.get(("bandwidth_limit", rule.key[1]))
        least, most = rule.min_kbps or 0, limit.max_kbps if limit is not None else UNSET
        if most is not UNSET and least > most:
            message = f"more is promised than the limit of {most} kbit/s lets through"
            yield Fault(place=("rules", index, "min_kbps"), message=message)
        of_direction = {direction for kind, direction in by_key if kind == rule.type}
        if rule.direction == "any" and len(of_direction) > 1:
            message = "any direction, and another rule for one of them: not both"
            yield Fault(place=("rules", index, "direction"), message=message)
