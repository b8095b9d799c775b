# SPDX-License-Identifier: Apache-2.0
"""The service's lists say what the real services say, page by page, and at the caller's rights."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES

from stackloom.auth.session import Session
from stackloom.errors import AuthFailed
from stackloom.local.access import Access
from stackloom.log import Secret
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone import KeystoneIdentities
from stackloom.service.lists.project_lists import ListName, ProjectLists
from stackloom.service.own_cloud import at_keystone
from stackloom.service.settings import IdentitySettings, ServiceSettings
from stackloom.transport.client import Request
from stackloom.transport.exchange import Exchange
from stackloom.transport.reqwest import ReqwestTransport

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_THREE = ["lists-1", "lists-2", "lists-3"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    limit: int | None = None
    marker: str | None = None
    name: str | None = None
    status: str | None = None


@pytest.fixture(autouse=True)
def _networks(demo: Connection) -> Iterator[None]:
    """Have three networks in the project."""
    made = [demo.network.create_network(name=name) for name in _THREE]
    yield
    for network in made:
        demo.network.delete_network(network)


class _Service:
    """Lists, and callers with tokens of this Keystone."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._settings = ServiceSettings(identity=IdentitySettings(auth_url=access.auth_url))
        self._identities = KeystoneIdentities(self._settings)
        self._exchange = Exchange(ReqwestTransport())
        self.lists = ProjectLists(self._settings)

    async def caller(self, user: str) -> Caller:
        config = at_keystone(
            self._settings.identity,
            username=user,
            password=self._access.passwords[user].reveal(),
            user_domain_name="Default",
            project_name=user,
            project_domain_name="Default",
        )
        token = await Session(config, self._exchange).token()
        return await self._identities.caller(token.secret, request_id="", global_request_id="")

    async def revoke(self, token: Secret) -> None:
        headers = {"X-Auth-Token": token.reveal(), "X-Subject-Token": token.reveal()}
        url = f"{self._access.auth_url}/auth/tokens"
        await self._exchange.ask(Request(method="DELETE", url=url, headers=headers))

    async def all_pages(self, caller: Caller, name: ListName, limit: int) -> list[list[Any]]:
        """Follow the links from page to page, as a client does."""
        pages: list[list[Any]] = []
        query: _Query | None = _Query(limit=limit)
        while query is not None:
            listed = await self.lists.listed(caller, name, query)
            document = msgspec.json.decode(listed.body)
            pages.append(document[name])
            query = _next(document["links"])
        return pages

    async def close(self) -> None:
        await self._identities.close()
        await self.lists.close()
        await self._exchange.close()


def _next(links: list[dict[str, str]]) -> _Query | None:
    for link in links:
        query = dict(parse_qsl(urlsplit(link["href"]).query))
        return _Query(limit=int(query["limit"]), marker=query["marker"])
    return None


def _run(access: Access, body: Callable[[_Service], Any]) -> None:
    async def run() -> None:
        service = _Service(access)
        try:
            await body(service)
        finally:
            await service.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "of_sdk"),
    [
        ("networks", lambda demo: demo.network.networks()),
        ("servers", lambda demo: demo.compute.servers()),
        ("images", lambda demo: demo.image.images()),
        ("flavors", lambda demo: demo.compute.flavors()),
    ],
)
def test_page_by_page_it_is_the_whole_list(
    local_cloud: Access, demo: Connection, name: ListName, of_sdk: Callable[[Connection], Any]
) -> None:
    """What openstacksdk lists for the same user, however few are asked for at a time."""
    expected = sorted(each.id for each in of_sdk(demo))

    async def body(service: _Service) -> None:
        pages = await service.all_pages(await service.caller("demo"), name, 1)
        assert sorted(item["id"] for page in pages for item in page) == expected
        assert all(len(page) <= 1 for page in pages)

    _run(local_cloud, body)


def test_an_item_is_as_the_service_wrote_it(local_cloud: Access, demo: Connection) -> None:
    """Field by field, with those of every extension."""
    answer = demo.network.get("/networks", params={"name": "lists-1"})

    async def body(service: _Service) -> None:
        caller = await service.caller("demo")
        listed = await service.lists.listed(caller, "networks", _Query(name="lists-1"))
        assert msgspec.json.decode(listed.body) == {**answer.json(), "links": []}

    _run(local_cloud, body)


def test_an_administrator_sees_the_own_project_only(local_cloud: Access) -> None:
    """Neutron itself would list everybody's."""

    async def body(service: _Service) -> None:
        listed = await service.lists.listed(await service.caller("admin"), "networks", _Query())
        names = {each["name"] for each in msgspec.json.decode(listed.body)["networks"]}
        assert names.isdisjoint(_THREE)

    _run(local_cloud, body)


def test_a_revoked_token_lists_nothing_anew(local_cloud: Access) -> None:
    """Though it is believed here for a while, the cloud's services look for themselves."""

    async def body(service: _Service) -> None:
        caller = await service.caller("demo")
        assert caller.token is not None
        await service.revoke(caller.token)
        with pytest.raises(AuthFailed):
            await service.lists.listed(caller, "networks", _Query(), anew=True)

    _run(local_cloud, body)
