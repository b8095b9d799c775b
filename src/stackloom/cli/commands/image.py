# SPDX-License-Identifier: Apache-2.0
"""``image``: what servers boot from."""

from __future__ import annotations

from stackloom.cli.command import Group
from stackloom.cli.fields import Field, switch, text
from stackloom.cli.image_commands import IMAGE_COMMANDS, KIND
from stackloom.cli.image_members import MEMBER_COMMANDS
from stackloom.cli.kind_commands import delete_command, list_command, show_command


def _seen(word: str) -> Field:
    return switch(f"--{word}", "visibility", f"only {word} ones", value=word)


_FILTERS = (
    *(_seen(word) for word in ("public", "private", "community", "shared")),
    switch("--all", "visibility", "community ones as well", value="all"),
    text("--name", "name", "with exactly this name"),
    text("--status", "status", "active, queued, …"),
    text(
        "--member-status",
        "member_status",
        "shared with this project, and: accepted, pending, rejected or all",
        choices=("accepted", "pending", "rejected", "all"),
    ),
    text("--project", "owner", "of this project, by id", metavar="PROJECT"),
    text("--tag", "tag", "with this tag", metavar="TAG"),
    switch("--hidden", "os_hidden", "only hidden ones"),
)

GROUP = Group(
    help="Images: what servers boot from",
    commands=(
        list_command(KIND, _FILTERS),
        show_command(KIND),
        *IMAGE_COMMANDS,
        delete_command(KIND),
        *MEMBER_COMMANDS,
    ),
)
