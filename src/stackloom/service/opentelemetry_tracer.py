# SPDX-License-Identifier: Apache-2.0
"""Spans as OpenTelemetry has them, sent to a collector; needs ``stackloom[telemetry]``.

Names of attributes are those of its conventions for HTTP (1.36), where there are any.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from stackloom import __version__
from stackloom.service.rest.asgi import Scope
from stackloom.service.settings import TelemetrySettings
from stackloom.transport.client import Answer, Request
from stackloom.transport.refusal import request_id

# A collector that is away must not keep a process from ending.
_EXPORT_SECONDS = 5.0
_NANOSECONDS = 1_000_000_000


class OpenTelemetryTracer:
    """One process's; ``tracing.Tracer``."""

    def __init__(self, settings: TelemetrySettings, *, process: str) -> None:
        resource = Resource.create(
            {
                "service.name": settings.service_name,
                "service.version": __version__,
                "service.instance.role": process,
            }
        )
        self._provider = TracerProvider(
            resource=resource, sampler=ParentBased(TraceIdRatioBased(settings.share))
        )
        exporter = OTLPSpanExporter(endpoint=settings.endpoint, timeout=_EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("stackloom", __version__)
        self._propagator = TraceContextTextMapPropagator()

    def span(self, name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
        """Return a span for what is inside a ``with``; an exception becomes its status."""
        named = {f"stackloom.{key}": value for key, value in attributes.items()}
        return self._tracer.start_as_current_span(name, attributes=named)

    @contextmanager
    def request(self, scope: Scope) -> Iterator[_RequestSpan]:
        """Return the span of a request, below the one that it names in ``traceparent``."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in _few(scope)}
        with self._tracer.start_as_current_span(
            str(scope["method"]),
            context=self._propagator.extract(headers),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"], "url.path": scope["path"]},
        ) as span:
            yield _RequestSpan(span)

    def cloud_request(
        self, request: Request, service: str, answer: Answer | None, seconds: float
    ) -> None:
        """Make the span of a request to a cloud that is over."""
        end = time.time_ns()
        where = urlsplit(request.url)
        span = self._tracer.start_span(
            f"{request.method} {service or where.hostname or ''}",
            kind=SpanKind.CLIENT,
            start_time=end - int(seconds * _NANOSECONDS),
            attributes={
                "http.request.method": request.method,
                # Without its query, in which somebody may have put anything.
                "url.full": f"{where.scheme}://{where.netloc}{where.path}",
                "openstack.service": service,
            },
        )
        if answer is None:
            span.set_status(Status(StatusCode.ERROR, "no answer"))
        else:
            span.set_attribute("http.response.status_code", answer.status)
            span.set_attribute("openstack.request_id", request_id(answer.headers))
            if answer.status >= 400:
                span.set_status(Status(StatusCode.ERROR))
        span.end(end)

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()


class _RequestSpan:
    def __init__(self, span: Span) -> None:
        self._span = span

    def answered(self, scope: Scope, status: int) -> None:
        """Take down how it was answered, and what the application has found out about it."""
        route = scope.get("template", "other")
        self._span.update_name(f"{scope['method']} {route}")
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))
        asked = scope.get("asked")
        for name in ("request_id", "global_request_id", "project_id"):
            if value := getattr(asked, name, ""):
                self._span.set_attribute(f"stackloom.{name}", value)


def _few(scope: Scope) -> Iterator[tuple[bytes, bytes]]:
    """Return the headers that say to which trace a request belongs."""
    wanted = {b"traceparent", b"tracestate"}
    yield from ((name, value) for name, value in scope["headers"] if name in wanted)
