# SPDX-License-Identifier: Apache-2.0
"""``hypervisor``: look at where servers run (administrators)."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import text
from stackloom.cli.kind_commands import list_command, show_command

_KIND = "compute.hypervisor"
_FILTERS = (
    text("--matching", "hypervisor_hostname_pattern", "with this in its name", metavar="TEXT"),
)

GROUP = Group(
    help="Hypervisors (administrators)",
    commands=(list_command(_KIND, _FILTERS), show_command(_KIND)),
)
