# SPDX-License-Identifier: Apache-2.0
"""The application as a server of somebody's own calls it: by the lifespan of ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
from tests.fakes.people import FakePeople
from tests.service.rest.ring import Ring
from tests.service.serving import MEMBER, URL, app_for, settings_for

from stackloom.service.app import Application, create_app
from stackloom.service.rest.asgi import Message
from stackloom.service.rest.routes import all_routes
from stackloom.service.settings import ServiceSettings


async def lived(app: Application, meanwhile: Callable[[], Awaitable[None]]) -> list[Message]:
    """Start *app*, do something, end it; return what it says about that."""
    said: list[Message] = []
    started, ending = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        if not started.is_set():
            started.set()
            return {"type": "lifespan.startup"}
        await ending.wait()
        return {"type": "lifespan.shutdown"}

    async def send(message: Message) -> None:
        said.append(message)
        if message["type"] == "lifespan.startup.complete":
            await meanwhile()
            ending.set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    async with asyncio.timeout(30):
        await app(scope, receive, send)
    return said


def test_it_opens_and_closes_with_the_server(database_url: str, tmp_path: Path) -> None:
    """Between start and end it answers; before and after it says that it does not."""
    app = app_for(settings_for(database_url, tmp_path))
    statuses: list[int] = []

    async def ask() -> None:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            statuses.append((await client.get("/v1")).status_code)

    async def run() -> list[Message]:
        await ask()
        said = await lived(app, ask)
        await ask()
        return said

    assert asyncio.run(run()) == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
    ]
    assert statuses == [503, 200, 503]


def test_from_where_somebody_asks(database_url: str, tmp_path: Path) -> None:
    """By that bad tokens are counted; of a page that asks for more, too."""
    people = FakePeople()
    app = app_for(settings_for(database_url, tmp_path), people)

    async def run() -> None:
        transport = httpx2.ASGITransport(app, client=("192.0.2.7", 1))
        async with (
            app.running(),
            httpx2.AsyncClient(transport=transport, base_url=URL, headers=MEMBER) as client,
        ):
            assert (await client.get("/v1/token")).status_code == 200
            log_in = {"bearer": "blue-member"}
            sent = await client.post("/login", data=log_in, headers={"Origin": URL})
            assert sent.status_code == 303
            people.addresses.clear()
            assert (await client.get("/", headers={"Accept": "text/html"})).status_code == 200

    asyncio.run(run())
    assert set(people.addresses) == {"192.0.2.7"}


def test_head_of_a_page(database_url: str, tmp_path: Path) -> None:
    """As GET, without the body: what is there, what is not, and what one has to log in for."""
    app = app_for(settings_for(database_url, tmp_path))
    browser = {"Accept": "text/html"}
    differing = {"x-openstack-request-id"}

    async def run() -> list[int]:
        statuses: list[int] = []
        transport = httpx2.ASGITransport(app)
        async with (
            app.running(),
            httpx2.AsyncClient(transport=transport, base_url=URL, headers=browser) as client,
        ):
            for path in ("/login", "/static/page.css", "/static/none", "/", "/plans/none"):
                head, whole = await client.head(path), await client.get(path)
                said, meant = ({**each.headers} for each in (head, whole))
                assert head.status_code == whole.status_code
                assert said.keys() == meant.keys()
                assert {n for n in said if said[n] != meant[n]} <= differing
                assert (head.content, len(whole.content) > 0) == (b"", whole.status_code != 303)
                statuses.append(head.status_code)
        return statuses

    assert asyncio.run(run()) == [200, 200, 404, 303, 404]


def test_settings_that_cannot_be_used() -> None:
    """The server is told why in words, and not started."""

    async def nothing() -> None:
        """Nobody gets here."""

    (said,) = asyncio.run(lived(create_app(ServiceSettings()), nothing))
    assert said["type"] == "lifespan.startup.failed"
    told = said["message"].splitlines()
    assert told[0] == "nothing could be sealed: [secrets] keys_file is not set"
    assert told[1].startswith("hint: ")


def test_it_speaks_no_websocket() -> None:
    """One that is opened is closed."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def run() -> None:
        ring = Ring(*all_routes())
        async with ring.app.running():
            await ring.app({"type": "websocket", "path": "/v1/events"}, receive, send)

    asyncio.run(run())
    assert sent == [{"type": "websocket.close", "code": 1000}]
