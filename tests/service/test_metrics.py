# SPDX-License-Identifier: Apache-2.0
"""What is counted, and how Prometheus reads it."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from tests.fakes.transport import FakeTransport

from stackloom.errors import NotServed
from stackloom.service.machine.metrics_listener import answering_metrics
from stackloom.service.metrics import METRICS, Metrics
from stackloom.transport.client import Answer, Request
from stackloom.transport.exchange import WATCHES, Exchange


def _lines(metrics: Metrics) -> list[str]:
    """What has been counted, without what the interpreter counts and without buckets."""
    lines = metrics.text().decode().splitlines()
    ours = [line for line in lines if line.startswith("stackloom_")]
    return [line for line in ours if "_bucket{" not in line and not line.endswith(" 0.0")]


def test_what_prometheus_reads() -> None:
    """Every metric of docs/adr/0016, section 10, with its labels."""
    metrics = Metrics()
    metrics.run_ended("apply", "succeeded", 3.0)
    metrics.run_ended("apply", "failed", 1.0)
    metrics.taken_over()
    metrics.jobs({"queued": 5}, 12.5)
    request = Request(method="GET", url="http://neutron.test/", headers={})
    metrics.cloud_request(request, "network", Answer(status=200, headers={}, body=b""), 0.25)
    metrics.cloud_request(request, "", None, 0.5)
    metrics.request("/v1/plans/{plan_id}", "GET", 200, 0.125)
    metrics.list_asked("shared")
    metrics.identity_asked("hit")
    metrics.webhook_sent("again")
    metrics.watch_streams(lambda: 3)
    metrics.watch_pool(lambda: {"pool_size": 4, "pool_available": 1, "requests_waiting": 2})
    assert _lines(metrics) == [
        'stackloom_runs_total{operation="apply",state="succeeded"} 1.0',
        'stackloom_runs_total{operation="apply",state="failed"} 1.0',
        'stackloom_run_seconds_count{operation="apply"} 2.0',
        'stackloom_run_seconds_sum{operation="apply"} 4.0',
        "stackloom_takeovers_total 1.0",
        'stackloom_jobs{state="queued"} 5.0',
        "stackloom_oldest_job_seconds 12.5",
        'stackloom_cloud_requests_total{service="network",status="200"} 1.0',
        'stackloom_cloud_requests_total{service="other",status="0"} 1.0',
        'stackloom_cloud_request_seconds_count{service="network"} 1.0',
        'stackloom_cloud_request_seconds_sum{service="network"} 0.25',
        'stackloom_cloud_request_seconds_count{service="other"} 1.0',
        'stackloom_cloud_request_seconds_sum{service="other"} 0.5',
        'stackloom_requests_total{method="GET",route="/v1/plans/{plan_id}",status="200"} 1.0',
        'stackloom_request_seconds_count{route="/v1/plans/{plan_id}"} 1.0',
        'stackloom_request_seconds_sum{route="/v1/plans/{plan_id}"} 0.125',
        'stackloom_list_cache_total{result="shared"} 1.0',
        'stackloom_identity_cache_total{result="hit"} 1.0',
        'stackloom_webhooks_total{result="again"} 1.0',
        "stackloom_streams 3.0",
        'stackloom_database_pool{state="idle"} 1.0',
        'stackloom_database_pool{state="used"} 3.0',
        'stackloom_database_pool{state="waiting"} 2.0',
    ]


def test_a_state_without_jobs_is_zero() -> None:
    """What was counted before does not stay."""
    metrics = Metrics()
    metrics.jobs({"queued": 5, "active": 1}, 1.0)
    metrics.jobs({"queued": 4}, 0.0)
    assert metrics.value("jobs", state="active") == 0
    assert metrics.value("jobs", state="queued") == 4


def test_callers_make_no_labels() -> None:
    """A method that somebody made up is one with all others of that sort."""
    metrics = Metrics()
    for word in ("BREW", "X" * 1000, "GET"):
        metrics.request("other", word, 405, 0.001)
    found = [line for line in _lines(metrics) if "requests_total" in line]
    assert found == [
        'stackloom_requests_total{method="other",route="other",status="405"} 2.0',
        'stackloom_requests_total{method="GET",route="other",status="405"} 1.0',
    ]


def test_calls_over_grpc_are_told_apart() -> None:
    """They have a method of their own, beside those of HTTP."""
    metrics = Metrics()
    metrics.request("/stackloom.v1.RunService/GetRun", "RPC", 200, 0.001)
    labels = {"route": "/stackloom.v1.RunService/GetRun", "method": "RPC", "status": "200"}
    assert metrics.value("requests_total", **labels) == 1


def test_an_address_of_its_own() -> None:
    """Only ``/metrics`` is there; requests to clouds are counted while it is."""
    cloud = FakeTransport()
    cloud.on("GET", "/", Answer(status=200, headers={}, body=b""))

    async def run() -> list[tuple[int, str]]:
        async with (
            answering_metrics("127.0.0.1:0", setting="metrics.listen") as url,
            httpx2.AsyncClient() as client,
        ):
            asked = Request(method="GET", url="http://cloud.test/", headers={})
            await Exchange(cloud).ask(asked, service="test-of-metrics")
            counted = await client.get(url)
            assert counted.headers["content-type"].startswith("text/plain; version=0.0.4")
            other = await client.get(url.replace("/metrics", "/"))
            posted = await client.post(url)
            head = await client.head(url)
            line = 'cloud_requests_total{service="test-of-metrics",status="200"} 1.0'
            assert f"stackloom_{line}\n" in counted.text
            return [(each.status_code, each.text[:5]) for each in (other, posted, head)]

    assert asyncio.run(run()) == [(404, "only "), (405, "GET a"), (200, "")]
    assert WATCHES == []


def test_no_address() -> None:
    """Requests to clouds are counted all the same, for whoever reads ``METRICS`` otherwise."""

    async def run() -> None:
        async with answering_metrics("", setting="metrics.listen") as url:
            assert url == ""
            assert [METRICS.cloud_request] == WATCHES

    asyncio.run(run())


def test_an_address_that_is_taken() -> None:
    """The setting that names it is told."""

    async def run() -> None:
        async with answering_metrics("127.0.0.1:0", setting="metrics.listen") as url:
            address = url.removeprefix("http://").removesuffix("/metrics")
            with pytest.raises(NotServed) as caught:
                async with answering_metrics(address, setting="metrics.worker_listen"):
                    raise AssertionError("not reached")
            assert str(caught.value) == (
                f"[metrics] worker_listen: {address} cannot be listened at: Address already in use"
            )

    asyncio.run(run())
    assert WATCHES == []
