# SPDX-License-Identifier: Apache-2.0
"""``flavor``: the sizes of servers; administrators make them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from urllib.parse import quote

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import key_values, number, pair, switch, text
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.kind_commands import create_command, delete_command, list_command, show_command
from stackloom.errors import NotFound, UsageError

_KIND = "compute.flavor"

_CREATE = (
    number("--ram", "ram", "memory", metavar="MIB", default=256),
    number("--vcpus", "vcpus", "processors", metavar="N", default=1),
    number("--disk", "disk", "its first disk", metavar="GIB", default=0),
    number("--ephemeral", "OS-FLV-EXT-DATA:ephemeral", "a disk that goes with it", metavar="GIB"),
    number("--swap", "swap", "swap space on a disk of its own", metavar="MIB"),
    text("--id", "id", "its id; otherwise Nova chooses", metavar="ID"),
    pair("--public", "--private", "os-flavor-access:is_public", "all projects may use it"),
    text("--description", "description", "for people"),
)
_FILTERS = (
    switch("--public", "is_public", "only public ones", value="true"),
    switch("--private", "is_public", "only those that are not public", value="false"),
    switch("--all", "is_public", "both; the default (administrators)", value="none"),
    number("--min-disk", "minDisk", "with at least this disk", metavar="GIB"),
    number("--min-ram", "minRam", "with at least this memory", metavar="MIB"),
)


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--property",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="extra spec; repeatable",
    )
    add_named(parser, "project", "let it use this private one")


async def _complete(acting: Acting) -> bool:
    """Add what Nova takes only of a flavor that is there."""
    options = acting.options
    properties = key_values(options.property)
    if properties:
        await acting.send("POST", "/os-extra_specs", {"extra_specs": properties})
    if options.project:
        await acting.post("addTenantAccess", {"tenant": await _project(acting)})
    return bool(properties or options.project)


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--description", help="for people")
    parser.add_argument(
        "--property",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="extra spec; repeatable",
    )
    parser.add_argument("--no-property", action="store_true", help="take all others away")
    add_named(parser, "project", "let it use this private one")


async def _set(acting: Acting) -> None:
    options = acting.options
    properties = key_values(options.property)
    if not (properties or options.no_property or options.project) and options.description is None:
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if options.description is not None:
        await acting.send("PUT", "", {"flavor": {"description": options.description}})
    if options.no_property:
        await _without(acting, acting.state.extra_specs or {})
    if properties:
        await acting.send("POST", "/os-extra_specs", {"extra_specs": properties})
    if options.project:
        await acting.post("addTenantAccess", {"tenant": await _project(acting)})


def _unset_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY", help="extra spec; repeatable"
    )
    add_named(parser, "project", "keep it from using it")


async def _unset(acting: Acting) -> None:
    await _without(acting, acting.options.property)
    if acting.options.project:
        await acting.post("removeTenantAccess", {"tenant": await _project(acting)})


async def _project(acting: Acting) -> str:
    options = acting.options
    return await find_id(acting.cloud, "identity.project", options.project, options.project_domain)


async def _without(acting: Acting, keys: Iterable[str]) -> None:
    """Take extra specs away; one that is not there is what was asked for."""
    for key in keys:
        try:
            await acting.send("DELETE", f"/os-extra_specs/{quote(key, safe='')}")
        except NotFound:
            continue


GROUP = Group(
    help="Flavors: the sizes of servers",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, more=_create_arguments, then=_complete),
        action_command(
            "set", _KIND, "Change a flavor", _set, arguments=_set_arguments, several=False
        ),
        action_command(
            "unset",
            _KIND,
            "Take parts of a flavor away",
            _unset,
            arguments=_unset_arguments,
            several=False,
        ),
        delete_command(_KIND),
    ),
)
