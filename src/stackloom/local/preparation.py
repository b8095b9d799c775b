# SPDX-License-Identifier: Apache-2.0
"""Make the databases of a fresh cloud, once for each release and version of our own code.

Every cloud starts as a copy of them. Knows nothing about how each service makes its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from stackloom.errors import NotReady
from stackloom.local import blueprint, files, install, supervision
from stackloom.local.layout import CloudLayout, Layout
from stackloom.local.progress import Phase, Report
from stackloom.local.service import Service
from stackloom.local.settings import EMPTY

_SOURCES = ("runtime/**/*.py", "services/*.py", "network_backend.py", "service.py")
_WITHIN_SECONDS = 180.0


def key(environment: Path, services: Iterable[str] = ()) -> str:
    """Name the prepared data: the environment and 12 digits of what it is made by."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(" ".join(services).encode())
    for pattern in _SOURCES:
        for path in sorted(folder.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{environment.name}-{digest.hexdigest()[:12]}"


async def ensure(
    layout: Layout,
    environment: Path,
    services: Mapping[str, Service],
    report: Report,
    *,
    variables: Mapping[str, str],
) -> Path:
    """Return the prepared data of these services, making it where it is missing.

    The caller holds the lock on installations.

    Raises:
        ProgramDied: a service could not make its databases.
    """
    prepared = layout.prepared(await asyncio.to_thread(key, environment, services))
    if prepared.is_dir():
        return prepared
    text = "Preparing the databases of a fresh cloud"
    report(Phase(name="prepare", text=text, state="started"))
    started = time.monotonic()
    building = prepared.with_name(f"{install.BUILDING}{os.getpid()}-{prepared.name}")
    for leftover in prepared.parent.glob(f"{install.BUILDING}*"):
        await asyncio.to_thread(shutil.rmtree, leftover, ignore_errors=True)
    cloud = CloudLayout(name="prepare", directory=building)
    users = blueprint.user_names(blueprint.all_services())
    blueprint.write(
        cloud,
        services,
        environment=environment,
        prepared=prepared,
        # Never used to log in: each cloud gets its own.
        passwords=EMPTY.with_users(users).passwords,
        ports={service.name: 1 + service.port_offset for service in services.values()},
        sockets={},
        is_preparing=True,
    )
    try:
        async with (
            asyncio.timeout(_WITHIN_SECONDS),
            supervision.start(
                environment, "prepare", cloud.instructions, variables=variables
            ) as conversation,
        ):
            async for _ in conversation.events():
                pass
    except TimeoutError as error:
        raise NotReady(
            f"the databases were not ready within {_WITHIN_SECONDS:.0f} s",
            hint=f"{cloud.logs} holds what each service said",
        ) from error
    files.make_directory(prepared.parent)
    cloud.data.rename(prepared)
    await asyncio.to_thread(shutil.rmtree, building, ignore_errors=True)
    report(Phase(name="prepare", text=text, state="done", seconds=time.monotonic() - started))
    return prepared
