# SPDX-License-Identifier: Apache-2.0
"""The process that brings a database up to date, or checks that it is, before others start.

A process of its own: what it imports takes 40 MB, and whoever starts it stays. It writes one line
of JSON, ``Said``.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping

import msgspec

from stackloom.errors import NotServed, StackloomError
from stackloom.service.machine.child import dying_with_parent

_SECONDS = 600
_URL_VARIABLE = "STACKLOOM_DATABASE_URL"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """How it went.

    Attributes:
        applied: names of what was missing.
        error: why it was not done, empty where it was; *hint* goes with it.
    """

    applied: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""


async def prepare_database(environment: Mapping[str, str], *, may_upgrade: bool) -> None:
    """Bring the database of ``STACKLOOM_DATABASE_URL`` up to date, or check that it is.

    Raises:
        NotServed: it is not, or cannot be reached.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __spec__.name, "upgrade" if may_upgrade else "check"),
        stdin=DEVNULL,
        stdout=PIPE,
        env=dict(environment),
        preexec_fn=dying_with_parent(),
    )
    try:
        async with asyncio.timeout(_SECONDS):
            line, _ = await process.communicate()
    except TimeoutError:
        raise NotServed(f"the database was not brought up to date within {_SECONDS} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise NotServed(f"the process that looks at the database ended with {process.returncode}")
    said = msgspec.json.decode(line, type=Said)
    if said.error:
        raise NotServed(said.error, hint=said.hint)


def main() -> None:
    """Do what the command line says."""
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_done(sys.argv[1] == "upgrade"))))


async def _done(may_upgrade: bool) -> Said:
    # Here: whoever starts this process imports this module too.
    from stackloom.service.database.upgrade import check, upgrade  # noqa: PLC0415

    url = os.environ[_URL_VARIABLE]
    try:
        if may_upgrade:
            return Said(applied=tuple(await upgrade(url)))
        await check(url)
    except StackloomError as error:
        return Said(error=str(error), hint=error.hint)
    return Said()


if __name__ == "__main__":
    main()
