# SPDX-License-Identifier: Apache-2.0
"""``credential``: secrets that Keystone keeps for users."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import named, text
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

_KIND = "identity.credential"
_PROJECT = named("--project", "project_id", "identity.project", "for this project only")
_CREATE = (
    named("user", "user_id", "identity.user", "whose it is, name or id", metavar="user"),
    text("data", "blob", "the secret itself"),
    text("--type", "type", "cert, ec2, totp, …", default="cert"),
    _PROJECT,
)
_SET = (
    named("--user", "user_id", "identity.user", "whose it is"),
    text("--type", "type", "cert, ec2, totp, …"),
    text("--data", "blob", "the secret itself"),
    _PROJECT,
)
_FILTERS = (
    named("--user", "user_id", "identity.user", "of this user"),
    text("--type", "type", "of this type"),
)

GROUP = Group(
    help="Secrets that Keystone keeps for users",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE, name=""),
        set_command(_KIND, _SET),
        delete_command(_KIND),
    ),
)
