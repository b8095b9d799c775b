# SPDX-License-Identifier: Apache-2.0
"""Spans of requests, jobs and requests to clouds; nothing at all unless the settings ask for it.

Knows nothing of OpenTelemetry, which is an extra: ``opentelemetry_tracer`` does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from stackloom.errors import BadConfig
from stackloom.service.rest.asgi import AsgiApp, Message, Receive, Scope, Send
from stackloom.service.settings import TelemetrySettings
from stackloom.transport.client import Answer, Request
from stackloom.transport.exchange import WATCHES

log = logging.getLogger(__name__)


class RequestSpan(Protocol):
    """Of a request that is being answered."""

    def answered(self, scope: Scope, status: int) -> None:
        """Take down how; *scope* has by now what was found out about the request."""


class Tracer(Protocol):
    """Makes spans."""

    def span(self, name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
        """Return a span for what is inside a ``with``."""
        ...

    def request(self, scope: Scope) -> AbstractContextManager[RequestSpan]:
        """Return the span of a request, below the one that it names in ``traceparent``."""
        ...

    def cloud_request(
        self, request: Request, service: str, answer: Answer | None, seconds: float
    ) -> None:
        """Make the span of a request to a cloud that is over (``transport.exchange.WATCHES``)."""
        ...

    def close(self) -> None:
        """Send what was not sent yet."""
        ...


_TRACERS: list[Tracer] = []


@contextmanager
def tracing(settings: TelemetrySettings, *, process: str) -> Iterator[None]:
    """Trace what this process does, where the settings name a collector.

    Args:
        process: what the process is: ``api`` or ``worker``.

    Raises:
        BadConfig: a collector is named, and the extra is not installed.
    """
    if not settings.endpoint:
        yield
        return
    tracer = _tracer(settings, process)
    _TRACERS.append(tracer)
    WATCHES.append(tracer.cloud_request)
    log.info("traces go to %s", settings.endpoint)
    try:
        yield
    finally:
        WATCHES.remove(tracer.cloud_request)
        _TRACERS.remove(tracer)
        tracer.close()


def traced(name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
    """Return a span for what is inside a ``with``; one that does nothing where nobody traces."""
    return _TRACERS[0].span(name, attributes) if _TRACERS else nullcontext()


def traced_app(app: AsgiApp) -> AsgiApp:
    """Return an application whose requests are traced; itself where nobody traces."""
    if not _TRACERS:
        return app
    tracer = _TRACERS[0]

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with tracer.request(scope) as span:
            try:
                await app(scope, receive, noted)
            finally:
                span.answered(scope, status)

    return call


def _tracer(settings: TelemetrySettings, process: str) -> Tracer:
    try:
        # Here: an extra, which need not be installed.
        from stackloom.service.opentelemetry_tracer import (  # noqa: PLC0415
            OpenTelemetryTracer,
        )
    except ImportError as error:
        raise BadConfig(
            f"[telemetry] endpoint is set, and OpenTelemetry is not installed: {error}",
            hint="pip install 'stackloom[telemetry]', or leave endpoint empty",
        ) from error
    return OpenTelemetryTracer(settings, process=process)
