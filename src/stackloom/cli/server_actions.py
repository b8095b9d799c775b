# SPDX-License-Identifier: Apache-2.0
"""What can be done to a server: start, stop, reboot, lock, shelve, resize, rebuild, migrate."""

from __future__ import annotations

import base64
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackloom.cli.actions import Acting, Arguments, action_command
from stackloom.cli.command import Command
from stackloom.cli.fields import key_values
from stackloom.cli.kind_at_hand import WAIT_SECONDS, find_ids, load_kind, watch
from stackloom.errors import NotFound, UsageError, WentToError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackloom.cloud.kind import Progress
    from stackloom.resources.compute.server import ServerState
    from stackloom.resources.compute.server_event import ServerEventState
    from stackloom.transport.client import Answer

_SERVER = "compute.server"


def _wait(parser: ArgumentParser) -> None:
    parser.add_argument("--wait", action="store_true", help="until it is done")


def settled_in(*statuses: str) -> Callable[[ServerState], Progress]:
    """Return what tells whether a server has come to rest, in one of *statuses* if any are given.

    The status is changed at the end of an action, the task state at its beginning.
    """
    from stackloom.cloud.kind import Progress

    def progress(state: ServerState) -> Progress:
        if state.task_state:
            return Progress.WAITING
        if state.status == "ERROR":
            return Progress.FAILED
        there = state.status in statuses if statuses else True
        return Progress.READY if there else Progress.WAITING

    return progress


async def done(acting: Acting, answer: Answer, *statuses: str) -> None:
    """With ``--wait``, wait until the action that *answer* has accepted is over.

    Raises:
        WentToError: Nova gave up on it, and the server goes on as it was.
    """
    if not acting.options.wait:
        return
    await acting.settled(settled_in(*statuses))
    request_id = answer.headers.get("x-compute-request-id", "")
    if request_id:
        await _succeeded(acting, request_id)


async def _succeeded(acting: Acting, request_id: str) -> None:
    """See how an action ended: it is written down a moment after the server has come to rest.

    Source: nova/compute/utils.py, ``EventReporter``, 34.0.0: "Error" is the action's message then.
    """
    from stackloom.cloud.verbs import get

    events = load_kind("compute.server_event").under(acting.state.id)
    for pause in (0.2, 0.4, 0.8, 1.6, 0.0):
        try:
            action: ServerEventState = await get(acting.cloud, events, request_id)
        except NotFound:
            return
        if action.message == "Error":
            raise _failed(acting, action)
        if action.events and all(each.finish_time for each in action.events):
            return
        await acting.cloud.sleep(pause)


def _failed(acting: Acting, action: ServerEventState) -> WentToError:
    details = next((each.details for each in reversed(action.events) if each.details), "")
    name = acting.state.name or acting.state.id
    return WentToError(
        f'{action.action} of server "{name}" failed' + (f": {details}" if details else ""),
        last=action,
        hint=f"stackloom server event show {acting.state.id} {action.id}",
    )


def all_projects(parser: ArgumentParser) -> None:
    """Declare ``--all-projects``."""
    parser.add_argument(
        "--all-projects",
        action="store_true",
        help="look for the name in all projects (administrators)",
    )


def everywhere(options: Namespace) -> Mapping[str, Any]:
    """Return what makes Nova look into all projects, where that was asked for."""
    return {"all_tenants": "true"} if options.all_projects else {}


def _widely(parser: ArgumentParser) -> None:
    _wait(parser)
    all_projects(parser)


async def _delete(acting: Acting) -> None:
    if acting.options.force:
        await acting.post("forceDelete")
    else:
        await acting.send("DELETE", "")
    if acting.options.wait:
        waiting = watch(acting.cloud, acting.kind)
        await waiting.until_gone(acting.state.id, within_seconds=WAIT_SECONDS)


def _delete_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--force", action="store_true", help="at once, also where it could be restored"
    )
    parser.add_argument("--wait", action="store_true", help="until it is gone")
    all_projects(parser)


def _simple(
    verb: str,
    action: str,
    help: str,
    *,
    content: object = None,
    wait_for: tuple[str, ...] = (),
    widely: bool = False,
) -> Command:
    """Return a command of one action without any options but ``--wait``.

    Args:
        widely: it takes ``--all-projects`` as well.
    """

    async def act(acting: Acting) -> None:
        await done(acting, await acting.post(action, content), *wait_for)

    if widely:
        return action_command(verb, _SERVER, help, act, arguments=_widely, within=everywhere)
    return action_command(verb, _SERVER, help, act, arguments=_wait)


async def _reboot(acting: Acting) -> None:
    await done(acting, await acting.post("reboot", {"type": acting.options.type}), "ACTIVE")


def _reboot_arguments(parser: ArgumentParser) -> None:
    for flag, help in (("--hard", "pull the plug"), ("--soft", "ask its system; the default")):
        parser.add_argument(
            flag,
            dest="type",
            action="store_const",
            const=flag.strip("-").upper(),
            default="SOFT",
            help=help,
        )
    _wait(parser)


async def _lock(acting: Acting) -> None:
    reason = acting.options.reason
    await acting.post("lock", {"locked_reason": reason} if reason else None)


async def _rescue(acting: Acting) -> None:
    options = acting.options
    content: dict[str, Any] = {"adminPass": options.password} if options.password else {}
    if options.image:
        named = ("image.image", options.image)
        content["rescue_image_ref"] = (await find_ids(acting.cloud, [named]))[named]
    await done(acting, await acting.post("rescue", content or None), "RESCUE")


def _rescue_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--image", metavar="IMAGE", help="boot from it; name or id")
    parser.add_argument("--password", help="of its administrator while it is rescued")
    _wait(parser)


async def _shelve(acting: Acting) -> None:
    if acting.options.offload and acting.state.status == "SHELVED":
        await acting.post("shelveOffload")
    else:
        await acting.post("shelve")
        if acting.options.offload or acting.options.wait:
            await acting.settled(settled_in("SHELVED", "SHELVED_OFFLOADED"))
        if acting.options.offload:
            await _offload_where_left(acting)
    if acting.options.wait:
        there = ("SHELVED_OFFLOADED",) if acting.options.offload else ("SHELVED",)
        await acting.settled(settled_in(*there, "SHELVED_OFFLOADED"))


async def _offload_where_left(acting: Acting) -> None:
    """Offload it unless the cloud does so by itself (``shelved_offload_time`` 0)."""
    from stackloom.cloud.verbs import get

    state = await get(acting.cloud, acting.kind, acting.state.id)
    if state.status == "SHELVED":
        await acting.post("shelveOffload")


def _shelve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--offload", action="store_true", help="free its host as well")
    _wait(parser)


async def _unshelve(acting: Acting) -> None:
    options = acting.options
    content: dict[str, Any] = {}
    if options.no_availability_zone:
        content["availability_zone"] = None
    if options.availability_zone:
        content["availability_zone"] = options.availability_zone
    if options.host:
        content["host"] = options.host
    await done(acting, await acting.post("unshelve", content or None), "ACTIVE")


def _unshelve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--availability-zone", metavar="ZONE", help="where it is to be")
    parser.add_argument("--no-availability-zone", action="store_true", help="anywhere")
    parser.add_argument("--host", help="on this host (administrators)")
    _wait(parser)


# --- resize and migrate ---------------------------------------------------------------------------


async def _resize(acting: Acting) -> None:
    options = acting.options
    if options.confirm or options.revert:
        await acting.post("confirmResize" if options.confirm else "revertResize")
        return
    if not options.flavor:
        raise UsageError("resize to what?", hint="give --flavor")
    named = ("compute.flavor", options.flavor)
    flavor_id = (await find_ids(acting.cloud, [named]))[named]
    answer = await acting.post("resize", {"flavorRef": flavor_id})
    await done(acting, answer, "VERIFY_RESIZE", "ACTIVE", "SHUTOFF")


def _resize_arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--flavor", metavar="FLAVOR", help="its new size; name or id")
    which.add_argument("--confirm", action="store_true", help="keep it; see resize confirm")
    which.add_argument("--revert", action="store_true", help="go back; see resize revert")
    _wait(parser)


async def _migrate(acting: Acting) -> None:
    options = acting.options
    if options.live_migration:
        content: dict[str, Any] = {"host": options.host, "block_migration": "auto"}
        if options.block_migration is not None:
            content["block_migration"] = options.block_migration
        await done(acting, await acting.post("os-migrateLive", content), "ACTIVE", "PAUSED")
    else:
        answer = await acting.post("migrate", {"host": options.host} if options.host else None)
        # Where no host takes it, it goes on where it is, as it was.
        await done(acting, answer, "VERIFY_RESIZE", "ACTIVE", "SHUTOFF")


def _migrate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--live-migration", action="store_true", help="without stopping it")
    parser.add_argument("--host", help="to this host")
    for flag, value, help in (
        ("--block-migration", True, "copy its disks (live)"),
        ("--shared-migration", False, "its disks are on shared storage (live)"),
    ):
        parser.add_argument(
            flag, dest="block_migration", action="store_const", const=value, help=help
        )
    _wait(parser)


async def _evacuate(acting: Acting) -> None:
    options = acting.options
    content = {
        name: value
        for name, value in (("host", options.host), ("adminPass", options.password))
        if value
    }
    await done(acting, await acting.post("evacuate", content), "ACTIVE", "SHUTOFF")


def _evacuate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", help="to this host")
    parser.add_argument("--password", help="of its administrator")
    _wait(parser)


# --- rebuild --------------------------------------------------------------------------------------


async def _rebuild(acting: Acting) -> None:
    options = acting.options
    content: dict[str, Any] = {"imageRef": acting.state.image_id}
    if options.image:
        named = ("image.image", options.image)
        content["imageRef"] = (await find_ids(acting.cloud, [named]))[named]
    if not content["imageRef"]:
        raise UsageError("it was booted from a volume: give --image to write a new one on it")
    given = {
        "name": options.new_name,
        "adminPass": options.password,
        "metadata": key_values(options.property) or None,
        "description": options.description,
        "preserve_ephemeral": options.preserve_ephemeral,
        "key_name": options.key_name,
        "hostname": options.hostname,
    }
    content |= {name: value for name, value in given.items() if value is not None}
    if options.user_data:
        content["user_data"] = base64.b64encode(options.user_data.read_bytes()).decode()
    for flag, field in ((options.no_key_name, "key_name"), (options.no_user_data, "user_data")):
        if flag:
            content[field] = None
    await done(acting, await acting.post("rebuild", content), "ACTIVE", "SHUTOFF")


def _rebuild_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--image", metavar="IMAGE", help="name or id; the same as before if left out"
    )
    parser.add_argument("--name", dest="new_name", help="a new name")
    parser.add_argument("--password", help="of its administrator")
    parser.add_argument("--property", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--description", help="for people")
    parser.add_argument("--hostname", help="other than its name")
    parser.add_argument(
        "--preserve-ephemeral", action="store_const", const=True, help="keep its ephemeral disks"
    )
    parser.add_argument(
        "--no-preserve-ephemeral",
        dest="preserve_ephemeral",
        action="store_const",
        const=False,
        help="the opposite",
    )
    parser.add_argument("--key-name", metavar="KEY", help="key pair to put into it")
    parser.add_argument("--no-key-name", action="store_true", help="without a key pair")
    parser.add_argument("--user-data", type=Path, metavar="FILE", help="for cloud-init")
    parser.add_argument("--no-user-data", action="store_true", help="without")
    _wait(parser)


def _own(verb: str, help: str, act: Any, arguments: Arguments) -> Command:
    return action_command(verb, _SERVER, help, act, arguments=arguments)


def _reason(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", help="why, for those who find it locked")


ACTIONS = (
    action_command(
        "delete",
        _SERVER,
        "Delete servers",
        _delete,
        arguments=_delete_arguments,
        within=everywhere,
    ),
    _simple("start", "os-start", "Start servers", wait_for=("ACTIVE",), widely=True),
    _simple("stop", "os-stop", "Stop servers", wait_for=("SHUTOFF",), widely=True),
    _own("reboot", "Reboot servers", _reboot, _reboot_arguments),
    _simple("pause", "pause", "Freeze servers in memory", wait_for=("PAUSED",)),
    _simple("unpause", "unpause", "Let paused servers go on", wait_for=("ACTIVE",)),
    _simple("suspend", "suspend", "Put servers to sleep on disk", wait_for=("SUSPENDED",)),
    _simple("resume", "resume", "Wake suspended servers", wait_for=("ACTIVE",)),
    _own("lock", "Refuse further actions on servers", _lock, _reason),
    action_command("unlock", _SERVER, "Allow actions again", lambda acting: acting.post("unlock")),
    _own("rescue", "Boot servers from a rescue disk", _rescue, _rescue_arguments),
    _simple("unrescue", "unrescue", "Boot rescued servers from their own disk"),
    _own("shelve", "Put servers away, to be started another day", _shelve, _shelve_arguments),
    _own("unshelve", "Start shelved servers", _unshelve, _unshelve_arguments),
    _simple("restore", "restore", "Take back the deletion of servers"),
    _own("resize", "Give servers another flavor", _resize, _resize_arguments),
    _simple("resize confirm", "confirmResize", "Keep the new size"),
    _simple("resize revert", "revertResize", "Go back to the old size"),
    _own("rebuild", "Write a server's disk anew", _rebuild, _rebuild_arguments),
    _own("migrate", "Move servers to another host", _migrate, _migrate_arguments),
    _simple("migrate confirm", "confirmResize", "Keep the new host"),
    _simple("migrate revert", "revertResize", "Go back to the old host"),
    _own("evacuate", "Rebuild servers of a dead host elsewhere", _evacuate, _evacuate_arguments),
)
