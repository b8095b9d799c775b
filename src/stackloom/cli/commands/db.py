# SPDX-License-Identifier: Apache-2.0
"""``db``: the service's database, brought up to date, sealed with another key."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.service_settings import add_service_options, service_settings


def _arguments(parser: ArgumentParser) -> None:
    add_service_options(parser, "--database")


def _database_url(invocation: Invocation) -> str:
    from stackloom.errors import UsageError

    url = service_settings(invocation).usable().database.url
    if not url:
        raise UsageError(
            "no database is named",
            hint="--database postgresql://…, or [database] url; one that stackloom serve starts "
            "is brought up to date at its start",
        )
    return url


def _upgrade(invocation: Invocation) -> int:
    import asyncio

    from stackloom.service.database.upgrade import upgrade

    applied = asyncio.run(upgrade(_database_url(invocation)))
    for name in applied:
        invocation.data(name)
    invocation.talk(f"{len(applied)} applied" if applied else "it was up to date")
    return 0


GROUP = Group(
    help="The database of a service",
    commands=(
        Command(
            name="upgrade",
            help="Bring the database to what this version works with; again does no harm",
            arguments=_arguments,
            run=_upgrade,
        ),
    ),
)
