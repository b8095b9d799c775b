# SPDX-License-Identifier: Apache-2.0
"""``server set`` and ``unset``: name, description, metadata and tags each have an address."""

from __future__ import annotations

from argparse import ArgumentParser
from urllib.parse import quote

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.fields import key_values
from stackloom.errors import NotFound, UsageError

_SERVER = "compute.server"


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", help="a new name")
    parser.add_argument("--description", help="for people")
    parser.add_argument("--hostname", help="the name that it finds inside")
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY=VALUE", help="metadata; repeatable"
    )
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="repeatable")
    parser.add_argument("--password", help="of its administrator, where its agent can change it")
    parser.add_argument(
        "--state", choices=("active", "error"), help="say that it is so (administrators)"
    )


async def _set(acting: Acting) -> None:
    options = acting.options
    fields = {
        "name": options.new_name,
        "description": options.description,
        "hostname": options.hostname,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    metadata = key_values(options.property)
    if not (fields or metadata or options.tag or options.password or options.state):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await acting.send("PUT", "", {"server": fields})
    if metadata:
        await acting.send("POST", "/metadata", {"metadata": metadata})
    for tag in options.tag:
        await acting.send("PUT", f"/tags/{quote(tag, safe='')}")
    if options.password:
        await acting.post("changePassword", {"adminPass": options.password})
    if options.state:
        await acting.post("os-resetState", {"state": options.state})


def _unset_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY", help="metadata; repeatable"
    )
    parser.add_argument("--all-properties", action="store_true", help="all of its metadata")
    parser.add_argument("--description", action="store_true", help="its description")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="repeatable")
    parser.add_argument("--all-tags", action="store_true", help="all of its tags")


async def _unset(acting: Acting) -> None:
    options = acting.options
    keys = [*acting.state.metadata] if options.all_properties else options.property
    for key in keys:
        await _taken_away(acting, f"/metadata/{quote(key, safe='')}")
    if options.description:
        await acting.send("PUT", "", {"server": {"description": None}})
    if options.all_tags:
        await acting.send("DELETE", "/tags")
    for tag in [] if options.all_tags else options.tag:
        await _taken_away(acting, f"/tags/{quote(tag, safe='')}")


async def _taken_away(acting: Acting, below: str) -> None:
    """Delete a part of it; one that is not there is what was asked for."""
    try:
        await acting.send("DELETE", below)
    except NotFound:
        return


CHANGES = (
    action_command(
        "set", _SERVER, "Change a server", _set, arguments=_set_arguments, several=False
    ),
    action_command(
        "unset",
        _SERVER,
        "Take parts of a server away",
        _unset,
        arguments=_unset_arguments,
        several=False,
    ),
)
