# SPDX-License-Identifier: Apache-2.0
"""``volume snapshot``: volumes as they were at one moment."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import named, pairs, switch, text
from stackloom.cli.kind_at_hand import WAIT_SECONDS, watch
from stackloom.cli.kind_commands import create_command, list_command, show_command
from stackloom.cli.properties import (
    add_property_options,
    add_unset_option,
    set_properties,
    without_properties,
)
from stackloom.errors import UsageError

_KIND = "block_storage.volume_snapshot"
_VOLUME = "block_storage.volume"
_STATES = ("available", "error", "creating", "deleting", "error_deleting")

_CREATE = (
    named("--volume", "volume_id", _VOLUME, "of this volume", required=True),
    text("--description", "description", "for people"),
    pairs("--property", "metadata", "metadata"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    text("--status", "status", "with this status", choices=_STATES),
    named("--volume", "volume_id", _VOLUME, "of this volume"),
    switch("--all-projects", "all_tenants", "of all projects (administrators)"),
    named(
        "--project",
        "project_id",
        "identity.project",
        "of this project (administrators)",
        brings={"all_tenants": True},
    ),
)


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", help="a new name")
    parser.add_argument("--description", help="for people")
    add_property_options(parser)
    parser.add_argument("--state", choices=_STATES, help="say that it is so (administrators)")


async def _set(acting: Acting) -> None:
    options = acting.options
    given = {"name": options.new_name, "description": options.description}
    fields = {name: value for name, value in given.items() if value is not None}
    if not (fields or options.property or options.no_property or options.state):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await acting.send("PUT", "", {"snapshot": fields})
    await set_properties(acting, acting.state.metadata)
    if options.state:
        await acting.post("os-reset_status", {"status": options.state})


async def _unset(acting: Acting) -> None:
    await without_properties(acting, acting.options.property)


def _delete_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="whatever its status (administrators)")
    parser.add_argument("--wait", action="store_true", help="until it is gone")


async def _delete(acting: Acting) -> None:
    if acting.options.force:
        await acting.post("os-force_delete", {})
    else:
        await acting.send("DELETE", "")
    if acting.options.wait:
        waiting = watch(acting.cloud, acting.kind)
        await waiting.until_gone(acting.state.id, within_seconds=WAIT_SECONDS)


GROUP = Group(
    help="Snapshots of volumes",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, waits=True),
        action_command(
            "set", _KIND, "Change a snapshot", _set, arguments=_set_arguments, several=False
        ),
        action_command(
            "unset",
            _KIND,
            "Take properties of a snapshot away",
            _unset,
            arguments=add_unset_option,
            several=False,
        ),
        action_command("delete", _KIND, "Delete snapshots", _delete, arguments=_delete_arguments),
    ),
)
