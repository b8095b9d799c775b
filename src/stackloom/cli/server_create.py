# SPDX-License-Identifier: Apache-2.0
"""``server create``: everything that can be said of a new server."""

from __future__ import annotations

import base64
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Invocation
from stackloom.cli.fields import Lookup, key_values
from stackloom.cli.kind_at_hand import WAIT_SECONDS, checked, find_ids, load_kind, plain, watch
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one
from stackloom.cli.server_disks import add_disk_options, disk_fields, disk_lookups
from stackloom.cli.server_show import shown
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.resources.compute.server import ServerState

_FLAVOR = "compute.flavor"
_NETWORK = "network.network"
_PORT = "network.port"
_GROUP = "compute.server_group"

Nic = dict[str, str]
_NIC_KEYS = ("net-id", "port-id", "v4-fixed-ip", "v6-fixed-ip", "tag")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--flavor", required=True, metavar="FLAVOR", help="name or id")
    add_disk_options(parser)
    _add_nic_options(parser)
    _add_inside_options(parser)
    _add_place_options(parser)
    parser.add_argument("--description", help="for people")
    _repeatable(parser, "--property", "KEY=VALUE", "metadata")
    _repeatable(parser, "--tag", "TAG", "a word to find it by")
    parser.add_argument("--min", type=int, metavar="N", help="make at least N of them")
    parser.add_argument("--max", type=int, metavar="N", help="make at most N of them")
    parser.add_argument("--wait", action="store_true", help="until it is ACTIVE")
    add_output_options(parser, SHOW_FORMATS)


def _repeatable(parser: Any, flag: str, metavar: str, help: str, **settings: Any) -> None:
    settings.setdefault("default", [])
    parser.add_argument(
        flag, action="append", metavar=metavar, help=f"{help}; repeatable", **settings
    )


def _add_nic_options(parser: ArgumentParser) -> None:
    """Declare its places on networks; the order of all of them is the order of its cards."""
    group = parser.add_argument_group("networks")
    nics: dict[str, Any] = {"dest": "nics"}
    _repeatable(
        group, "--network", "NETWORK", "a place on it", type=lambda word: {"net-id": word}, **nics
    )
    _repeatable(group, "--port", "PORT", "this port", type=lambda word: {"port-id": word}, **nics)
    _repeatable(
        group,
        "--nic",
        "net-id=…,port-id=…,v4-fixed-ip=…,v6-fixed-ip=…,tag=…",
        "a place in full, or auto, or none",
        type=_nic,
        **nics,
    )
    for flag, word, help in (
        ("--no-network", "none", "no network at all"),
        ("--auto-network", "auto", "let Nova choose, or make, the network; this is the default"),
    ):
        group.add_argument(flag, dest="nics", action="append_const", const=word, help=help)
    _repeatable(group, "--security-group", "GROUP", "of its ports", default=None)
    group.add_argument(
        "--no-security-group",
        dest="security_group",
        action="store_const",
        const=[],
        help="none, not even the default one",
    )


def _add_inside_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what it finds inside")
    group.add_argument("--key-name", metavar="KEY", help="key pair to put into it")
    group.add_argument("--user-data", type=Path, metavar="FILE", help="for cloud-init")
    group.add_argument("--hostname", help="other than its name")
    group.add_argument("--password", help="of its administrator")
    group.add_argument(
        "--use-config-drive",
        dest="config_drive",
        action="store_const",
        const=True,
        help="give it its metadata on a disk",
    )
    group.add_argument(
        "--no-config-drive",
        dest="config_drive",
        action="store_const",
        const=False,
        help="the opposite",
    )
    _repeatable(group, "--trusted-image-cert", "ID", "certificate that the image must bear")


def _add_place_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("where it is to be")
    group.add_argument("--availability-zone", metavar="ZONE")
    group.add_argument("--server-group", metavar="GROUP", help="name or id of its server group")
    _repeatable(group, "--hint", "KEY=VALUE", "for the scheduler")
    group.add_argument("--host", help="on this host (administrators)")
    group.add_argument(
        "--hypervisor-hostname", metavar="HOST", help="on this hypervisor (administrators)"
    )


def _run(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    options = invocation.options
    said = _said(options)  # before anything is sent
    _chosen_networks(options.nics)

    async def work(cloud: Cloud) -> dict[str, object]:
        from stackloom.cloud.verbs import create, get

        kind = load_kind("compute.server")
        ids = await find_ids(cloud, _lookups(options))
        body = {**said, **_found(options, ids)}
        made: ServerState = await create(cloud, kind, checked(kind.new, body))
        if options.wait:
            invocation.talk(f"waiting for {options.name} to be ACTIVE")
            await watch(cloud, kind).until_ready(made.id, within_seconds=WAIT_SECONDS)
        fields = dict(plain(await get(cloud, kind, made.id)))
        if made.admin_password:  # told this once
            fields["adminPass"] = made.admin_password
        return fields

    write_one(invocation, shown(ask_cloud(invocation, work), options.format))
    return 0


def _said(options: Namespace) -> dict[str, Any]:
    """Return the fields that need no look-up; those not given left out."""
    given = {
        "name": options.name,
        "key_name": options.key_name,
        "user_data": _encoded(options.user_data) if options.user_data else None,
        "config_drive": options.config_drive,
        "availability_zone": options.availability_zone,
        "metadata": key_values(options.property) or None,
        "tags": options.tag or None,
        "description": options.description,
        "hostname": options.hostname,
        "adminPass": options.password,
        "min_count": options.min,
        "max_count": options.max if options.max or not options.min else options.min,
        "host": options.host,
        "hypervisor_hostname": options.hypervisor_hostname,
        "trusted_image_certificates": options.trusted_image_cert or None,
    }
    if options.security_group is not None:
        # Nova takes names and ids.
        given["security_groups"] = [{"name": name} for name in options.security_group]
    return {name: value for name, value in given.items() if value is not None}


def _encoded(file: Path) -> str:
    try:
        return base64.b64encode(file.read_bytes()).decode()
    except OSError as error:
        raise UsageError(f"--user-data: cannot read {file}: {error.strerror}") from error


def _lookups(options: Namespace) -> list[tuple[str, str]]:
    named = [*disk_lookups(options), (_FLAVOR, options.flavor)]
    for nic in options.nics:
        if isinstance(nic, dict):
            named += [(_NETWORK, nic["net-id"])] if "net-id" in nic else []
            named += [(_PORT, nic["port-id"])] if "port-id" in nic else []
    named += [(_GROUP, options.server_group)] if options.server_group else []
    return list(dict.fromkeys(named))


def _found(options: Namespace, ids: Lookup) -> dict[str, Any]:
    """Return the fields that name other things by their ids."""
    fields = {**disk_fields(options, ids), "flavorRef": ids[_FLAVOR, options.flavor]}
    hints = _hints(options.hint)
    if options.server_group:
        hints["group"] = ids[_GROUP, options.server_group]
    if hints:
        fields["os:scheduler_hints"] = hints
    chosen = _chosen_networks(options.nics)
    places = [_place(nic, ids) for nic in options.nics if isinstance(nic, dict)]
    return {**fields, "networks": chosen or places or "auto"}


def _chosen_networks(nics: list[Nic | str]) -> str:
    """Return ``auto`` or ``none`` where that was said, otherwise "".

    Raises:
        UsageError: it was said beside places.
    """
    words = [nic for nic in nics if isinstance(nic, str)]
    if words and len(set(map(str, nics))) > 1:
        raise UsageError(f"{words[0]} goes without any other network")
    return words[0] if words else ""


def _place(nic: Nic, ids: Lookup) -> dict[str, str]:
    """Return a place as Nova wants it: ``{"uuid": network, "fixed_ip": …}`` or ``{"port": …}``."""
    place: dict[str, str] = {}
    if "net-id" in nic:
        place["uuid"] = ids[_NETWORK, nic["net-id"]]
    if "port-id" in nic:
        place["port"] = ids[_PORT, nic["port-id"]]
    for key in ("v4-fixed-ip", "v6-fixed-ip"):
        if key in nic:
            place["fixed_ip"] = nic[key]
    return {**place, "tag": nic["tag"]} if "tag" in nic else place


def _nic(word: str) -> Nic | str:
    if word in {"auto", "none"}:
        return word
    nic = key_values(word.split(","))
    if wrong := [key for key in nic if key not in _NIC_KEYS]:
        raise UsageError(f"--nic has no {', '.join(wrong)}", hint=f"it has: {', '.join(_NIC_KEYS)}")
    if ("net-id" in nic) == ("port-id" in nic):
        raise UsageError(f'--nic "{word}" should have either net-id or port-id')
    if "v4-fixed-ip" in nic and "v6-fixed-ip" in nic:
        raise UsageError(
            f'--nic "{word}": Nova takes one address a place',
            hint="make a port with both, and give it with --port",
        )
    return nic


def _hints(words: list[str]) -> dict[str, Any]:
    """Read scheduler hints; a key that is given twice has a list."""
    values_by_key: dict[str, list[str]] = {}
    for word in words:
        for key, value in key_values([word]).items():
            values_by_key.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else values for key, values in values_by_key.items()}


CREATE = Command(name="create", help="Boot a server", arguments=_arguments, run=_run)
