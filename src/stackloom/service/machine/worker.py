# SPDX-License-Identifier: Apache-2.0
"""The process of a worker: ``run_worker``, and what is around it."""

from __future__ import annotations

import asyncio
import os

from stackloom.service.machine.metrics_listener import answering_metrics
from stackloom.service.machine.notice import tell_ready, tell_systemd
from stackloom.service.machine.process import run_child
from stackloom.service.settings import ServiceSettings
from stackloom.service.tracing import tracing
from stackloom.service.worker.worker import run_worker


async def serve_worker(settings: ServiceSettings, stop: asyncio.Event) -> None:
    """Work on jobs until it should end; what is under way comes to a safe point first."""
    address = settings.metrics.worker_listen
    with tracing(settings.telemetry, process="worker"):
        async with (
            answering_metrics(address, setting="[metrics] worker_listen"),
            asyncio.TaskGroup() as group,
        ):
            noticing = group.create_task(_tell_stopping(stop))
            tell_ready("works on jobs")
            await run_worker(settings, stop)
            noticing.cancel()


async def _tell_stopping(stop: asyncio.Event) -> None:
    await stop.wait()
    tell_systemd(os.environ, "STOPPING=1\nSTATUS=brings its jobs to a safe point")


if __name__ == "__main__":
    run_child(serve_worker)
