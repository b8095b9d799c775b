# SPDX-License-Identifier: Apache-2.0
"""The cloud's lists over HTTP: its own words, how old they are, and what the cloud refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx2
import msgspec
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.fakes.http_bridge import served
from tests.fakes.people import FakePeople
from tests.service.routes.test_scenarios import codes
from tests.service.serving import MEMBER, READER, app_for, asking, settings_for

from stackloom.auth.token import Token
from stackloom.log import Secret
from stackloom.service.settings import IdentitySettings
from stackloom.transport.client import Request

T = TypeVar("T")
Asking = Callable[[httpx2.AsyncClient, FakeCloud], Awaitable[T]]


def asked_of_cloud(database_url: str, folder: Path, ask: Asking[T]) -> T:
    """Return what *ask* finds out of a service at a cloud in memory."""
    cloud = FakeCloud()

    async def run(url: str) -> T:
        cloud.base = url
        log_in = Request(method="POST", url=f"{url}/v3/auth/tokens", headers={}, body=b"{}")
        catalog = Token(Secret("blue-reader"), (await cloud.send(log_in)).body)
        body = b'{"network": {"name": "found"}}'
        await cloud.send(Request(method="POST", url=f"{url}/v2.0/networks", headers={}, body=body))
        settings = msgspec.structs.replace(
            settings_for(database_url, folder), identity=IdentitySettings(auth_url=f"{url}/v3")
        )
        cloud.requests.clear()
        people = FakePeople(catalog=catalog)
        async with asking(app_for(settings, people)) as client:
            return await ask(client, cloud)

    with served(cloud) as url:
        return asyncio.run(run(url))


def test_networks_are_handed_on(database_url: str, tmp_path: Path) -> None:
    """With how old they are; the second caller's are those of the first."""

    async def ask(client: httpx2.AsyncClient, cloud: FakeCloud) -> None:
        first = await client.get("/v1/networks", headers=READER)
        assert first.status_code == 200
        [network] = first.json()["networks"]
        assert network == cloud.things("network")[0]
        assert first.headers["age"] == "0"
        assert first.headers["cache-control"] in {"private, max-age=1", "private, max-age=2"}
        again = await client.get(
            "/v1/networks", headers={**READER, "If-None-Match": first.headers["etag"]}
        )
        assert again.status_code == 304
        assert cloud.requests == ["GET /v2.0/networks"]

    asked_of_cloud(database_url, tmp_path, ask)


def test_who_wants_none_of_the_cache_says_so(database_url: str, tmp_path: Path) -> None:
    """As browsers do on a reload."""

    async def ask(client: httpx2.AsyncClient, cloud: FakeCloud) -> list[str]:
        await client.get("/v1/networks", headers=READER)
        await client.get("/v1/networks", headers={**READER, "Cache-Control": "no-cache"})
        return cloud.requests

    assert asked_of_cloud(database_url, tmp_path, ask) == ["GET /v2.0/networks"] * 2


def test_all_four_lists_are_there(database_url: str, tmp_path: Path) -> None:
    """Each under its own word, filtered by name."""

    async def ask(client: httpx2.AsyncClient, _cloud: FakeCloud) -> dict[str, list[str]]:
        named = {}
        for path in ("networks", "servers", "images", "flavors"):
            answer = await client.get(f"/v1/{path}", headers=READER)
            assert answer.status_code == 200, answer.text
            named[path] = [each["name"] for each in answer.json()[path]]
        return named

    assert asked_of_cloud(database_url, tmp_path, ask) == {
        "networks": ["found"],
        "servers": [],
        "images": ["cirros"],
        "flavors": ["m1.tiny"],
    }


def test_what_the_cloud_refuses_is_told(database_url: str, tmp_path: Path) -> None:
    """502, in its words; 504 where there is nobody to ask; what the caller may not is 403."""

    async def ask(client: httpx2.AsyncClient, cloud: FakeCloud) -> list[httpx2.Response]:
        cloud.faults.append(Fault(trouble=Trouble.FAULT_BEFORE, on="GET /v2.0/networks", times=99))
        cloud.faults.append(Fault(trouble=Trouble.LOST_BEFORE, on="GET /v2.1/", times=99))
        return [await client.get(f"/v1/{path}", headers=READER) for path in ("networks", "servers")]

    failed, lost = asked_of_cloud(database_url, tmp_path, ask)
    assert codes(failed) == (502, ["stackloom.cloud.failed"])
    assert "HTTP 500" in failed.json()["errors"][0]["detail"]
    assert codes(lost) == (504, ["stackloom.cloud.unreachable"])


def test_a_page_after_what_has_gone(database_url: str, tmp_path: Path) -> None:
    """Is the marker's fault, which Neutron answers with 404, and not the cloud's."""

    async def ask(client: httpx2.AsyncClient, cloud: FakeCloud) -> list[httpx2.Response]:
        cloud.faults.append(Fault(trouble=Trouble.GONE, on="GET /v2.0/networks", times=99))
        paths = ("/v1/networks?limit=1&marker=gone", "/v1/networks?limit=1")
        return [await client.get(path, headers=READER) for path in paths]

    after_it, first = asked_of_cloud(database_url, tmp_path, ask)
    assert codes(after_it) == (400, ["stackloom.parameter.invalid"])
    assert after_it.json()["errors"][0]["source"]["pointer"] == "?marker"
    assert codes(first) == (502, ["stackloom.cloud.failed"])


def test_a_project_is_drawn(database_url: str, tmp_path: Path) -> None:
    """As data, and as a picture; the ETag is that of what is shown."""

    async def ask(client: httpx2.AsyncClient, _cloud: FakeCloud) -> None:
        graph = await client.get("/v1/project/graph", headers=READER)
        assert [each["label"] for each in graph.json()["parts"]] == ["found"]
        drawn = await client.get("/v1/project/graph?format=dot", headers=MEMBER)
        assert drawn.headers["content-type"] == "text/vnd.graphviz"
        assert 'label="found"' in drawn.text
        same = {**MEMBER, "If-None-Match": drawn.headers["etag"]}
        again = await client.get("/v1/project/graph?format=dot", headers=same)
        assert again.status_code == 304

    asked_of_cloud(database_url, tmp_path, ask)
