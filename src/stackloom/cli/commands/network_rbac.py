# SPDX-License-Identifier: Apache-2.0
"""``network rbac``: objects that other projects may use."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import add_fields, body_of, given_fields, named, switch, text
from stackloom.cli.kind_at_hand import checked, load_kind, plain, resolved
from stackloom.cli.kind_commands import delete_command, list_command, set_command, show_command
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.resources.network.rbac_policy import RbacPolicyState

_KIND = "network.rbac_policy"

_KIND_BY_TYPE = {
    "address_group": "network.address_group",
    "address_scope": "network.address_scope",
    "security_group": "network.security_group",
    "subnetpool": "network.subnet_pool",
    "qos_policy": "network.qos_policy",
    "network": "network.network",
}
_ACTIONS = ("access_as_external", "access_as_shared")

_TARGET = named("--target-project", "target_tenant", "identity.project", "who may use it")
_CREATE = (
    text("--type", "object_type", "what it is", required=True, choices=tuple(_KIND_BY_TYPE)),
    text("--action", "action", "what they may do", required=True, choices=_ACTIONS),
    _TARGET,
    switch("--target-all-projects", "target_tenant", "let every project use it", value="*"),
    named("--project", "project_id", "identity.project", "whose policy it is (administrators)"),
)
_FILTERS = (
    text("--type", "object_type", "about objects of this type", choices=tuple(_KIND_BY_TYPE)),
    text("--action", "action", "that allow this", choices=_ACTIONS),
    named("--target-project", "target_tenant", "identity.project", "for this project"),
)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("rbac_object", metavar="rbac-object", help="the object, by name or id")
    add_fields(parser, _CREATE)
    add_output_options(parser, SHOW_FORMATS)


def _create(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    given = given_fields(invocation.options, _CREATE)

    async def work(cloud: Cloud) -> RbacPolicyState:
        from stackloom.cloud.verbs import create, find

        kind = load_kind(_KIND)
        body = body_of(await resolved(cloud, given))
        if "target_tenant" not in body:
            raise UsageError(
                "nobody was named who may use it", hint="--target-project or --target-all-projects"
            )
        of_object = load_kind(_KIND_BY_TYPE[body["object_type"]])
        body["object_id"] = (await find(cloud, of_object, invocation.options.rbac_object)).id
        made: RbacPolicyState = await create(cloud, kind, checked(kind.new, body))
        return made

    write_one(invocation, plain(ask_cloud(invocation, work)))
    return 0


GROUP = Group(
    help="Objects that other projects may use",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        Command(
            name="create",
            help="Let other projects use an object",
            arguments=_arguments,
            run=_create,
        ),
        set_command(_KIND, (_TARGET,)),
        delete_command(_KIND),
    ),
)
