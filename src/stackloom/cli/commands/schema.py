# SPDX-License-Identifier: Apache-2.0
"""``schema``: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

from stackloom.cli.command import Command, Group, Invocation


def _schema(invocation: Invocation) -> int:
    import json

    from stackloom import operations

    invocation.data(json.dumps(operations.schema(), indent=2))
    return 0


GROUP = Group(
    help="Print the JSON Schema of scenario files",
    commands=(Command(help="Print the schema, for editors", run=_schema),),
)
