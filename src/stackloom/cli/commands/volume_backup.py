# SPDX-License-Identifier: Apache-2.0
"""``volume backup``: copies of volumes in another store."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import key_values, named, pair, pairs, switch, text
from stackloom.cli.kind_at_hand import WAIT_SECONDS, find_ids, watch
from stackloom.cli.kind_commands import create_command, list_command, show_command
from stackloom.cli.properties import add_property_options, add_unset_option
from stackloom.errors import UsageError

_KIND = "block_storage.volume_backup"
_VOLUME = "block_storage.volume"
_STATUSES = ("creating", "available", "deleting", "error", "restoring", "error_restoring")

_CREATE = (
    named("volume", "volume_id", _VOLUME, "name or id"),
    text("--name", "name", "its name"),
    text("--description", "description", "for people"),
    text("--container", "container", "where in the store"),
    named("--snapshot", "snapshot_id", "block_storage.volume_snapshot", "as this snapshot has it"),
    switch("--force", "force", "even if it is attached"),
    pair("--incremental", "--no-incremental", "incremental", "only what changed since the last"),
    pairs("--property", "metadata", "metadata"),
    text("--availability-zone", "availability_zone", "where it is to be", metavar="ZONE"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    text("--status", "status", "with this status", choices=_STATUSES),
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
    parser.add_argument("--state", choices=_STATUSES, help="say that it is so (administrators)")


async def _set(acting: Acting) -> None:
    options = acting.options
    given = {"name": options.new_name, "description": options.description}
    fields: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if options.property or options.no_property:
        # Cinder takes metadata whole here.
        kept = {} if options.no_property else dict(acting.state.metadata or {})
        fields["metadata"] = {**kept, **key_values(options.property)}
    if not (fields or options.state):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await acting.send("PUT", "", {"backup": fields})
    if options.state:
        await acting.post("os-reset_status", {"status": options.state})


async def _unset(acting: Acting) -> None:
    gone = set(acting.options.property)
    kept = {
        name: value for name, value in (acting.state.metadata or {}).items() if name not in gone
    }
    await acting.send("PUT", "", {"backup": {"metadata": kept}})


def _delete_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="whatever its status")
    parser.add_argument("--wait", action="store_true", help="until it is gone")


async def _delete(acting: Acting) -> None:
    if acting.options.force:
        await acting.post("os-force_delete", {})
    else:
        await acting.send("DELETE", "")
    if acting.options.wait:
        waiting = watch(acting.cloud, acting.kind)
        await waiting.until_gone(acting.state.id, within_seconds=WAIT_SECONDS)


def _restore_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("volume", nargs="?", help="onto this one; onto a new one if left out")
    parser.add_argument("--force", action="store_true", help="with VOLUME: what is on it is lost")


async def _restore(acting: Acting) -> None:
    if acting.options.volume and not acting.options.force:
        raise UsageError("what is on that volume would be lost", hint="if it may be: --force")
    content: dict[str, Any] = {}
    if acting.options.volume:
        named_volume = (_VOLUME, acting.options.volume)
        content["volume_id"] = (await find_ids(acting.cloud, [named_volume]))[named_volume]
    await acting.send("POST", "/restore", {"restore": content})


GROUP = Group(
    help="Backups of volumes",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, name="", waits=True),
        action_command(
            "set", _KIND, "Change a backup", _set, arguments=_set_arguments, several=False
        ),
        action_command(
            "unset",
            _KIND,
            "Take metadata of a backup away",
            _unset,
            arguments=add_unset_option,
            several=False,
        ),
        action_command("delete", _KIND, "Delete backups", _delete, arguments=_delete_arguments),
        action_command(
            "restore",
            _KIND,
            "Write a backup on a volume",
            _restore,
            arguments=_restore_arguments,
            several=False,
        ),
    ),
)
