# SPDX-License-Identifier: Apache-2.0
"""``image create``, ``save``, ``stage``, ``import`` and ``unset``: what goes beyond fields."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Command, Invocation
from stackloom.cli.fields import key_values
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.image_bytes import FileSink, OutputSink, meter, upload_of
from stackloom.cli.kind_at_hand import WAIT_SECONDS, checked, load_kind, plain, watch
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one
from stackloom.errors import NotFound, StackloomError, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.transport.stream import Upload

KIND = "image.image"
# Source: glance/common/config.py, ``container_formats`` and ``disk_formats``, 33.0.0.
_CONTAINERS = ("ami", "ari", "aki", "bare", "docker", "ova", "ovf", "compressed")
_DISKS = (
    *("ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vhdx", "vdi", "iso", "ploop", "gpt"),
    "luks",
)
_VISIBILITIES = {
    "public": "everybody may use it (administrators)",
    "private": "only its project",
    "community": "everybody who knows its id",
    "shared": "its project and its members",
}


def add_image_options(parser: ArgumentParser) -> None:
    """Declare what ``create`` and ``set`` both take."""
    parser.add_argument("--container-format", choices=_CONTAINERS, metavar="FORMAT")
    parser.add_argument("--disk-format", choices=_DISKS, metavar="FORMAT", help="raw, qcow2, …")
    parser.add_argument("--min-disk", type=int, metavar="GIB", help="what it needs at least")
    parser.add_argument("--min-ram", type=int, metavar="MIB", help="what it needs at least")
    _fixed(parser, "protected", {"--protected": True, "--unprotected": False}, "deleted by nobody")
    visibility = parser.add_mutually_exclusive_group()
    for word, help in _VISIBILITIES.items():
        visibility.add_argument(
            f"--{word}", dest="visibility", action="store_const", const=word, help=help
        )
    _fixed(parser, "hidden", {"--hidden": True, "--unhidden": False}, "left out of lists")
    add_named(parser, "project", "its owner (administrators)")
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY=VALUE", help="repeatable"
    )
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="repeatable")


def _fixed(parser: ArgumentParser, field: str, flags: dict[str, bool], help: str) -> None:
    group = parser.add_mutually_exclusive_group()
    for flag, value in flags.items():
        told = help if value else "the opposite"
        group.add_argument(flag, dest=field, action="store_const", const=value, help=told)


async def _owner(cloud: Cloud, options: Any) -> str:
    """Return the id of the project that was named, "" for none."""
    return await find_id(cloud, "identity.project", options.project, options.project_domain)


def image_fields(options: Any) -> dict[str, Any]:
    """Return the fields that were given, by Glance's names; the owner has to be looked up."""
    given = {
        "container_format": options.container_format,
        "disk_format": options.disk_format,
        "min_disk": options.min_disk,
        "min_ram": options.min_ram,
        "visibility": options.visibility,
        "protected": options.protected,
        "os_hidden": options.hidden,
    }
    return {name: value for name, value in given.items() if value is not None}


# --- create ---------------------------------------------------------------------------------------


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--id", metavar="ID", help="its id; otherwise Glance chooses")
    parser.add_argument("--file", type=Path, metavar="FILE", help="what is on it")
    parser.add_argument("--volume", metavar="VOLUME", help="a copy of this volume; name or id")
    parser.add_argument("--force", action="store_true", help="even of a volume in use")
    parser.add_argument("--progress", action="store_true", help="shown on a terminal anyway")
    parser.add_argument(
        "--import", dest="imports", action="store_true", help="by stage and import, not upload"
    )
    add_image_options(parser)
    add_output_options(parser, SHOW_FORMATS)


def _create(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    options = invocation.options
    if options.file and options.volume:
        raise UsageError("--file and --volume: an image is a copy of one thing")
    fields = {"name": options.name, **image_fields(options)}
    fields |= {"id": options.id} if options.id else {}
    fields |= {"tags": options.tag} if options.tag else {}
    fields.setdefault("container_format", "bare")
    fields.setdefault("disk_format", "raw")
    if options.volume:
        write_one(invocation, ask_cloud(invocation, lambda cloud: _of_volume(cloud, invocation)))
        return 0
    told = meter(invocation, f"uploading {options.name}", _size(options.file))
    upload = upload_of(options.file, told) if options.file else None

    async def work(cloud: Cloud) -> Any:
        from stackloom.cloud.verbs import create, get
        from stackloom.resources.image.image import with_properties

        kind = load_kind(KIND)
        if owner := await _owner(cloud, options):
            fields["owner"] = owner
        body = with_properties(checked(kind.new, fields), key_values(options.property))
        made = await create(cloud, kind, body)
        if upload is None:
            return made
        try:
            await _sent(cloud, kind.member_path(made.id), upload, imports=options.imports)
        except StackloomError as error:
            error.hint = error.hint or f"the image without its bytes is still there: {made.id}"
            raise
        finally:
            told.end()
        if options.imports:
            await watch(cloud, kind).until_ready(made.id, within_seconds=WAIT_SECONDS)
        return await get(cloud, kind, made.id)

    write_one(invocation, plain(ask_cloud(invocation, work)))
    return 0


def _size(file: Path | None) -> int:
    return file.stat().st_size if file and file.exists() else 0


async def _sent(cloud: Cloud, path: str, upload: Upload, *, imports: bool) -> None:
    if not imports:
        await cloud.request("image", "PUT", f"{path}/file", upload=upload)
        return
    await cloud.request("image", "PUT", f"{path}/stage", upload=upload)
    body = {"method": {"name": "glance-direct"}}
    await cloud.request("image", "POST", f"{path}/import", body=body)


async def _of_volume(cloud: Cloud, invocation: Invocation) -> Any:
    """Have Cinder make it; source: cinder/api/contrib/volume_actions.py, 29.0.0."""
    import msgspec

    from stackloom.cli.actions import ask
    from stackloom.cloud.verbs import find

    options = invocation.options
    volumes = load_kind("block_storage.volume")
    volume = await find(cloud, volumes, options.volume)
    content = {
        "image_name": options.name,
        "force": options.force,
        "container_format": options.container_format or "bare",
        "disk_format": options.disk_format or "raw",
        "visibility": options.visibility,
        "protected": options.protected,
    }
    given = {name: value for name, value in content.items() if value is not None}
    path = f"{volumes.member_path(volume.id)}/action"
    answer = await ask(cloud, volumes, "POST", path, {"os-volume_upload_image": given})
    return msgspec.json.decode(answer.body)["os-volume_upload_image"]


# --- save, stage, import --------------------------------------------------------------------------


def _save_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, metavar="FILE", help="otherwise to stdout")


async def _save(acting: Acting) -> None:
    path = f"{acting.path}/file"
    if acting.options.file is None:
        await acting.cloud.request("image", "GET", path, sink=OutputSink())
        return
    name = acting.state.name or acting.state.id
    told = meter(acting.invocation, f"saving {name}", acting.state.size or 0)
    sink = FileSink(acting.options.file, told)
    try:
        await acting.cloud.request("image", "GET", path, sink=sink)
    except BaseException:
        sink.drop()
        raise
    finally:
        told.end()
    sink.keep()


def _stage_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, required=True, metavar="FILE", help="what is on it")
    parser.add_argument("--progress", action="store_true", help="shown on a terminal anyway")


async def _stage(acting: Acting) -> None:
    file = acting.options.file
    told = meter(acting.invocation, f"staging {acting.state.name or acting.state.id}", _size(file))
    try:
        path = f"{acting.path}/stage"
        await acting.cloud.request("image", "PUT", path, upload=upload_of(file, told))
    finally:
        told.end()


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--method",
        choices=("glance-direct", "web-download", "copy-image"),
        default="glance-direct",
        help="glance-direct, the default, takes what was staged",
    )
    parser.add_argument("--uri", help="where web-download finds it")
    parser.add_argument("--store", dest="stores", action="append", help="into it; repeatable")
    parser.add_argument("--all-stores", action="store_true", help="into all of them")
    parser.add_argument(
        "--disallow-failure", action="store_true", help="all stores must succeed, or none counts"
    )
    parser.add_argument("--wait", action="store_true", help="until it is active")


async def _import(acting: Acting) -> None:
    options = acting.options
    if (options.method == "web-download") != bool(options.uri):
        raise UsageError("--method web-download and --uri go together")
    method: dict[str, Any] = {"name": options.method}
    if options.uri:
        method["uri"] = options.uri
    body: dict[str, Any] = {"method": method}
    if options.stores:
        body["stores"] = options.stores
    if options.all_stores:
        body["all_stores"] = True
    if options.disallow_failure:
        body["all_stores_must_succeed"] = True
    await acting.send("POST", "/import", body)
    if options.wait:
        await acting.settled(acting.kind.progress)


# --- set and unset --------------------------------------------------------------------------------


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", help="a new name")
    add_image_options(parser)
    for name, help in _WELL_KNOWN.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=help)
    activity = parser.add_mutually_exclusive_group()
    activity.add_argument("--activate", dest="activity", action="store_const", const="reactivate")
    activity.add_argument("--deactivate", dest="activity", action="store_const", const="deactivate")
    answer = parser.add_mutually_exclusive_group()
    for flag, status in (
        ("--accept", "accepted"),
        ("--reject", "rejected"),
        ("--pending", "pending"),
    ):
        answer.add_argument(
            flag,
            dest="membership",
            action="store_const",
            const=status,
            help="as a project that it is shared with",
        )


# Properties that other services look at: glance/etc/schema-image.json, 33.0.0.
_WELL_KNOWN = {
    "architecture": "of the processors that it is for, such as x86_64",
    "instance_id": "the server that it is a copy of",
    "kernel_id": "the image of its kernel, by id",
    "ramdisk_id": "the image of its RAM disk, by id",
    "os_distro": "its operating system, such as debian",
    "os_version": "its version",
}


def _well_known(options: Any) -> dict[str, str]:
    given = {name: getattr(options, name) for name in _WELL_KNOWN}
    return {name: value for name, value in given.items() if value is not None}


async def _set(acting: Acting) -> None:
    options = acting.options
    fields = {**image_fields(options), **_well_known(options), **key_values(options.property)}
    project = await _owner(acting.cloud, options)
    if options.new_name is not None:
        fields["name"] = options.new_name
    if options.tag:
        fields["tags"] = [*dict.fromkeys([*acting.state.tags, *options.tag])]
    membership = options.membership
    if project and not membership:  # otherwise it says which member
        fields["owner"] = project
    if not (fields or membership or options.activity):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")
    if fields:
        await _patched(acting, acting.kind.patch(fields))
    if options.activity:
        await acting.send("POST", f"/actions/{options.activity}")
    if membership:
        member = project or (await acting.cloud.token()).project_id
        await acting.send("PUT", f"/members/{member}", {"status": membership})


async def _patched(acting: Acting, operations: object) -> None:
    content = {"Content-Type": acting.kind.json_patch}
    await acting.cloud.request("image", "PATCH", acting.path, body=operations, headers=content)


def _unset_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--property", action="append", default=[], metavar="KEY", help="repeatable")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="repeatable")


async def _unset(acting: Acting) -> None:
    from stackloom.cloud.kind import pointer

    there = [name for name in acting.options.property if name in acting.state.properties]
    if there:
        operations = [{"op": "remove", "path": f"/{pointer(name)}"} for name in there]
        await _patched(acting, operations)
    for tag in acting.options.tag:
        try:
            await acting.send("DELETE", f"/tags/{quote(tag, safe='')}")
        except NotFound:
            continue  # it is gone, as was asked for


def _one(verb: str, help: str, act: Any, arguments: Any) -> Command:
    return action_command(verb, KIND, help, act, arguments=arguments, several=False)


IMAGE_COMMANDS = (
    Command(
        name="create", help="Make an image of a file", arguments=_create_arguments, run=_create
    ),
    _one("set", "Change an image", _set, _set_arguments),
    _one("unset", "Take parts of an image away", _unset, _unset_arguments),
    _one("save", "Write what is on an image to a file", _save, _save_arguments),
    _one("stage", "Send what is on an image, to be imported", _stage, _stage_arguments),
    _one("import", "Have Glance take in what is on an image", _import, _import_arguments),
)
