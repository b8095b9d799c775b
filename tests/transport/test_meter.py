# SPDX-License-Identifier: Apache-2.0
"""What is remembered of the answers of a cloud."""

from __future__ import annotations

import asyncio
import math

import pytest
from tests.fakes.transport import FakeTransport, answer

from stackloom.transport.client import Lost, Request
from stackloom.transport.exchange import Exchange
from stackloom.transport.meter import SAMPLES_KEPT, Meter, Sample

_ID = "0e3c8a52-6f1d-4c1b-9d7e-2f6a5b4c3d21"


@pytest.mark.parametrize(
    ("method", "url", "sort"),
    [
        ("GET", "http://c:9696/v2.0/networks?name=a", "GET /v2.0/networks"),
        ("GET", f"http://c/networking/v2.0/networks/{_ID}", "GET /v2.0/networks/"),
        (
            "PUT",
            f"http://c/v2.0/routers/{_ID}/add_router_interface",
            "PUT /v2.0/routers//add_router_interface",
        ),
        ("POST", f"http://c/volume/v3/{'a1' * 16}/volumes", "POST /v3//volumes"),
        ("POST", "/v3/{project_id}/volumes", "POST /v3//volumes"),
        ("GET", "http://c/elsewhere", "GET /elsewhere"),
    ],
)
def test_requests_of_one_sort_differ_only_in_whom_they_mean(
    method: str, url: str, sort: str
) -> None:
    """Ids, queries and what stands before the version say nothing about what a request costs."""
    assert Meter.sort(method, url) == sort


def test_what_was_never_asked_has_no_readings() -> None:
    """No answer, no best."""
    meter = Meter()
    assert meter.readings("network", "GET /").best_seconds == math.inf
    assert list(meter.readings("network", "GET /").latest) == []
    assert meter.best_by_sort("network") == {}
    assert meter.quickest_seconds == math.inf


def test_the_best_stays_and_the_latest_are_few() -> None:
    """The quickest answer of each sort is kept for good; of the others the last eight."""
    meter = Meter()
    meter.note("network", "GET /", 0.1, 1)
    for number in range(SAMPLES_KEPT):
        meter.note("network", "GET /", 0.5, number)
    meter.note("compute", "GET /", 0.05, 1)
    readings = meter.readings("network", "GET /")
    assert readings.best_seconds == 0.1
    assert list(readings.latest) == [Sample(0.5, number) for number in range(SAMPLES_KEPT)]
    assert meter.best_by_sort("network") == {"GET /": 0.1}
    assert meter.quickest_seconds == 0.05


def test_later_is_counted_and_its_time_is_not() -> None:
    """Saying "later" takes no work, so it would look like a quick service."""
    meter = Meter()
    meter.note("network", "GET /", 0.001, 1, later=True)
    assert meter.put_off["network"] == 1
    assert meter.quickest_seconds == math.inf


def test_an_exchange_tells_how_many_were_under_way() -> None:
    """When each went out, itself included."""
    transport = FakeTransport()
    transport.on("GET", "/v2.0/networks", answer(200))
    meter = Meter()
    exchange = Exchange(transport, meter=meter)
    request = Request(method="GET", url="http://c/v2.0/networks")

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(exchange.ask(request, service="network"))

    asyncio.run(run())
    samples = meter.readings("network", "GET /v2.0/networks").latest
    assert [sample.at_once for sample in samples] == [1, 2, 3]


def test_an_answer_that_was_put_off_or_lost_is_no_reading() -> None:
    """429 is counted, a lost answer is nothing; both are over all the same."""
    transport = FakeTransport()
    transport.on("GET", "/v2.0/networks", answer(429), Lost("reset"), answer(200))
    meter = Meter()
    exchange = Exchange(transport, meter=meter, sleep=lambda _seconds: asyncio.sleep(0))
    request = Request(method="GET", url="http://c/v2.0/networks")
    asyncio.run(exchange.ask(request, service="network"))
    assert meter.put_off["network"] == 1
    assert [s.at_once for s in meter.readings("network", "GET /v2.0/networks").latest] == [1]
    assert meter.begin("network") == 1


def test_more_connections_may_be_allowed_later() -> None:
    """Whoever knows that the cloud can take it."""
    transport = FakeTransport()
    transport.on("GET", "/v2.0/networks", answer(200))
    exchange = Exchange(transport, connections=1)
    request = Request(method="GET", url="http://c/v2.0/networks")

    async def run() -> int:
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(exchange.ask(request, service="network"))
        return transport.most_at_once

    assert asyncio.run(run()) == 1
    exchange.allow(3)
    assert asyncio.run(run()) == 3
