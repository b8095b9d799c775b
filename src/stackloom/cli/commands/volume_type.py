# SPDX-License-Identifier: Apache-2.0
"""``volume type``: what volumes are made on; administrators make them."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import pair, pairs, switch, text
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.kind_commands import create_command, delete_command, list_command, show_command
from stackloom.cli.properties import (
    add_property_options,
    add_unset_option,
    set_properties,
    without_properties,
)
from stackloom.errors import UsageError

_KIND = "block_storage.volume_type"
_SPECS = "/extra_specs"

_CREATE = (
    text("--description", "description", "for people"),
    pair("--public", "--private", "os-volume-type-access:is_public", "all projects may use it"),
    pairs("--property", "extra_specs", "extra spec"),
)
_FILTERS = (
    switch("--public", "is_public", "only public ones"),
    switch("--private", "is_public", "only those that are not public", value=False),
)


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", help="a new name")
    parser.add_argument("--description", help="for people")
    group = parser.add_mutually_exclusive_group()
    for flag, value, help in (
        ("--public", True, "all projects may use it"),
        ("--private", False, "the opposite"),
    ):
        group.add_argument(flag, dest="is_public", action="store_const", const=value, help=help)
    add_property_options(parser)
    add_named(parser, "project", "let it use this private one")


async def _set(acting: Acting) -> None:
    options = acting.options
    given = {
        "name": options.new_name,
        "description": options.description,
        "is_public": options.is_public,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    if not (fields or options.property or options.no_property or options.project):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await acting.send("PUT", "", {"volume_type": fields})
    await set_properties(acting, acting.state.extra_specs, below=_SPECS, key="extra_specs")
    if options.project:
        await acting.post("addProjectAccess", {"project": await _project(acting)})


def _unset_arguments(parser: ArgumentParser) -> None:
    add_unset_option(parser)
    add_named(parser, "project", "keep it from using it")


async def _unset(acting: Acting) -> None:
    await without_properties(acting, acting.options.property, below=_SPECS)
    if acting.options.project:
        await acting.post("removeProjectAccess", {"project": await _project(acting)})


async def _project(acting: Acting) -> str:
    options = acting.options
    return await find_id(acting.cloud, "identity.project", options.project, options.project_domain)


GROUP = Group(
    help="Volume types: what volumes are made on",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        action_command(
            "set", _KIND, "Change a volume type", _set, arguments=_set_arguments, several=False
        ),
        action_command(
            "unset",
            _KIND,
            "Take parts of a volume type away",
            _unset,
            arguments=_unset_arguments,
            several=False,
        ),
        delete_command(_KIND),
    ),
)
