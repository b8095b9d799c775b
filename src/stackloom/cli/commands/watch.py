# SPDX-License-Identifier: Apache-2.0
"""``watch``: see what a run of a service does."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_server


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id, as the page and the API tell it")
    add_server(parser)
    parser.add_argument(
        "--json", action="store_true", help="tell what happens as JSON, an event a line"
    )


def _watch(invocation: Invocation) -> int:
    from uuid import UUID

    from stackloom.cli.remote import with_client
    from stackloom.cli.remote_run import watch_remotely
    from stackloom.errors import UsageError

    options = invocation.options
    if not options.server:
        raise UsageError(
            "only a service has runs to be watched", hint="say where it is: --server URL"
        )
    try:
        id = UUID(options.run)
    except ValueError as error:
        raise UsageError(
            f'"{options.run}" is not the id of a run',
            hint="it looks like 3f2b8c1e-5d4a-4c6b-9e8f-0a1b2c3d4e5f",
        ) from error
    return with_client(invocation, lambda client: watch_remotely(invocation, client, id))


GROUP = Group(
    help="Watch a run of a service",
    commands=(
        Command(help="Show what a run does until it has ended", arguments=_arguments, run=_watch),
    ),
)
