# SPDX-License-Identifier: Apache-2.0
"""``volume``: disks that outlive servers."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import key_values, named, number, pairs, several, switch, text
from stackloom.cli.kind_at_hand import WAIT_SECONDS, watch
from stackloom.cli.kind_commands import create_command, list_command, show_command
from stackloom.cli.properties import (
    add_property_options,
    add_unset_option,
    set_properties,
    without_properties,
)
from stackloom.errors import UsageError

_KIND = "block_storage.volume"
_STATES = (
    *("available", "error", "creating", "deleting", "in-use", "attaching", "detaching"),
    *("error_deleting", "maintenance"),
)


def _metadata(words: Sequence[str]) -> str:
    """Write metadata as Cinder filters by it: one parameter with the text of a dictionary.

    Source: cinder/volume/api.py, ``get_all``, which reads it with
    ``ast.literal_eval``, 29.0.0.
    """
    return str(key_values(words))


_CREATE = (
    text("name", "name", "its name", nargs="?"),
    number("--size", "size", "may be left out where it is made of another", metavar="GIB"),
    text("--type", "volume_type", "name or id of its volume type", metavar="TYPE"),
    named("--image", "imageRef", "image.image", "write this image on it"),
    named("--snapshot", "snapshot_id", "block_storage.volume_snapshot", "copy this snapshot"),
    named("--source", "source_volid", _KIND, "copy this volume"),
    named("--backup", "backup_id", "block_storage.volume_backup", "copy this backup"),
    text("--description", "description", "for people"),
    text("--availability-zone", "availability_zone", "where it is to be", metavar="ZONE"),
    text("--consistency-group", "consistencygroup_id", "by id", metavar="GROUP"),
    pairs("--property", "metadata", "metadata"),
    pairs("--hint", "OS-SCH-HNT:scheduler_hints", "for the scheduler"),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    text("--status", "status", "available, in-use, error, …"),
    switch("--all-projects", "all_tenants", "of all projects (administrators)"),
    named(
        "--project",
        "project_id",
        "identity.project",
        "of this project (administrators)",
        brings={"all_tenants": True},
    ),
    named("--user", "user_id", "identity.user", "of this user (administrators)"),
    several(
        "--property",
        "metadata",
        "only those with this metadata; repeatable",
        take=_metadata,
        metavar="KEY=VALUE",
    ),
    text("--sort", "sort", "such as name:asc,created_at:desc", metavar="KEY:DIR,…"),
)


# --- set and unset --------------------------------------------------------------------------------


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", help="a new name")
    parser.add_argument("--description", help="for people")
    parser.add_argument("--size", type=int, metavar="GIB", help="make it larger")
    add_property_options(parser)
    parser.add_argument(
        "--image-property",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of the image on it; repeatable",
    )
    parser.add_argument("--type", metavar="TYPE", help="name or id of another volume type")
    parser.add_argument(
        "--retype-policy",
        "--migration-policy",
        choices=("never", "on-demand"),
        default="never",
        help="with --type: whether it may move to other storage for that; never is the default",
    )
    parser.add_argument("--state", choices=_STATES, help="say that it is so (administrators)")
    _said_to_be(parser, *_FLAGS, ("--attached", "--detached", "attached"))


# Options for yes and no, and where argparse puts them.
_FLAGS = (
    ("--bootable", "--non-bootable", "bootable"),
    ("--read-only", "--read-write", "read_only"),
)


def _said_to_be(parser: ArgumentParser, *flags: tuple[str, str, str]) -> None:
    for yes, no, field in flags:
        group = parser.add_mutually_exclusive_group()
        for flag, value in ((yes, True), (no, False)):
            told = flag.strip("-").replace("-", " ")
            group.add_argument(
                flag, dest=field, action="store_const", const=value, help=f"say that it is {told}"
            )


def _create_arguments(parser: ArgumentParser) -> None:
    _said_to_be(parser, *_FLAGS)


async def _complete(acting: Acting) -> bool:
    """Say what Cinder takes only of a volume that is there and at rest."""
    actions = [*_flag_actions(acting)]
    if actions:
        await acting.settled(acting.kind.progress)
    for action, content in actions:
        await acting.post(action, content)
    return bool(actions)


def _flag_actions(acting: Acting) -> list[tuple[str, dict[str, Any]]]:
    """Source: cinder/api/contrib/volume_actions.py, 29.0.0."""
    options = acting.options
    actions: list[tuple[str, dict[str, Any]]] = []
    if options.bootable is not None:
        actions.append(("os-set_bootable", {"bootable": options.bootable}))
    if options.read_only is not None:
        actions.append(("os-update_readonly_flag", {"readonly": options.read_only}))
    return actions


async def _set(acting: Acting) -> None:
    options = acting.options
    given = {"name": options.new_name, "description": options.description}
    fields = {name: value for name, value in given.items() if value is not None}
    actions = [*_actions(acting)]
    if not (fields or actions or options.property or options.no_property):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await acting.send("PUT", "", {"volume": fields})
    await set_properties(acting, acting.state.metadata)
    for action, content in actions:
        if action == "os-retype" and options.size is not None:
            await acting.settled(acting.kind.progress)
        await acting.post(action, content)


def _actions(acting: Acting) -> list[tuple[str, dict[str, Any]]]:
    """Return what is no field of a volume but done to it; last what it is at work with for a while.

    While it is being extended Cinder refuses most of the others.

    Source: cinder/api/contrib/volume_actions.py and admin_actions.py, 29.0.0.
    """
    options = acting.options
    actions: list[tuple[str, dict[str, Any]]] = []
    if options.image_property:
        metadata = key_values(options.image_property)
        actions.append(("os-set_image_metadata", {"metadata": metadata}))
    actions += _flag_actions(acting)
    if options.size is not None:
        actions.append(("os-extend", {"new_size": options.size}))
    if options.type:
        retype = {"new_type": options.type, "migration_policy": options.retype_policy}
        actions.append(("os-retype", retype))
    reset = {"status": options.state} if options.state else {}
    if options.attached is not None:
        reset["attach_status"] = "attached" if options.attached else "detached"
    if reset:
        actions.append(("os-reset_status", reset))
    return actions


def _unset_arguments(parser: ArgumentParser) -> None:
    add_unset_option(parser)
    parser.add_argument(
        "--image-property", action="append", default=[], metavar="KEY", help="repeatable"
    )


async def _unset(acting: Acting) -> None:
    await without_properties(acting, acting.options.property)
    for key in acting.options.image_property:
        await acting.post("os-unset_image_metadata", {"key": key})


# --- delete, migrate, revert ----------------------------------------------------------------------


def _delete_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="whatever its status (administrators)")
    parser.add_argument("--cascade", "--purge", action="store_true", help="with its snapshots")
    parser.add_argument("--wait", action="store_true", help="until it is gone")


async def _delete(acting: Acting) -> None:
    options = acting.options
    if options.force:
        await acting.post("os-force_delete", {})
    else:
        await acting.send("DELETE", "?cascade=true" if options.cascade else "")
    if options.wait:
        waiting = watch(acting.cloud, acting.kind)
        await waiting.until_gone(acting.state.id, within_seconds=WAIT_SECONDS)


def _migrate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", required=True, help="to this one: host@backend#pool")
    parser.add_argument("--force-host-copy", action="store_true", help="not by the storage itself")
    parser.add_argument("--lock-volume", action="store_true", help="let nothing interrupt it")


async def _migrate(acting: Acting) -> None:
    options = acting.options
    content = {
        "host": options.host,
        "force_host_copy": options.force_host_copy,
        "lock_volume": options.lock_volume,
    }
    await acting.post("os-migrate_volume", content)


async def _revert(acting: Acting) -> None:
    from stackloom.cli.actions import ask
    from stackloom.cli.kind_at_hand import load_kind

    volume = load_kind(_KIND)
    path = f"{volume.member_path(acting.state.volume_id)}/action"
    await ask(acting.cloud, volume, "POST", path, {"revert": {"snapshot_id": acting.state.id}})


def _one(verb: str, help: str, act: Any, arguments: Any) -> Any:
    return action_command(verb, _KIND, help, act, arguments=arguments, several=False)


GROUP = Group(
    help="Volumes: disks that outlive servers",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, name="", waits=True, more=_create_arguments, then=_complete),
        _one("set", "Change a volume", _set, _set_arguments),
        _one("unset", "Take parts of a volume away", _unset, _unset_arguments),
        action_command("delete", _KIND, "Delete volumes", _delete, arguments=_delete_arguments),
        _one("migrate", "Move a volume to other storage", _migrate, _migrate_arguments),
        action_command(
            "revert",
            "block_storage.volume_snapshot",
            "Put a volume back to its newest snapshot, which is named",
            _revert,
            several=False,
        ),
    ),
)
