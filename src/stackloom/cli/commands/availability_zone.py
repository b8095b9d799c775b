# SPDX-License-Identifier: Apache-2.0
"""``availability zone``: look at the parts of the cloud that servers can be put into."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.kind_commands import list_command

GROUP = Group(
    help="Availability zones of Nova", commands=(list_command("compute.availability_zone"),)
)
