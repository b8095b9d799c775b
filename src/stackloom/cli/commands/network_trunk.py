# SPDX-License-Identifier: Apache-2.0
"""``network trunk``: ports of servers that carry the traffic of further ones, tagged."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import Field, named, objects, pair, several_named, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
    unset_command,
)

_KIND = "network.trunk"


def _subport(help: str, *, sent_to: str = "") -> Field:
    return objects(
        "--subport",
        "sub_ports",
        help,
        {
            "port": "port_id",
            "segmentation-type": "segmentation_type",
            "segmentation-id": "segmentation_id",
        },
        required=["port"],
        numbers=["segmentation-id"],
        refers={"port": "network.port"},
        sent_to=sent_to,
    )


_BOTH = (
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "admin_state_up", "let it carry traffic"),
)
_CREATE = (
    named("--parent-port", "port_id", "network.port", "the server's port", required=True),
    _subport("a port that it carries"),
    *_BOTH,
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
)
_SET = (
    text("--name", "name", "a new name"),
    *_BOTH,
    _subport("a port to carry as well", sent_to="add_subports"),
)
_UNSET = (
    several_named(
        "--subport",
        "sub_ports",
        "network.port",
        "a port to carry no longer",
        take=lambda ids: [{"port_id": id} for id in ids],
        sent_to="remove_subports",
    ),
)

GROUP = Group(
    help="Trunks",
    commands=(
        list_command(_KIND, (text("--name", "name", "with exactly this name"),)),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, _SET),
        unset_command(_KIND, _UNSET),
        delete_command(_KIND),
    ),
)
