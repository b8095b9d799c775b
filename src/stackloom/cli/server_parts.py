# SPDX-License-Identifier: Apache-2.0
"""``server add`` and ``server remove``: places on networks, addresses, security groups, volumes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.kind_at_hand import find_ids
from stackloom.errors import UnknownName

_SERVER = "compute.server"
_NETWORK = "network.network"
_PORT = "network.port"
_VOLUME = "block_storage.volume"


def _one(name: str, metavar: str) -> Callable[[ArgumentParser], None]:
    """Return what declares the second positional argument."""

    def arguments(parser: ArgumentParser) -> None:
        parser.add_argument(name, metavar=metavar)

    return arguments


async def _id(acting: Acting, kind_module: str, name: str) -> str:
    named = (kind_module, name)
    return (await find_ids(acting.cloud, [named]))[named]


# --- networks and ports ---------------------------------------------------------------------------


def _interface_arguments(name: str, *, address: bool = False) -> Callable[[ArgumentParser], None]:
    def arguments(parser: ArgumentParser) -> None:
        parser.add_argument(name, help="name or id")
        parser.add_argument("--tag", help="by which it is known inside")
        if address:
            parser.add_argument("--fixed-ip-address", metavar="ADDRESS", help="this one")

    return arguments


async def _add_interface(acting: Acting, **attachment: Any) -> None:
    if acting.options.tag:
        attachment["tag"] = acting.options.tag
    await acting.send("POST", "/os-interface", {"interfaceAttachment": attachment})


async def _add_network(acting: Acting) -> None:
    await _add_interface(acting, net_id=await _id(acting, _NETWORK, acting.options.network))


async def _add_port(acting: Acting) -> None:
    await _add_interface(acting, port_id=await _id(acting, _PORT, acting.options.port))


async def _add_fixed_ip(acting: Acting) -> None:
    attachment: dict[str, Any] = {"net_id": await _id(acting, _NETWORK, acting.options.network)}
    if acting.options.fixed_ip_address:
        attachment["fixed_ips"] = [{"ip_address": acting.options.fixed_ip_address}]
    await _add_interface(acting, **attachment)


async def _remove_port(acting: Acting) -> None:
    port = await _id(acting, _PORT, acting.options.port)
    await acting.send("DELETE", f"/os-interface/{port}")


async def _remove_network(acting: Acting) -> None:
    network = await _id(acting, _NETWORK, acting.options.network)
    ports = [each["id"] for each in await _ports(acting) if each["network_id"] == network]
    if not ports:
        raise UnknownName(
            f'server "{acting.state.name}" has no place on network "{acting.options.network}"'
        )
    for port in ports:
        await acting.send("DELETE", f"/os-interface/{port}")


async def _remove_fixed_ip(acting: Acting) -> None:
    port = await _port_of(acting, acting.options.ip_address)
    await acting.send("DELETE", f"/os-interface/{port}")


async def _ports(acting: Acting) -> list[Any]:
    """Return the server's ports, as Neutron tells them."""
    query = {"device_id": acting.state.id}
    answer = await acting.cloud.request("network", "GET", "/v2.0/ports", query=query)
    ports: list[Any] = msgspec.json.decode(answer.body)["ports"]
    return ports


async def _port_of(acting: Acting, address: str) -> str:
    """Return the id of the server's port that has *address*; any of them for ""."""
    for port in await _ports(acting):
        if not address or address in [each["ip_address"] for each in port["fixed_ips"]]:
            return str(port["id"])
    told = f"the address {address}" if address else "a port"
    raise UnknownName(f'server "{acting.state.name}" does not have {told}')


# --- floating IPs ---------------------------------------------------------------------------------


def _floating_ip_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("ip_address", metavar="ADDRESS")
    parser.add_argument(
        "--fixed-ip-address", metavar="ADDRESS", default="", help="to this one of the server's"
    )


async def _floating_ip(acting: Acting) -> str:
    query = {"floating_ip_address": acting.options.ip_address}
    answer = await acting.cloud.request("network", "GET", "/v2.0/floatingips", query=query)
    found = msgspec.json.decode(answer.body)["floatingips"]
    if not found:
        raise UnknownName(
            f"there is no floating IP {acting.options.ip_address} in this project",
            hint="stackloom floating ip list shows what is",
        )
    return str(found[0]["id"])


async def _add_floating_ip(acting: Acting) -> None:
    fields: dict[str, Any] = {"port_id": await _port_of(acting, acting.options.fixed_ip_address)}
    if acting.options.fixed_ip_address:
        fields["fixed_ip_address"] = acting.options.fixed_ip_address
    path = f"/v2.0/floatingips/{await _floating_ip(acting)}"
    await acting.cloud.request("network", "PUT", path, body={"floatingip": fields})


async def _remove_floating_ip(acting: Acting) -> None:
    path = f"/v2.0/floatingips/{await _floating_ip(acting)}"
    await acting.cloud.request("network", "PUT", path, body={"floatingip": {"port_id": None}})


# --- security groups ------------------------------------------------------------------------------


def _group_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("group", nargs="+", metavar="GROUP", help="name or id")


async def _add_groups(acting: Acting) -> None:
    for name in acting.options.group:
        await acting.post("addSecurityGroup", {"name": name})


async def _remove_groups(acting: Acting) -> None:
    for name in acting.options.group:
        await acting.post("removeSecurityGroup", {"name": name})


# --- volumes --------------------------------------------------------------------------------------


def _volume_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("volume", help="name or id")
    parser.add_argument("--device", help="what it should be called inside, such as /dev/vdb")
    parser.add_argument("--tag", help="by which it is known inside")
    for flag, value, help in (
        ("--enable-delete-on-termination", True, "delete it with the server"),
        ("--disable-delete-on-termination", False, "the opposite"),
    ):
        parser.add_argument(
            flag, dest="delete_on_termination", action="store_const", const=value, help=help
        )


async def _add_volume(acting: Acting) -> None:
    """Attach a volume; from 2.101 on the answer has no body, and it is not looked at."""
    options = acting.options
    attachment = {
        "volumeId": await _id(acting, _VOLUME, options.volume),
        "device": options.device,
        "tag": options.tag,
        "delete_on_termination": options.delete_on_termination,
    }
    given = {name: value for name, value in attachment.items() if value is not None}
    await acting.send("POST", "/os-volume_attachments", {"volumeAttachment": given})


async def _remove_volume(acting: Acting) -> None:
    volume = await _id(acting, _VOLUME, acting.options.volume)
    await acting.send("DELETE", f"/os-volume_attachments/{quote(volume, safe='')}")


# Verb, what is done, its arguments, help. One server each: what is added comes after it.
_TABLE: tuple[tuple[str, Any, Callable[[ArgumentParser], None], str], ...] = (
    ("add network", _add_network, _interface_arguments("network"), "Give it a place on a network"),
    ("add port", _add_port, _interface_arguments("port"), "Give it a port"),
    (
        "add fixed ip",
        _add_fixed_ip,
        _interface_arguments("network", address=True),
        "Give it an address on a network, at a port of its own",
    ),
    ("add floating ip", _add_floating_ip, _floating_ip_arguments, "Lead a floating IP to it"),
    ("add security group", _add_groups, _group_arguments, "Put its ports into groups"),
    ("add volume", _add_volume, _volume_arguments, "Attach a volume"),
    (
        "remove network",
        _remove_network,
        _interface_arguments("network"),
        "Take its places on a network",
    ),
    ("remove port", _remove_port, _interface_arguments("port"), "Take a port from it"),
    (
        "remove fixed ip",
        _remove_fixed_ip,
        _one("ip_address", "ADDRESS"),
        "Take an address from it, and the port with it",
    ),
    (
        "remove floating ip",
        _remove_floating_ip,
        _one("ip_address", "ADDRESS"),
        "Lead a floating IP nowhere",
    ),
    ("remove security group", _remove_groups, _group_arguments, "Take its ports out of groups"),
    ("remove volume", _remove_volume, _one("volume", "VOLUME"), "Detach a volume"),
)

PARTS = tuple(
    action_command(verb, _SERVER, help, act, arguments=arguments, several=False)
    for verb, act, arguments, help in _TABLE
)
