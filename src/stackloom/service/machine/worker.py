# SPDX-License-Identifier: Apache-2.0
"""The process of a worker: ``run_worker``, and what is around it."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress

from stackloom.service.database.pool import DatabaseAway
from stackloom.service.database.upgrade import check
from stackloom.service.machine.metrics_listener import answering_metrics
from stackloom.service.machine.notice import tell_ready, tell_systemd
from stackloom.service.machine.process import run_child
from stackloom.service.settings import ServiceSettings
from stackloom.service.tracing import tracing
from stackloom.service.worker.worker import run_worker

log = logging.getLogger(__name__)
_AGAIN_SECONDS = 1.0


async def serve_worker(settings: ServiceSettings, stop: asyncio.Event) -> None:
    """Work on jobs until it should end; what is under way comes to a safe point first."""
    address = settings.metrics.worker_listen
    with tracing(settings.telemetry, process="worker"):
        async with (
            answering_metrics(address, setting="metrics.worker_listen"),
            asyncio.TaskGroup() as group,
        ):
            noticing = group.create_task(_tell_stopping(stop))
            if await _has_database(settings.database.url, stop):
                tell_ready("works on jobs")
                await run_worker(settings, stop)
            noticing.cancel()


async def _has_database(url: str, stop: asyncio.Event) -> bool:
    """Wait until the database answers; False where the worker should end before.

    Raises:
        Refused: it is not of this version.
    """
    while not stop.is_set():
        try:
            await check(url)
        except DatabaseAway as error:
            log.warning("%s; the worker waits for it", error)
        else:
            return True
        # Nothing to do until then; whoever ends the worker does not wait.
        with suppress(TimeoutError):
            async with asyncio.timeout(_AGAIN_SECONDS):
                await stop.wait()
    return False


async def _tell_stopping(stop: asyncio.Event) -> None:
    await stop.wait()
    tell_systemd(os.environ, "STOPPING=1\nSTATUS=brings its jobs to a safe point")


if __name__ == "__main__":
    run_child(serve_worker)
