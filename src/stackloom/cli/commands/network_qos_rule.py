# SPDX-License-Identifier: Apache-2.0
"""``network qos rule``: the rules of QoS policies.

Neutron has a path for every type of rule; a policy lists its rules of all types.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import Field, add_fields, body_of, given_fields, number, switch
from stackloom.cli.kind_at_hand import checked, load_kind, plain
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_list,
    write_one,
)
from stackloom.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind
    from stackloom.resources.network.qos_policy import QosPolicyState, QosRuleState

_POLICY = "network.qos_policy"
_TYPES = ("bandwidth-limit", "dscp-marking", "minimum-bandwidth", "minimum-packet-rate")

_FIELDS: tuple[Field, ...] = (
    number("--max-kbps", "max_kbps", "the most kilobits a second"),
    number("--max-burst-kbits", "max_burst_kbps", "how many kilobits may go at once"),
    number("--dscp-mark", "dscp_mark", "the mark that packets get"),
    number("--min-kbps", "min_kbps", "the promised kilobits a second"),
    number("--min-kpps", "min_kpps", "the promised kilopackets a second"),
    switch("--ingress", "direction", "what comes in", value="ingress"),
    switch("--egress", "direction", "what goes out, which is usual", value="egress"),
    switch("--any", "direction", "both, for minimum-packet-rate", value="any"),
)


def _kind_of(rule_type: str, policy_id: str) -> Kind[Any]:
    """Return the kind of a type, written with hyphens or underscores, below its policy."""
    return load_kind(f"network.qos_{rule_type.replace('-', '_')}_rule").under(policy_id)


def _policy_argument(parser: ArgumentParser) -> None:
    parser.add_argument("qos_policy", metavar="qos-policy", help="name or id")


def _rule_arguments(parser: ArgumentParser) -> None:
    _policy_argument(parser)
    parser.add_argument("rule", metavar="rule-id", help="id of the rule")


def _create_arguments(parser: ArgumentParser) -> None:
    _policy_argument(parser)
    parser.add_argument("--type", required=True, choices=_TYPES, help="what it is about")
    add_fields(parser, _FIELDS)
    add_output_options(parser, SHOW_FORMATS)


def _list_arguments(parser: ArgumentParser) -> None:
    _policy_argument(parser)
    add_output_options(parser, LIST_FORMATS)


def _show_arguments(parser: ArgumentParser) -> None:
    _rule_arguments(parser)
    add_output_options(parser, SHOW_FORMATS)


def _set_arguments(parser: ArgumentParser) -> None:
    _rule_arguments(parser)
    add_fields(parser, _FIELDS)


def _with_policy(
    invocation: Invocation, work: Callable[[Cloud, QosPolicyState], Awaitable[Any]]
) -> Any:
    """Do *work* with the policy that the command names."""
    from stackloom.cli.connection import ask_cloud

    async def run(cloud: Cloud) -> Any:
        from stackloom.cloud.verbs import find

        policy = await find(cloud, load_kind(_POLICY), invocation.options.qos_policy)
        return await work(cloud, policy)

    return ask_cloud(invocation, run)


def _rule_of(policy: QosPolicyState, id: str) -> QosRuleState:
    """Return a rule of a policy, with the type by which its path is known.

    Raises:
        UnknownName: the policy has no such rule.
    """
    rule = next((each for each in policy.rules if each.id == id), None)
    if rule is None:
        raise UnknownName(
            f'QoS policy "{policy.name}" has no rule {id}',
            hint=f"stackloom network qos rule list {policy.name} shows those it has",
        )
    return rule


def _list(invocation: Invocation) -> int:
    async def work(_cloud: Cloud, policy: QosPolicyState) -> QosPolicyState:
        return policy

    policy = _with_policy(invocation, work)
    columns = _kind_of(_TYPES[0], policy.id).columns
    titles = [column.title for column in columns]
    rows = [[column.value(rule) for column in columns] for rule in policy.rules]
    # The policy stands after the id, where the openstack client has it.
    rows = [[row[0], policy.id, *row[1:]] for row in rows]
    write_list(invocation, [titles[0], "QoS Policy ID", *titles[1:]], rows)
    return 0


def _show(invocation: Invocation) -> int:
    async def work(_cloud: Cloud, policy: QosPolicyState) -> QosRuleState:
        return _rule_of(policy, invocation.options.rule)

    write_one(invocation, plain(_with_policy(invocation, work)))
    return 0


def _create(invocation: Invocation) -> int:
    rule_type = invocation.options.type
    body = body_of(given_fields(invocation.options, _FIELDS))

    async def work(cloud: Cloud, policy: QosPolicyState) -> QosRuleState:
        from stackloom.cloud.verbs import create

        kind = _kind_of(rule_type, policy.id)
        made: QosRuleState = await create(cloud, kind, checked(kind.new, body))
        return made

    # Neutron's answer leaves the type out.
    shown = {**plain(_with_policy(invocation, work)), "type": rule_type.replace("-", "_")}
    write_one(invocation, shown)
    return 0


def _set(invocation: Invocation) -> int:
    given = given_fields(invocation.options, _FIELDS)
    if not given:
        flags = ", ".join(each.flag for each in _FIELDS)
        raise UsageError("nothing to set was given", hint=f"there are: {flags}")

    async def work(cloud: Cloud, policy: QosPolicyState) -> None:
        from stackloom.cloud.verbs import update

        rule = _rule_of(policy, invocation.options.rule)
        kind = _kind_of(rule.type, policy.id)
        await update(cloud, kind, rule.id, checked(kind.change, body_of(given)))

    _with_policy(invocation, work)
    return 0


def _delete(invocation: Invocation) -> int:
    async def work(cloud: Cloud, policy: QosPolicyState) -> None:
        from stackloom.cloud.verbs import delete

        rule = _rule_of(policy, invocation.options.rule)
        await delete(cloud, _kind_of(rule.type, policy.id), rule.id)

    _with_policy(invocation, work)
    return 0


GROUP = Group(
    help="Rules of QoS policies",
    commands=(
        Command(
            name="list", help="List the rules of a policy", arguments=_list_arguments, run=_list
        ),
        Command(name="show", help="Show one rule", arguments=_show_arguments, run=_show),
        Command(
            name="create", help="Add a rule to a policy", arguments=_create_arguments, run=_create
        ),
        Command(name="set", help="Change a rule", arguments=_set_arguments, run=_set),
        Command(name="delete", help="Delete a rule", arguments=_rule_arguments, run=_delete),
    ),
)
