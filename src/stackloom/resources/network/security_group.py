# SPDX-License-Identifier: Apache-2.0
"""A security group of Neutron: rules for what may reach a port, and leave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Fault,
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
from stackloom.resources.network._allowed import ETHERTYPES, Traffic, write_traffic
from stackloom.resources.network.security_group_rule import SecurityGroupRuleState
from stackloom.resources.network.security_group_rules import (
    Rule,
    RuleEntry,
    SecurityGroupRulesSpec,
    address_group_places,
    is_born,
    is_group_name,
    rule_faults,
    rule_of,
    rule_words,
    spec_words,
)


class SecurityGroupSpec(Spec, frozen=True, kw_only=True):
    """A security group. Ports that have it let through what its rules allow, and nothing else.

    Attributes:
        rules: what may come in and go out: ``{allow: tcp/443, from: 10.0.0.0/8}``,
            ``{allow: udp/53, to: 9.9.9.9}``, or short ``tcp/22`` from anywhere. The cloud gets
            exactly these, apart from the default egress.
        default_egress: what every new group of this cloud lets out: ``false`` takes it away,
            ``true`` allows all that leaves where nothing of it is left; not given it stays as it
            is.
        stateful: answers to what was let through are let through as well. Neutron refuses to
            change it while ports use the group, so the group is replaced.
    """

    description: str = ""
    rules: tuple[RuleEntry, ...] = ()
    default_egress: bool | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET


class NewSecurityGroup(Body, frozen=True, kw_only=True):
    """What can be said when a security group is made.

    Source: neutron/extensions/{securitygroup,stateful_security_group}.py, 29.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class SecurityGroupChange(Body, frozen=True, kw_only=True):
    """What can be changed of a security group; of one that ports use, not ``stateful``."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET


class SecurityGroupState(State, frozen=True, kw_only=True):
    """What Neutron tells of a security group."""

    stateful: bool | None = None
    shared: bool = False
    security_group_rules: tuple[SecurityGroupRuleState, ...] = ()
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _expand(
    address: Address, spec: SecurityGroupSpec, _declared: Declared
) -> Iterator[tuple[Address, Spec]]:
    rules = SecurityGroupRulesSpec(
        group=address.name, rules=spec.rules, default_egress=spec.default_egress
    )
    yield Address("security_group_rules", address.name), rules


def _faults(spec: SecurityGroupSpec) -> Iterator[Fault]:
    for index, rule in enumerate(spec.rules):
        yield from rule_faults(rule, ("rules", index))


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Find what nobody can make: 409 ``SecurityGroupDefaultAlreadyExists``."""
    for address, spec in declared.items():
        if isinstance(spec, SecurityGroupSpec) and address.name.lower() == "default":
            message = "every project has a group of this name already, and can have no other"
            hint = "choose another name, or name it under existing"
            yield address, Fault(place=(), message=message, hint=hint)


def _requires(spec: SecurityGroupSpec) -> Iterator[Requirement]:
    if spec.stateful is not UNSET:
        yield Requirement(place=("stateful",), extension="stateful-security-group")
    for place in address_group_places(spec.rules):
        yield Requirement(place=place, extension="security-groups-remote-address-group")


def _create(address: Address, spec: SecurityGroupSpec, mark: Mark, _ids: Ids) -> Call:
    body: dict[str, Any] = {"name": address.name, "description": mark.beside(spec.description)}
    if spec.stateful is not UNSET:
        body["stateful"] = spec.stateful
    return Call(method="POST", path="/v2.0/security-groups", body={"security_group": body})


def _compare(
    address: Address, spec: SecurityGroupSpec, state: SecurityGroupState, mark: Mark, _ids: Ids
) -> Iterable[Difference]:
    return differences(
        [
            ("name", state.name, address.name, True),
            ("description", state.description, mark.beside(spec.description), True),
            ("stateful", state.stateful, spec.stateful, False),
        ]
    )


# --- writing a file -------------------------------------------------------------------------------


def _capture(state: SecurityGroupState, names: Names) -> Mapping[str, Any] | None:
    """Return its entry; what every group lets out is left out where it is what Neutron ships."""
    if state.name == "default":  # each project has one, and nobody can make it
        return None
    born = {
        rule_of(each): each.id
        for each in state.security_group_rules
        if each.direction == "egress" and is_born(each, state.created_at)
    }
    usual = {Rule(direction="egress", ethertype=each) for each in ETHERTYPES}
    is_usual = born.keys() == usual
    skipped = set(born.values()) if is_usual else set()
    rules = [each for each in state.security_group_rules if each.id not in skipped]
    entry: dict[str, Any] = {
        "description": without_mark(state.description),
        "rules": _captured_rules(rules, names),
    }
    entry = {name: value for name, value in entry.items() if value}
    if not is_usual:
        entry["default_egress"] = False
    if state.stateful is False:
        entry["stateful"] = False
    return entry


def _captured_rules(rules: Iterable[SecurityGroupRuleState], names: Names) -> list[Any]:
    """Return rules as they would be written, one for both families where there are both."""
    families: dict[tuple[Rule, str], set[str]] = {}
    for each in rules:
        rule = rule_of(each)
        both = msgspec.structs.replace(rule, ethertype="")
        families.setdefault((both, without_mark(each.description)), set()).add(rule.ethertype)
    entries = [_captured_rule(*key, found, names) for key, found in families.items()]
    return sorted(entries, key=msgspec.json.encode)


def _captured_rule(rule: Rule, words: str, ethertypes: set[str], names: Names) -> Any:
    traffic = Traffic(rule.protocol, rule.port_range_min, rule.port_range_max)
    entry: dict[str, Any] = {"allow": write_traffic(traffic)}
    side = "from" if rule.direction == "ingress" else "to"
    if remote := _captured_remote(rule, names):
        entry[side] = remote
    elif side == "to":
        entry[side] = "anywhere"
    if rule.remote_ip_prefix is None and ethertypes != set(traffic.ethertypes):
        entry["ethertype"] = min(ethertypes)
    if words:
        entry["description"] = words
    return entry["allow"] if len(entry) == 1 else entry


def _captured_remote(rule: Rule, names: Names) -> Any:
    if rule.remote_group_id:
        name = _name("security_group", rule.remote_group_id, names)
        return name if is_group_name(name) else {"security_group": name}
    if rule.remote_address_group_id:
        return {"address_group": _name("address_group", rule.remote_address_group_id, names)}
    return rule.remote_ip_prefix


def _name(kind: str, id: str, names: Names) -> str:
    return names(kind, id) or names.outside(kind, id)


# --- in pictures ----------------------------------------------------------------------------------


def _sketch(state: SecurityGroupState) -> Iterator[Part]:
    rules = sorted(rule_words(rule_of(each)) for each in state.security_group_rules)
    yield Badge(
        on="",
        key=state.id,
        sort="security_group",
        label=state.name or state.id,
        details=tuple(dict.fromkeys(rules)),
    )


def _sketch_spec(address: Address, spec: SecurityGroupSpec, _declared: Declared) -> Iterator[Part]:
    yield Badge(
        on="",
        key=str(address),
        sort="security_group",
        label=address.name,
        details=tuple(spec_words(rule) for rule in spec.rules),
    )


KIND = Kind(
    name="security_group",
    plural="security_groups",
    service="network",
    path="/v2.0/security-groups",
    state=SecurityGroupState,
    new=NewSecurityGroup,
    change=SecurityGroupChange,
    project_query="project_id",
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Project", value=lambda state: state.project_id),
        Column(title="Tags", value=lambda state: list(state.tags)),
        Column(title="Shared", value=lambda state: state.shared),
    ),
    declaration=Declaration(
        spec=SecurityGroupSpec,
        section="security_groups",
        faults=_faults,
        faults_together=_faults_together,
        expand=_expand,
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.security_group": 1},
        create=_create,
        compare=_compare,
        adopt=by_description("security_group", "/v2.0/security-groups"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
