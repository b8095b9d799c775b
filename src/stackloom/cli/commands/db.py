# SPDX-License-Identifier: Apache-2.0
"""``db``: the service's database, brought up to date, sealed with another key."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.service_settings import add_service_options, check_extra, service_settings


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
    check_extra()
    import asyncio

    from stackloom.service.database.upgrade import upgrade

    applied = asyncio.run(upgrade(_database_url(invocation)))
    for name in applied:
        invocation.data(name)
    invocation.talk(f"{len(applied)} applied" if applied else "it was up to date")
    return 0


def _reseal(invocation: Invocation) -> int:
    check_extra()
    import asyncio
    from pathlib import Path

    from stackloom.errors import StackloomError, UsageError
    from stackloom.service.database.pool import opened
    from stackloom.service.database.resealing import Resealed, reseal
    from stackloom.service.grant.key_file import read_keys
    from stackloom.service.grant.seal import Seal

    url = _database_url(invocation)
    keys_file = service_settings(invocation).usable().secrets.keys_file
    if not keys_file:
        raise UsageError(
            "no keys are named", hint="[secrets] keys_file, or STACKLOOM_SECRETS_KEYS_FILE"
        )
    keys = read_keys(Path(keys_file))

    async def run() -> Resealed:
        async with opened(url, 1) as pool:
            return await reseal(pool, Seal(keys))

    done = asyncio.run(run())
    invocation.talk(
        f'{done.anew} sealed with the key "{keys[0].id}", {done.before} had been before'
    )
    if done.broken:
        raise StackloomError(
            f"{len(done.broken)} could not be opened:\n" + "\n".join(done.broken),
            hint="they are as they were; put the key that is named back into the file",
        )
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
        Command(
            name="reseal",
            help="Seal all secrets with the first key of the file, so that others can leave it",
            arguments=_arguments,
            run=_reseal,
        ),
    ),
)
