# SPDX-License-Identifier: Apache-2.0
"""``aggregate``: hosts that have something in common (administrators)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import key_values, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    show_command,
)
from stackloom.cli.properties import add_property_options, add_unset_option
from stackloom.errors import UsageError

_KIND = "compute.aggregate"
_CREATE = (
    text("--zone", "availability_zone", "the availability zone that it makes", metavar="ZONE"),
)


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY=VALUE", help="repeatable"
    )


async def _complete(acting: Acting) -> bool:
    properties = key_values(acting.options.property)
    if properties:
        await _set_metadata(acting, properties)
    return bool(properties)


async def _set_metadata(acting: Acting, metadata: Mapping[str, str | None]) -> None:
    """Set some of it; what is None is taken away.

    Source: nova/api/openstack/compute/aggregates.py, ``_set_metadata``, 34.0.0.
    """
    await acting.post("set_metadata", {"metadata": metadata})


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", help="a new name")
    parser.add_argument("--zone", metavar="ZONE", help="the availability zone that it makes")
    add_property_options(parser)


async def _set(acting: Acting) -> None:
    options = acting.options
    given = {"name": options.new_name, "availability_zone": options.zone}
    fields = {name: value for name, value in given.items() if value is not None}
    metadata: dict[str, str | None] = {}
    if options.no_property:
        # The zone is kept among them (nova/objects/aggregate.py, 34.0.0).
        metadata = {name: None for name in acting.state.metadata if name != "availability_zone"}
    metadata |= key_values(options.property)
    if not (fields or metadata or options.no_property):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await acting.send("PUT", "", {"aggregate": fields})
    if metadata:
        await _set_metadata(acting, metadata)


async def _unset(acting: Acting) -> None:
    there = [name for name in acting.options.property if name in acting.state.metadata]
    if there:
        await _set_metadata(acting, dict.fromkeys(there))


def _host(parser: ArgumentParser) -> None:
    parser.add_argument("host", metavar="HOST", help="as compute service list has it")


async def _add_host(acting: Acting) -> None:
    await acting.post("add_host", {"host": acting.options.host})


async def _remove_host(acting: Acting) -> None:
    await acting.post("remove_host", {"host": acting.options.host})


def _one(verb: str, help: str, act: Any, arguments: Any) -> Any:
    return action_command(verb, _KIND, help, act, arguments=arguments, several=False)


GROUP = Group(
    help="Host aggregates (administrators)",
    commands=(
        list_command(_KIND),
        show_command(_KIND),
        create_command(_KIND, _CREATE, more=_create_arguments, then=_complete),
        _one("set", "Change an aggregate", _set, _set_arguments),
        _one("unset", "Take properties of an aggregate away", _unset, add_unset_option),
        delete_command(_KIND),
        _one("add host", "Put a host into an aggregate", _add_host, _host),
        _one("remove host", "Take a host out of an aggregate", _remove_host, _host),
    ),
)
