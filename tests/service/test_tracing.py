# SPDX-License-Identifier: Apache-2.0
"""Spans as a collector gets them: requests, jobs, what goes to clouds; none where nobody asks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from tests.fakes.http_bridge import served
from tests.fakes.transport import FakeTransport
from tests.service.serving import MEMBER, URL, app_for, settings_for

from stackloom.errors import BadConfig, InDoubt
from stackloom.service.settings import TelemetrySettings
from stackloom.service.tracing import traced, traced_app, tracing
from stackloom.transport.client import Answer, Lost, Request
from stackloom.transport.exchange import WATCHES, Exchange

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_SENDER = "00f067aa0ba902b7"


def _traced(work: Callable[[], Awaitable[None]], share: float = 1.0) -> dict[str, Span]:
    """Do something while a collector listens; return the spans that it got, by name."""
    collector = FakeTransport()
    collector.on("POST", "/v1/traces", Answer(status=200, headers={}, body=b""))
    with served(collector) as url:
        settings = TelemetrySettings(endpoint=f"{url}/v1/traces", share=share)
        with tracing(settings, process="api"):
            asyncio.run(work())  # type: ignore[arg-type] # a coroutine, which is awaitable
    assert WATCHES == []
    found = [ExportTraceServiceRequest.FromString(each.body or b"") for each in collector.requests]
    return {
        span.name: span
        for each in found
        for resource in each.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }


def _attributes(span: Span) -> Mapping[str, str | int]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_belongs_to_the_trace_that_it_names(database_url: str, tmp_path: Path) -> None:
    """Its route is its name, and its ids are those of the log and of the answer."""
    app = app_for(settings_for(database_url, tmp_path))
    answers: list[httpx2.Response] = []

    async def work() -> None:
        transport = httpx2.ASGITransport(traced_app(app))
        async with (
            app.running(),
            httpx2.AsyncClient(transport=transport, base_url=URL) as client,
        ):
            named = {**MEMBER, "traceparent": f"00-{_TRACE}-{_SENDER}-01"}
            answers.append(await client.get("/v1/scenarios?limit=2", headers=named))
            answers.append(await client.get("/v1/nothing", headers=MEMBER))

    spans = _traced(work)
    assert [answer.status_code for answer in answers] == [200, 404]
    span = spans["GET /v1/scenarios"]
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (_TRACE, _SENDER)
    request_id = answers[0].headers["x-openstack-request-id"]
    assert _attributes(span) == {
        "http.request.method": "GET",
        "url.path": "/v1/scenarios",
        "http.route": "/v1/scenarios",
        "http.response.status_code": 200,
        "stackloom.request_id": request_id,
        "stackloom.global_request_id": request_id,
        "stackloom.project_id": "blue",
    }
    other = spans["GET other"]
    assert other.trace_id.hex() != _TRACE
    assert _attributes(other)["http.response.status_code"] == 404


def test_requests_to_a_cloud_are_below_the_job(tmp_path: Path) -> None:
    """With how long they took and the cloud's request id; a lost answer is an error."""
    cloud = FakeTransport()
    headers = {"x-openstack-request-id": "req-of-neutron"}
    cloud.on("GET", "/v2.0/networks", Answer(status=200, headers=headers, body=b"{}"))
    cloud.on("POST", "/v2.0/networks", Lost("cut off"))

    async def work() -> None:
        exchange = Exchange(cloud)
        url = "http://neutron.test/v2.0/networks"
        with traced("job run", {"job_id": "7", "project_id": "blue"}):
            query = Request(method="GET", url=f"{url}?name=mine", headers={"x-auth-token": "t"})
            await exchange.ask(query, service="network")
            with pytest.raises(InDoubt):
                await exchange.ask(Request(method="POST", url=url, headers={}), service="network")

    spans = _traced(work)
    job, asked, lost = spans["job run"], spans["GET network"], spans["POST network"]
    assert _attributes(job) == {"stackloom.job_id": "7", "stackloom.project_id": "blue"}
    assert {asked.parent_span_id, lost.parent_span_id} == {job.span_id}
    assert _attributes(asked) == {
        "http.request.method": "GET",
        "url.full": "http://neutron.test/v2.0/networks",
        "openstack.service": "network",
        "http.response.status_code": 200,
        "openstack.request_id": "req-of-neutron",
    }
    assert asked.start_time_unix_nano >= job.start_time_unix_nano
    assert lost.status.message == "no answer"
    assert asked.status.code == 0


def test_a_share_of_nothing(tmp_path: Path) -> None:
    """Traces that begin here are not kept then."""

    async def work() -> None:
        with traced("job run", {}):
            await asyncio.sleep(0)

    assert _traced(work, share=0.0) == {}


def test_nobody_asks() -> None:
    """An application stays itself, and nobody watches what is sent."""

    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise AssertionError("not called")

    with tracing(TelemetrySettings(), process="api"), traced("job run", {}):
        assert traced_app(app) is app
        assert WATCHES == []


def test_the_extra_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, instead of no traces without a word."""
    monkeypatch.delitem(sys.modules, "stackloom.service.opentelemetry_tracer", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    settings = TelemetrySettings(endpoint="http://127.0.0.1:1/v1/traces")
    with pytest.raises(BadConfig) as caught, tracing(settings, process="api"):
        raise AssertionError("not reached")
    assert caught.value.hint == "pip install 'stackloom[telemetry]', or leave endpoint empty"
