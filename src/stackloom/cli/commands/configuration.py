# SPDX-License-Identifier: Apache-2.0
"""``configuration show``: what the ``openstack`` client calls ``config show``."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.commands import config

GROUP = Group(
    help="The settings that count, as config show has them",
    commands=(config.GROUP.by_name["show"],),
)
