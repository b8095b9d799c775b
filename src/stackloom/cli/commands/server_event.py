# SPDX-License-Identifier: Apache-2.0
"""``server event``: what was done to a server."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import named, text
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "compute.server_event"
_SERVER = named("server", "server", "compute.server", "name or id")
_FILTERS = (
    text("--changes-since", "changes-since", "since this time (ISO 8601)", metavar="TIME"),
    text("--changes-before", "changes-before", "before it", metavar="TIME"),
)

GROUP = Group(
    help="What was done to a server",
    commands=(
        list_command(_KIND, _FILTERS, parent=_SERVER),
        show_command(_KIND, parent=_SERVER),
    ),
)
