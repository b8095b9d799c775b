# SPDX-License-Identifier: Apache-2.0
"""A QoS policy of Neutron: limits and promises for the traffic of ports; also its rules' fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Ids,
    Kind,
    Names,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, Part
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._qos_rules import (
    USUAL_DIRECTION,
    QosPolicyRulesSpec,
    QosRuleSpec,
    rules_faults,
)


class QosPolicySpec(Spec, frozen=True, kw_only=True):
    """A QoS policy: networks, ports, floating IPs and gateways name it.

    Attributes:
        rules: its limits and promises, such as ``{type: bandwidth_limit, max_kbps: 1000}``; they
            are changed in place.
        shared: other projects can use it as well.
        is_default: networks of the project have it where they name none.
    """

    description: str = ""
    rules: tuple[QosRuleSpec, ...] = ()
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


class NewQosPolicy(Body, frozen=True, kw_only=True):
    """What can be said when a QoS policy is made; by default only administrators may.

    Source: neutron_lib/api/definitions/{qos,qos_default}.py, 2026.2.
    """

    name: str
    description: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class QosPolicyChange(Body, frozen=True, kw_only=True):
    """What can be changed of a QoS policy."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


class QosRuleState(State, frozen=True, kw_only=True):
    """What Neutron tells of a rule; which fields have a value depends on its type."""

    type: str = ""
    max_kbps: int | None = None
    max_burst_kbps: int | None = None
    min_kbps: int | None = None
    min_kpps: int | None = None
    dscp_mark: int | None = None
    direction: str | None = None


class QosPolicyState(State, frozen=True, kw_only=True):
    """What Neutron tells of a QoS policy."""

    shared: bool = False
    is_default: bool = False
    rules: tuple[QosRuleState, ...] = ()
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


RULE_COLUMNS: tuple[Column[QosRuleState], ...] = (
    Column(title="ID", value=lambda state: state.id),
    Column(title="Type", value=lambda state: state.type),
    Column(title="Max Kbps", value=lambda state: state.max_kbps),
    Column(title="Max Burst Kbits", value=lambda state: state.max_burst_kbps),
    Column(title="Min Kbps", value=lambda state: state.min_kbps),
    Column(title="Min Kpps", value=lambda state: state.min_kpps),
    Column(title="DSCP mark", value=lambda state: state.dscp_mark),
    Column(title="Direction", value=lambda state: state.direction),
)


def _expand(
    address: Address, spec: QosPolicySpec, _declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    rules = QosPolicyRulesSpec(policy=address.name, rules=spec.rules)
    yield Address("qos_policy_rules", address.name), rules


def _requires(spec: QosPolicySpec) -> Iterator[Requirement]:
    # neutron/conf/policies/qos.py, create_policy, 29.0.0: or a manager of the project.
    yield Requirement(place=(), extension="qos", admin=True)
    if spec.is_default is not UNSET:
        yield Requirement(place=("is_default",), extension="qos-default")
    for index, rule in enumerate(spec.rules):
        if rule.type == "minimum_packet_rate":
            yield Requirement(place=("rules", index), extension="qos-pps-minimum")
        if rule.direction == "ingress" and rule.type in _INGRESS_EXTENSIONS:
            place = ("rules", index, "direction")
            yield Requirement(place=place, extension=_INGRESS_EXTENSIONS[rule.type])


# neutron_lib/api/definitions/{qos_bw_limit_direction,qos_bw_minimum_ingress}.py, 2026.2.
_INGRESS_EXTENSIONS = {
    "bandwidth_limit": "qos-bw-limit-direction",
    "minimum_bandwidth": "qos-bw-minimum-ingress",
}


def _wanted(address: Address, spec: QosPolicySpec, mark: Mark) -> dict[str, Any]:
    fields = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "shared": spec.shared,
        "is_default": spec.is_default,
    }
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(address: Address, spec: QosPolicySpec, mark: Mark, _ids: Ids) -> Call:
    body = {"policy": _wanted(address, spec, mark)}
    return Call(method="POST", path="/v2.0/qos/policies", body=body)


def _compare(
    address: Address, spec: QosPolicySpec, state: QosPolicyState, mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    wanted = _wanted(address, spec, mark)
    return differences((name, getattr(state, name), want, True) for name, want in wanted.items())


def _capture(state: QosPolicyState, _names: Names) -> Mapping[str, Any]:
    entry = {
        "description": without_mark(state.description),
        "rules": [_captured_rule(rule) for rule in state.rules],
        "shared": state.shared,
        "is_default": state.is_default,
    }
    return {name: value for name, value in entry.items() if value}


def _captured_rule(rule: QosRuleState) -> dict[str, Any]:
    """Return a rule with what is not usual of it: neither bursts of 0 nor egress."""
    fields = {
        "type": rule.type,
        "max_kbps": rule.max_kbps,
        "max_burst_kbps": rule.max_burst_kbps or None,
        "min_kbps": rule.min_kbps,
        "min_kpps": rule.min_kpps,
        "dscp_mark": rule.dscp_mark,
        "direction": None if rule.direction == USUAL_DIRECTION else rule.direction,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _sketch(state: QosPolicyState) -> Iterator[Part]:
    rules = tuple(_words(_captured_rule(rule)) for rule in state.rules)
    label = state.name or state.id
    yield Badge(on="", key=state.id, sort="qos_policy", label=label, details=rules)


def _sketch_spec(address: Address, spec: QosPolicySpec, _declared: Declared) -> Iterator[Part]:
    rules = tuple(_words({"type": rule.type, **rule.fields}) for rule in spec.rules)
    yield Badge(on="", key=str(address), sort="qos_policy", label=address.name, details=rules)


def _words(rule: Mapping[str, Any]) -> str:
    """Say a rule in a line: ``bandwidth_limit max_kbps 1000 egress``."""
    words = [str(rule["type"])]
    words += [f"{name} {value}" for name, value in rule.items() if name.startswith(("max", "min"))]
    words += [str(rule[name]) for name in ("dscp_mark", "direction") if name in rule]
    return " ".join(words)


KIND = Kind(
    name="qos_policy",
    plural="policies",
    key="policy",
    noun="network qos policy",
    service="network",
    path="/v2.0/qos/policies",
    state=QosPolicyState,
    new=NewQosPolicy,
    change=QosPolicyChange,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Shared", value=lambda state: state.shared),
        Column(title="Default", value=lambda state: state.is_default),
        Column(title="Project", value=lambda state: state.project_id),
    ),
    declaration=Declaration(
        spec=QosPolicySpec,
        section="qos_policies",
        faults=lambda spec: rules_faults(spec.rules),
        expand=_expand,
        requires=_requires,
        create=_create,
        compare=_compare,
        adopt=by_description("policy", "/v2.0/qos/policies"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
