# SPDX-License-Identifier: Apache-2.0
"""``application credential``: log-ins for programs; the secret is shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Group
from stackloom.cli.fields import named, several, switch, text
from stackloom.cli.identity import at
from stackloom.cli.kind_commands import create_command, delete_command, list_command, show_command
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.kind import Kind

_KIND = "identity.application_credential"


def _roles(given: Sequence[str]) -> list[dict[str, str]]:
    """Name roles as they were named: a member may not look their ids up."""
    digits = set("0123456789abcdef")
    return [{"name" if len(e) != 32 or set(e) - digits else "id": e} for e in given]


def _rules(given: str) -> object:
    """Read access rules: JSON, or the path of a file with it."""
    import json

    try:
        return json.loads(given if given.lstrip().startswith("[") else Path(given).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"--access-rules: neither JSON nor a file with it: {error}") from error


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    if "user" not in given:
        return kind
    return at(kind, f"/v3/users/{given['user']}/application_credentials")


_CREATE = (
    text("--secret", "secret", "Keystone thinks of one where none is given"),
    several(
        "--role",
        "roles",
        "a role it has, all of yours where none is given; repeatable",
        take=_roles,
        metavar="ROLE",
    ),
    text("--expiration", "expires_at", "when it ends, in UTC", metavar="YYYY-MM-DDTHH:MM:SS"),
    text("--description", "description", "for people"),
    switch("--unrestricted", "unrestricted", "it may make others of its sort, and trusts"),
    switch("--restricted", "unrestricted", "it may not", value=False),
    text(
        "--access-rules",
        "access_rules",
        "the only requests allowed: JSON, or a file of it",
        take=_rules,
    ),
)

GROUP = Group(
    help="Log-ins for programs",
    commands=(
        list_command(
            _KIND,
            (text("--name", "name", "with exactly this name"),),
            places=(named("--user", "user", "identity.user", "of this user"),),
            elsewhere=_elsewhere,
        ),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        delete_command(_KIND),
    ),
)
