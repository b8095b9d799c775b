# SPDX-License-Identifier: Apache-2.0
"""``compute service``: look at Nova's own services (administrators)."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import text
from stackloom.cli.kind_commands import list_command

_FILTERS = (
    text("--host", "host", "on this host"),
    text("--service", "binary", "of this program, such as nova-compute", metavar="PROGRAM"),
)

GROUP = Group(
    help="Nova's own services (administrators)",
    commands=(list_command("compute.compute_service", _FILTERS),),
)
