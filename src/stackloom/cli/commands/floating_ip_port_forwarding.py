# SPDX-License-Identifier: Apache-2.0
"""``floating ip port forwarding``: ports of floating IPs that lead to ports inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackloom.cli.command import Group
from stackloom.cli.fields import Field, named, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)
from stackloom.errors import UsageError

_KIND = "network.port_forwarding"
_PARENT = named("floating_ip", "", "network.floating_ip", "an address, or an id")


def _fields(*, required: bool) -> tuple[Field, ...]:
    return (
        text(
            "--internal-ip-address",
            "internal_ip_address",
            "where it leads, an address of the port",
            required=required,
        ),
        named("--port", "internal_port_id", "network.port", "where it leads", required=required),
        text(
            "--internal-protocol-port",
            "internal_port",
            "a port number inside, or a range such as 80:90",
            required=required,
            metavar="PORT",
        ),
        text(
            "--external-protocol-port",
            "external_port",
            "a port number of the floating IP, or a range",
            required=required,
            metavar="PORT",
        ),
        text("--protocol", "protocol", "tcp or udp", required=required),
        text("--description", "description", "for people"),
    )


_FILTERS = (
    named("--port", "internal_port_id", "network.port", "that lead to this port"),
    text("--external-protocol-port", "external_port", "from this port number", metavar="PORT"),
    text("--protocol", "protocol", "of this protocol"),
)


def _complete(body: dict[str, Any], _have: Mapping[str, Any]) -> None:
    """Say single ports as numbers and ranges as ranges, which are other fields.

    Raises:
        UsageError: neither a number nor a range.
    """
    for name in ("internal_port", "external_port"):
        word = body.pop(name, "")
        first, colon, last = word.partition(":")
        if word and not (first.isdigit() and (last.isdigit() if colon else True)):
            raise UsageError(f'"{word}" is neither a port number nor a range such as 80:90')
        if colon:
            body[f"{name}_range"] = word
        elif word:
            body[name] = int(word)


GROUP = Group(
    help="Ports of floating IPs that lead inside",
    commands=(
        list_command(_KIND, _FILTERS, parent=_PARENT),
        show_command(_KIND, parent=_PARENT),
        create_command(_KIND, _fields(required=True), name="", complete=_complete, parent=_PARENT),
        set_command(_KIND, _fields(required=False), complete=_complete, parent=_PARENT),
        delete_command(_KIND, parent=_PARENT),
    ),
)
