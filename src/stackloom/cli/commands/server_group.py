# SPDX-License-Identifier: Apache-2.0
"""``server group``: servers that should be together, or apart."""

from __future__ import annotations

from collections.abc import Sequence

from stackloom.cli.command import Group
from stackloom.cli.fields import key_values, several, switch, text
from stackloom.cli.kind_commands import create_command, delete_command, list_command, show_command
from stackloom.errors import UsageError

_KIND = "compute.server_group"


def _rules(words: Sequence[str]) -> dict[str, int]:
    """Read rules; the only one that Nova knows is a number.

    Source: nova/api/openstack/compute/schemas/server_groups.py, 34.0.0.
    """
    try:
        return {key: int(value) for key, value in key_values(words).items()}
    except ValueError:
        raise UsageError("--rule takes a number: max_server_per_host=2") from None


_CREATE = (
    text(
        "--policy",
        "policy",
        "together or apart, where possible or always; affinity is the default",
        choices=("affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"),
        default="affinity",
    ),
    several("--rule", "rules", "such as max_server_per_host=2", take=_rules, metavar="KEY=VALUE"),
)

GROUP = Group(
    help="Server groups: servers that should be together, or apart",
    commands=(
        list_command(_KIND, (switch("--all-projects", "all_projects", "(administrators)"),)),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        delete_command(_KIND),
    ),
)
