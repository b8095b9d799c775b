# SPDX-License-Identifier: Apache-2.0
"""``volume attachment``: Cinder's own side of attaching; people say ``server add volume``."""

from __future__ import annotations

from typing import Any

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.command import Group
from stackloom.cli.fields import named, pair, switch, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "block_storage.volume_attachment"

_CONNECTOR = (
    text("--initiator", "connector.initiator", "IQN of what it leads to", metavar="IQN"),
    text("--ip", "connector.ip", "address of the host", metavar="ADDRESS"),
    text("--host", "connector.host", "name of the host"),
    text("--platform", "connector.platform", "such as x86_64"),
    text("--os-type", "connector.os_type", "such as linux2", metavar="TYPE"),
    pair("--multipath", "--no-multipath", "connector.multipath", "several ways there"),
    text("--mountpoint", "connector.mountpoint", "where it is seen", metavar="DEVICE"),
)
_CREATE = (
    named("volume", "volume_uuid", "block_storage.volume", "name or id"),
    named("--server", "instance_uuid", "compute.server", "for this server"),
    text("--mode", "mode", "how it is attached: rw or ro", choices=("rw", "ro")),
    *_CONNECTOR,
)
_FILTERS = (
    switch("--all-projects", "all_tenants", "of all projects (administrators)"),
    named(
        "--project",
        "project_id",
        "identity.project",
        "of this project (administrators)",
        brings={"all_tenants": True},
    ),
    text("--volume-id", "volume_id", "of this volume, by id", metavar="VOLUME"),
    text("--server-id", "instance_id", "of this server, by id", metavar="SERVER"),
    text("--status", "status", "with this status"),
)


async def _complete(acting: Acting) -> Any:
    return await acting.post("os-complete")


GROUP = Group(
    help="Attachments of volumes, as Cinder sees them",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, name=""),
        set_command(_KIND, _CONNECTOR),
        delete_command(_KIND),
        action_command("complete", _KIND, "Say that it is in use", _complete, several=False),
    ),
)
