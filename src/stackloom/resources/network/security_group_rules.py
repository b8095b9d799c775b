# SPDX-License-Identifier: Apache-2.0
"""The rules of a security group: the side of it that requests of their own change.

A rule has no name and cannot be changed, only added and removed; so the rules of a group are one
resource, and what is compared is the set of them. They come after all groups, so that groups may
name each other in a circle.

Every group starts with what the operator has chosen as default rules. Nothing marks them, but they
are as old as the group, and those that we add carry our mark in their description.

Source: neutron/db/securitygroups_db.py, ``_create_rules_from_template``, ``_rule_to_key`` and
``_check_for_duplicate_rules``, 29.0.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_interface, ip_network
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    UNKNOWN,
    Call,
    Declaration,
    Difference,
    Fault,
    Ids,
    Kind,
    Listed,
    Place,
    Reference,
    Spec,
    State,
)
from stackloom.cloud.mark import Address, Mark, facet_mark, read_mark, without_mark
from stackloom.resources.network._allowed import (
    ETHERTYPES,
    NotTraffic,
    Traffic,
    protocol_name,
    read_traffic,
    write_traffic,
)
from stackloom.resources.network.security_group_rule import SecurityGroupRuleState

_ANYWHERE = "anywhere"
# The mark has to fit into a description of 255 letters as well.
_LONGEST_WORDS = 100
# A value that only the cloud knows, such as ``${floating_ip.web.address}``.
_LATE = "${"
# A bulk request is one transaction; 350 rules took 23 s on a busy small cloud, and gateways give up
# after 60.
_MOST_IN_BULK = 200
# Rules and group are made in one transaction, each with its own clock reading, in whole seconds.
_BORN_WITHIN = timedelta(seconds=2)


class RemoteSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The other side of a rule: a security group, or an address group, by name.

    Attributes:
        security_group: whoever has that group.
        address_group: the ranges of that group.
    """

    security_group: str = ""
    address_group: str = ""


Remotes = str | RemoteSpec | tuple[str | RemoteSpec, ...] | UnsetType


class RuleSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may come in, or with ``to`` go out.

    Attributes:
        allow: ``tcp/443``, ``tcp/8000-8080``, ``udp``, ``icmp``, ``icmp/8`` (type), ``icmp/8:0``
            (type and code), ``icmpv6``, ``any``, or the number of a protocol.
        from_: where it may come from: a range, the name of a security group, ``{security_group:
            name}``, ``{address_group: name}``, ``anywhere``, or a list of these. Not given, and
            with ``anywhere``, it is anywhere of IPv4 and IPv6.
        to: where it may go, said the same way; such a rule is about what leaves.
        ethertype: ``IPv4`` or ``IPv6`` where only one of them is meant and no range says which.
        description: for people; at most 100 letters.
    """

    allow: str
    from_: Remotes = msgspec.field(name="from", default=UNSET)
    to: Remotes = UNSET
    ethertype: Literal["IPv4", "IPv6"] | UnsetType = UNSET
    description: str = ""

    @property
    def direction(self) -> str:
        """``ingress`` or ``egress``."""
        return "ingress" if self.to is UNSET else "egress"

    @property
    def remotes(self) -> tuple[str | RemoteSpec, ...]:
        """Whom it is about; nobody in particular is ``anywhere``."""
        named = self.from_ if self.to is UNSET else self.to
        if isinstance(named, UnsetType):
            return (_ANYWHERE,)
        return named if isinstance(named, tuple) else (named,)


RuleEntry = str | RuleSpec


class SecurityGroupRulesSpec(Spec, frozen=True, kw_only=True):
    """The rules that a group should have; implied by the group."""

    group: str
    rules: tuple[RuleEntry, ...] = ()
    default_egress: bool | UnsetType = UNSET


class SecurityGroupRulesState(State, frozen=True, kw_only=True):
    """The rules that a group has; ``id`` is ``group id/rules``, the description is the group's."""

    group_id: str = ""
    created_at: str = ""
    rules: tuple[SecurityGroupRuleState, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What tells rules of one group apart, in the one form of several that mean the same."""

    direction: str
    ethertype: str
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None


# --- what is there --------------------------------------------------------------------------------


def rule_of(state: SecurityGroupRuleState) -> Rule:
    """Return a rule of the cloud in its one form."""
    first, last = state.port_range_min, state.port_range_max
    return Rule(
        direction=state.direction,
        ethertype=state.ethertype,
        protocol=protocol_name(state.protocol, state.ethertype),
        port_range_min=first,
        port_range_max=last,
        remote_ip_prefix=_range(state.remote_ip_prefix),
        remote_group_id=state.remote_group_id,
        remote_address_group_id=state.remote_address_group_id,
    )


def _range(prefix: str | None) -> str | None:
    """Return a range as it is compared; the whole of a family is no range at all."""
    network = ip_network(prefix, strict=False) if prefix else None
    return str(network) if network is not None and network.prefixlen else None


def is_born(rule: SecurityGroupRuleState, created_at: str) -> bool:
    """Tell whether a rule came with its group, by the operator's choice."""
    if read_mark(rule.description) is not None:
        return False
    if not rule.created_at or not created_at:  # without the extension standard-attr-timestamp
        return True
    age = datetime.fromisoformat(rule.created_at) - datetime.fromisoformat(created_at)
    return age <= _BORN_WITHIN


# --- what is asked for ----------------------------------------------------------------------------


def _given(entry: RuleEntry) -> RuleSpec:
    return RuleSpec(allow=entry) if isinstance(entry, str) else entry


def _as_group(remote: str | RemoteSpec) -> RemoteSpec | None:
    """Return the group that is meant; None for a range, and for anywhere."""
    if isinstance(remote, RemoteSpec):
        return remote
    return RemoteSpec(security_group=remote) if is_group_name(remote) else None


def is_group_name(text: str) -> bool:
    """Tell whether a text by itself means a security group: it does not look like a range."""
    if text == _ANYWHERE or any(sign in text for sign in ("/", ":", _LATE)):
        return False
    return not text.replace(".", "").isdecimal()


def _wanted(spec: SecurityGroupRulesSpec, ids: Ids) -> dict[Rule, str]:
    """Return the rules asked for and what people say of each; the first to say so wins."""
    wanted: dict[Rule, str] = {}
    for entry in spec.rules:
        rule = _given(entry)
        for each in _rules(rule, ids):
            wanted.setdefault(each, rule.description)
    return wanted


def _rules(spec: RuleSpec, ids: Ids) -> Iterator[Rule]:
    traffic = read_traffic(spec.allow)
    for remote in spec.remotes:
        group = _as_group(remote)
        ethertypes = traffic.ethertypes
        prefix = None
        if group is None and remote != _ANYWHERE:
            ethertypes, prefix = _family_and_range(str(remote))
        for ethertype in ethertypes:
            if spec.ethertype in {UNSET, ethertype}:
                yield Rule(
                    direction=spec.direction,
                    ethertype=ethertype,
                    protocol=traffic.protocol,
                    port_range_min=traffic.first,
                    port_range_max=traffic.last,
                    remote_ip_prefix=prefix,
                    **_group_ids(group, ids),
                )


def _family_and_range(text: str) -> tuple[tuple[str, ...], str | None]:
    try:
        network = ip_network(text)
    except ValueError:  # what it will be is not known yet
        return ETHERTYPES[:1], UNKNOWN
    return (f"IPv{network.version}",), _range(str(network))


def _group_ids(group: RemoteSpec | None, ids: Ids) -> dict[str, str]:
    if group is None:
        return {}
    if group.address_group:
        return {"remote_address_group_id": ids("address_group", group.address_group)}
    return {"remote_group_id": ids("security_group", group.security_group)}


def rule_faults(entry: RuleEntry, place: Place) -> Iterator[Fault]:
    """Check one rule as it stands in the file."""
    rule = _given(entry)
    below: Place = () if isinstance(entry, str) else ("allow",)
    try:
        traffic = read_traffic(rule.allow)
    except NotTraffic as error:
        yield Fault(place=(*place, *below), message=str(error), hint=error.hint)
        return
    if rule.from_ is not UNSET and rule.to is not UNSET:
        yield Fault(
            place=(*place, "to"),
            message="a rule is about what comes in or about what goes out",
            hint="make two rules of it, one with from and one with to",
        )
        return
    if rule.ethertype is not UNSET and rule.ethertype not in traffic.ethertypes:
        yield _other_family(traffic, rule.ethertype, (*place, "ethertype"))
    if len(rule.description) > _LONGEST_WORDS:
        message = f"this is longer than {_LONGEST_WORDS} letters: the mark has to fit in as well"
        yield Fault(place=(*place, "description"), message=message)
    if not rule.remotes:
        side = "from" if rule.to is UNSET else "to"
        yield Fault(place=(*place, side), message="this names nobody", hint=f"{side}: anywhere")
    for remote, where in _places(rule, place):
        yield from _remote_faults(rule, traffic, remote, where)


def _places(rule: RuleSpec, place: Place) -> Iterator[tuple[str | RemoteSpec, Place]]:
    """Yield each remote with its place."""
    side = "from" if rule.to is UNSET else "to"
    is_list = isinstance(rule.from_ if rule.to is UNSET else rule.to, tuple)
    for index, remote in enumerate(rule.remotes):
        yield remote, (*place, side, index) if is_list else (*place, side)


def _remote_faults(
    rule: RuleSpec, traffic: Traffic, remote: str | RemoteSpec, place: Place
) -> Iterator[Fault]:
    if isinstance(remote, RemoteSpec):
        if bool(remote.security_group) == bool(remote.address_group):
            yield Fault(place=place, message="give either security_group or address_group")
        return
    if _as_group(remote) is not None or remote == _ANYWHERE or _LATE in remote:
        return
    try:
        network = ip_network(remote, strict=False)
    except ValueError:
        message = f'"{remote}" is neither a range of addresses nor the name of a group'
        yield Fault(place=place, message=message, hint="such as 10.0.0.0/24")
        return
    if ip_interface(remote).ip != network.network_address:
        message = f'"{remote}" has host bits set'
        yield Fault(place=place, message=message, hint=f"{network} is meant?")
    elif f"IPv{network.version}" not in traffic.ethertypes:
        yield _other_family(traffic, f"IPv{network.version}", place)
    elif rule.ethertype not in {UNSET, f"IPv{network.version}"}:
        message = f"{remote} is IPv{network.version}, and the rule is for {rule.ethertype}"
        yield Fault(place=place, message=message, hint="leave ethertype out")


def _other_family(traffic: Traffic, ethertype: str, place: Place) -> Fault:
    hint = "icmpv6 is meant?" if traffic.protocol == "icmp" else ""
    hint = "icmp is meant?" if traffic.protocol == "ipv6-icmp" else hint
    return Fault(
        place=place, message=f"{traffic.protocol} is not a protocol of {ethertype}", hint=hint
    )


def address_group_places(rules: Sequence[RuleEntry]) -> Iterator[Place]:
    """Yield the places of a group's rules that name address groups."""
    for index, entry in enumerate(rules):
        for remote, place in _places(_given(entry), ("rules", index)):
            if isinstance(remote, RemoteSpec) and remote.address_group:
                yield place


def _references(spec: SecurityGroupRulesSpec) -> Iterator[Reference]:
    yield Reference(kind="security_group", name=spec.group, place=("group",))
    for index, entry in enumerate(spec.rules):
        for remote, place in _places(_given(entry), ("rules", index)):
            group = _as_group(remote)
            if group is None or group.security_group == spec.group:
                continue
            kind = "address_group" if group.address_group else "security_group"
            name = group.address_group or group.security_group
            yield Reference(kind=kind, name=name, place=place, rebinds=True)


# --- from one to the other ------------------------------------------------------------------------


def _compare(
    _address: Address,
    spec: SecurityGroupRulesSpec,
    state: SecurityGroupRulesState,
    _mark: Mark,
    ids: Ids,
) -> Iterator[Difference]:
    wanted = _wanted(spec, ids)
    born = [each for each in state.rules if is_born(each, state.created_at)]
    is_kept = spec.default_egress is not False
    kept = [each.id for each in born if each.direction == "egress" and is_kept]
    if spec.default_egress is True and not kept:
        wanted |= {Rule(direction="egress", ethertype=each): "" for each in ETHERTYPES}
    for each in state.rules:
        rule = rule_of(each)
        words = wanted.get(rule)
        if words is not None and words in {"", without_mark(each.description)}:
            del wanted[rule]
        elif each.id not in kept or words:
            have = {"id": each.id, **_shown(rule)}
            yield Difference(field="security_group_rules", have=have, want=None)
    for rule, words in wanted.items():
        want = _shown(rule) | ({"description": words} if words else {})
        yield Difference(field="security_group_rules", have=None, want=want)


def _shown(rule: Rule) -> dict[str, Any]:
    """Return the fields of a rule that say something."""
    fields: dict[str, Any] = msgspec.to_builtins(rule)
    return {name: value for name, value in fields.items() if value is not None}


def _update(state: SecurityGroupRulesState, changes: Sequence[Difference]) -> list[Call]:
    """Add in as few requests as possible, then remove one by one, so that nobody is cut off.

    Only what is added once more with other words has to go before: Neutron takes no rule twice.
    """
    added = list(_added(state, changes))
    keys = [key for key, _ in added]
    bodies = [body for _, body in added]
    before: list[Call] = []
    after: list[Call] = []
    for change in changes:
        if isinstance(change.have, Mapping):
            gone = dict(change.have)
            path = f"/v2.0/security-group-rules/{gone.pop('id')}"
            (before if gone in keys else after).append(Call(method="DELETE", path=path))
    posts = [
        Call(
            method="POST",
            path="/v2.0/security-group-rules",
            body={"security_group_rules": bodies[start : start + _MOST_IN_BULK]},
        )
        for start in range(0, len(bodies), _MOST_IN_BULK)
    ]
    return [*before, *posts, *after]


def _added(
    state: SecurityGroupRulesState, changes: Sequence[Difference]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what tells each new rule apart, and its whole body with our mark."""
    mark = _mark(state, {})
    for change in changes:
        if isinstance(change.want, Mapping):
            key = {name: value for name, value in change.want.items() if name != "description"}
            words = change.want.get("description", "")
            description = mark.beside(words) if mark else words
            yield key, {"security_group_id": state.group_id, **key, "description": description}


# --- in words -------------------------------------------------------------------------------------


def rule_words(rule: Rule) -> str:
    """Say what a rule of the cloud allows: ``allow tcp/443 from 10.0.0.0/8``."""
    traffic = Traffic(rule.protocol, rule.port_range_min, rule.port_range_max)
    remote = rule.remote_ip_prefix or rule.remote_group_id or rule.remote_address_group_id
    preposition = "from" if rule.direction == "ingress" else "to"
    return f"allow {write_traffic(traffic)} {preposition} {remote or _ANYWHERE}"


def spec_words(entry: RuleEntry) -> str:
    """Say what a rule of the file allows: ``allow tcp/443 from web``."""
    rule = _given(entry)
    remotes = [
        each if isinstance(each, str) else each.security_group or each.address_group
        for each in rule.remotes
    ]
    preposition = "from" if rule.direction == "ingress" else "to"
    return f"allow {rule.allow} {preposition} {', '.join(remotes)}"


# --- the kind -------------------------------------------------------------------------------------


def _derive(listed: Listed) -> list[SecurityGroupRulesState]:
    return [
        SecurityGroupRulesState(
            id=f"{group.id}/rules",
            name=group.name,
            description=group.description,
            group_id=group.id,
            created_at=group.created_at,
            rules=group.security_group_rules,
        )
        for group in listed.get("security_group", ())
    ]


def _mark(state: SecurityGroupRulesState, _listed: Listed) -> Mark | None:
    return facet_mark(state.description, owner="security_group", kind="security_group_rules")


def _needs(state: SecurityGroupRulesState) -> Iterator[str]:
    """Name the address groups; a security group takes what others have about it away with it.

    Source: neutron/db/models/securitygroup.py, ``source_group``: ``cascade='all,delete'``;
    neutron/db/address_group_db.py, ``delete_address_group``: 409 ``AddressGroupInUse``, 29.0.0.
    """
    for rule in state.rules:
        if rule.remote_address_group_id:
            yield rule.remote_address_group_id


KIND = Kind(
    name="security_group_rules",
    plural="security_group_rule_sets",
    service="network",
    path="/v2.0/security-group-rules",
    state=SecurityGroupRulesState,
    has_own_list=False,
    derive=_derive,
    derived_from=("security_group",),
    mark=_mark,
    declaration=Declaration(
        spec=SecurityGroupRulesSpec,
        references=_references,
        compare=_compare,
        update=_update,
        needs=_needs,
        facet_of="security_group",
        leaves_with=lambda state: state.group_id,
        consumes=lambda spec, ids: {"network.security_group_rule": len(_wanted(spec, ids))},
    ),
)
