# SPDX-License-Identifier: Apache-2.0
"""Events at a real socket: watched while they happen, left and come back to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx2
import msgspec
import pytest
from tests.fakes.people import FakePeople
from tests.service.desks import Worker
from tests.service.live import listening
from tests.service.serving import MEMBER, READER, app_for, settings_for

from stackloom.service.app import Application
from stackloom.service.database.endings import RunEnd
from stackloom.service.settings import LimitsSettings
from stackloom.wire.event import Event

T = TypeVar("T")

_SOURCE = {"text": "scenario: one\nnetworks: {blue: {}}\n"}
_SSE = {**READER, "Accept": "text/event-stream"}
_LINES = {**READER, "Accept": "application/jsonl"}
_LIMITS = LimitsSettings(readings_at_once=1, streams_per_project=2)


def watched(
    database_url: str,
    folder: Path,
    watch: Callable[[httpx2.AsyncClient, Application, str], Awaitable[T]],
    *,
    people: FakePeople | None = None,
) -> T:
    """Return what *watch* finds out of a service with a run that waits for a worker."""

    async def run() -> T:
        app = app_for(settings_for(database_url, folder, _LIMITS), people)
        async with (
            asyncio.timeout(60),
            listening(app) as url,
            httpx2.AsyncClient(base_url=url, timeout=30) as client,
        ):
            kept = await client.post("/v1/scenarios", json={"source": _SOURCE}, headers=MEMBER)
            body = {"scenario_id": kept.json()["id"], "auto_approve": True}
            begun = await client.post("/v1/runs", json=body, headers=MEMBER)
            assert begun.status_code == 202, begun.text
            return await watch(client, app, begun.json()["id"])

    return asyncio.run(run())


async def carry_out(app: Application, run_id: str) -> None:
    """Do what a worker does, without a cloud."""
    assert app.context is not None
    worker = Worker(app.context.desk)
    job = await worker.take(UUID(run_id))
    await worker.apply(job)
    await worker.end(job, RunEnd(state="succeeded"))


async def blocks(answer: httpx2.Response) -> AsyncIterator[dict[str, str]]:
    """Yield the blocks of server-sent events, without comments."""
    block: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line and not line.startswith(":"):
            block[name] = value
        elif block:
            yield block
            block = {}


async def all_of(client: httpx2.AsyncClient, path: str, **headers: str) -> list[dict[str, str]]:
    """Return every block of a stream that ends."""
    async with client.stream("GET", path, headers={**_SSE, **headers}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        return [block async for block in blocks(answer)]


_TOLD = ["queued", "planning", "applying", "succeeded"]


def test_a_run_is_watched_to_its_end(database_url: str, tmp_path: Path) -> None:
    """What was, what happens meanwhile, and ``event: end``; the same as lines and as a page."""

    async def watch(client: httpx2.AsyncClient, app: Application, run_id: str) -> None:
        path = f"/v1/runs/{run_id}/events"
        seen = []
        async with client.stream("GET", path, headers=_SSE) as answer:
            async for block in blocks(answer):
                seen.append(block)
                if block.get("id") == "1":
                    await carry_out(app, run_id)
        assert [each.get("event") for each in seen] == [None, *["job_state"] * 4, "end"]
        assert seen[0] == {"retry": "2000"}
        events = [msgspec.json.decode(each["data"], type=Event) for each in seen[1:-1]]
        assert [each.message for each in events] == _TOLD
        assert [each["id"] for each in seen[1:-1]] == ["1", "2", "3", "4"]
        page = await client.get(path, headers=READER)
        assert msgspec.convert(page.json()["events"], list[Event]) == events
        async with client.stream("GET", path, headers=_LINES) as answer:
            lines = [line async for line in answer.aiter_lines()]
        assert [msgspec.json.decode(line, type=Event) for line in lines] == events

    watched(database_url, tmp_path, watch)


def test_whoever_comes_back_misses_nothing(database_url: str, tmp_path: Path) -> None:
    """After the last one that was seen, by header or by parameter; nothing twice."""

    async def watch(client: httpx2.AsyncClient, app: Application, run_id: str) -> None:
        await carry_out(app, run_id)
        path = f"/v1/runs/{run_id}/events"
        rest = await all_of(client, path, **{"Last-Event-ID": "2"})
        assert [each.get("id") for each in rest] == [None, "3", "4", None]
        assert await all_of(client, f"{path}?after=2") == rest
        # A browser says so by itself, whatever stands in the address.
        assert await all_of(client, f"{path}?after=0", **{"Last-Event-ID": "2"}) == rest
        over = await all_of(client, path, **{"Last-Event-ID": "4"})
        assert over == [{"retry": "2000"}, {"event": "end", "data": "{}"}]
        wrong = await client.get(path, headers={**_SSE, "Last-Event-ID": "-1"})
        assert wrong.json()["errors"][0]["code"] == "stackloom.header.invalid"

    watched(database_url, tmp_path, watch)


@pytest.mark.slow
def test_the_project_is_watched_by_position(database_url: str, tmp_path: Path) -> None:
    """Plans and runs of it in one stream, which ends with the token."""
    people = FakePeople()

    async def watch(client: httpx2.AsyncClient, app: Application, run_id: str) -> None:
        await carry_out(app, run_id)
        people.expires_at = datetime.now(UTC) + timedelta(seconds=3)
        seen = await all_of(client, "/v1/events")
        assert [each.get("id") for each in seen] == [None, "1", "2", "3", "4", None]
        assert seen[-1] == {"event": "unauthorized", "data": "{}"}

    watched(database_url, tmp_path, watch, people=people)


def test_places_for_watching_are_given_back(database_url: str, tmp_path: Path) -> None:
    """So many at once a project; whoever goes makes room, and no other format is there."""

    async def watch(client: httpx2.AsyncClient, app: Application, run_id: str) -> None:
        path = f"/v1/runs/{run_id}/events"
        async with (
            client.stream("GET", path, headers=_SSE) as first,
            client.stream("GET", "/v1/events", headers=_SSE) as second,
        ):
            # Kept, as a reading that is thrown away closes its connection.
            readings = [first.aiter_bytes(), second.aiter_bytes()]
            for reading in readings:
                await anext(reading)
            third = await client.get(path, headers=_SSE)
            assert (third.status_code, third.headers["retry-after"]) == (429, "5")
        assert app.context is not None
        while app.context.streams.open_now:
            # A page is asked for in between, so the service gets to see that they have gone.
            assert (await client.get(path, headers=READER)).status_code == 200
        await carry_out(app, run_id)
        assert len(await all_of(client, path)) == 6
        other = await client.get(path, headers={**READER, "Accept": "text/html"})
        assert other.status_code == 406

    watched(database_url, tmp_path, watch)


@pytest.mark.slow
def test_a_stream_does_not_hold_up_the_end(database_url: str, tmp_path: Path) -> None:
    """A service that goes down lets go of whoever watches."""

    async def watch(client: httpx2.AsyncClient, app: Application, run_id: str) -> None:
        path = f"/v1/runs/{run_id}/events"
        async with client.stream("GET", path, headers=_SSE) as answer:
            seen = []
            async for block in blocks(answer):
                seen.append(block)
                if block.get("id") == "1":
                    app.let_go()
        assert [each.get("id") for each in seen] == [None, "1"]

    watched(database_url, tmp_path, watch)
