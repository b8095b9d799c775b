# SPDX-License-Identifier: Apache-2.0
"""``image``: what servers boot from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Group
from stackloom.cli.fields import Field, named, pairs, switch, text
from stackloom.cli.image_commands import IMAGE_COMMANDS, KIND
from stackloom.cli.image_members import MEMBER_COMMANDS
from stackloom.cli.kind_commands import delete_command, list_command, show_command

if TYPE_CHECKING:
    from stackloom.cli.listing import View
    from stackloom.cloud.cloud import Cloud


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
    named("--project", "owner", "identity.project", "of this project"),
    text("--tag", "tag", "with this tag", metavar="TAG"),
    switch("--hidden", "os_hidden", "only hidden ones"),
    text("--sort", "sort", "such as name:asc,created_at:desc", metavar="KEY:DIR,…"),
)
_PLACES = (pairs("--property", "properties", "only those with this property"),)


async def _look(_cloud: Cloud, given: Mapping[str, Any]) -> View:
    """Ask for properties: Glance filters by each under its own name.

    Source: glance/api/v2/images.py, ``RequestDeserializer._get_filters``, 33.0.0.
    """
    from stackloom.cli.listing import View

    return View(query=given.get("properties", {}))


GROUP = Group(
    help="Images: what servers boot from",
    commands=(
        list_command(KIND, _FILTERS, places=_PLACES, look=_look),
        show_command(KIND),
        *IMAGE_COMMANDS,
        delete_command(KIND),
        *MEMBER_COMMANDS,
    ),
)
