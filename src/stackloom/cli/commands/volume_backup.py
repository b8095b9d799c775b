# SPDX-License-Identifier: Apache-2.0
"""``volume backup``: copies of volumes in another store."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import named, pair, pairs, switch, text
from stackloom.cli.kind_at_hand import WAIT_SECONDS, find_ids, watch
from stackloom.cli.kind_commands import create_command, list_command, set_command, show_command
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
_SET = (
    text("--name", "name", "a new name"),
    text("--description", "description", "for people"),
    pairs("--property", "metadata", "metadata, all of it"),
)


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
        set_command(_KIND, _SET),
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
