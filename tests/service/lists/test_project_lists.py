# SPDX-License-Identifier: Apache-2.0
"""Lists of the cloud go out with the caller's token, once for all who see the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import KEYSTONE, TOKENS, token_answer, token_document
from tests.fakes.transport import FakeTransport, answer, query_of, raw_answer

from stackloom.auth.token import Token
from stackloom.errors import AuthFailed, BadAnswer, Forbidden, ServerFault
from stackloom.log import Secret
from stackloom.service.identity.caller import Caller
from stackloom.service.lists.project_lists import Listed, ListName, ProjectLists
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings, ServerSettings, ServiceSettings
from stackloom.transport.client import Request

_NETWORKS = "/networking/v2.0/networks"
# With what no decoder and encoder would leave as it is: blanks, a number, a field of an extension.
_RAW = b'{"networks": [ {"id":"n-1", "mtu": 1500.0, "provider:network_type": "vxlan"} ]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    limit: int | None = None
    marker: str | None = None
    name: str | None = None
    status: str | None = None


def _caller(secret: str = "t-1", **changes: Any) -> Caller:
    project: dict[str, Any] = {"id": "p-1", "name": "demo"}
    document = msgspec.json.encode(token_document(project=project))
    token = Token(Secret(secret), document)
    caller = Caller(
        user_id="u-1",
        user_name="alice",
        project_id="p-1",
        project_name="demo",
        roles=frozenset({"member", "reader"}),
        expires_at=token.expires_at,
        token=token.secret,
        catalog=token,
        global_request_id="req-7",
    )
    return replace(caller, **changes)


class _Bench:
    def __init__(self, **changes: Any) -> None:
        self.transport = FakeTransport()
        self.clock = FakeClock()
        self.lists = ProjectLists(
            ServiceSettings(identity=IdentitySettings(auth_url=KEYSTONE)),
            transport=self.transport,
            now=self.clock.now,
            today=self.clock.today,
            **changes,
        )

    async def listed(
        self,
        caller: Caller | None = None,
        of: ListName = "networks",
        *,
        anew: bool = False,
        **query: Any,
    ) -> Listed:
        return await self.lists.listed(caller or _caller(), of, _Query(**query), anew=anew)


def _run(body: Callable[[_Bench], Awaitable[None]], **changes: Any) -> None:
    async def run() -> None:
        await body(_Bench(**changes))

    asyncio.run(run())


def test_a_list_goes_out_with_the_callers_token() -> None:
    """To the address in the token's own catalog, with the id under which the cloud logs it."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", _NETWORKS, raw_answer(200, _RAW))
        listed = await bench.listed()
        assert listed == Listed(
            body=b'{"networks":[ {"id":"n-1", "mtu": 1500.0, "provider:network_type": "vxlan"} ],'
            b'"links":[]}',
            etag=listed.etag,
            age_seconds=0.0,
            fresh_seconds=2.0,
        )
        (request,) = bench.transport.requests
        assert request.url == "http://cloud.test/networking/v2.0/networks"
        assert request.headers == {
            "Accept": "application/json",
            "X-Auth-Token": "t-1",
            "X-OpenStack-Request-Id": "req-7",
        }

    _run(body)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("networks", "/networking/v2.0/networks"),
        ("servers", "/compute/v2.1/servers/detail"),
        ("images", "/image/v2/images"),
        ("flavors", "/compute/v2.1/flavors/detail"),
    ],
)
def test_each_list_is_asked_of_its_service(name: ListName, path: str) -> None:
    """With limit and marker as they were given."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", path, answer(200, {name: []}))
        listed = await bench.listed(of=name, limit=10, marker="m-1")
        assert msgspec.json.decode(listed.body) == {name: [], "links": []}
        assert query_of(bench.transport.requests[0]) == {"limit": "10", "marker": "m-1"}

    _run(body)


def test_who_sees_the_same_gets_the_same() -> None:
    """Another user of the project with the same roles, at once and a moment later."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", _NETWORKS, raw_answer(200, _RAW))
        bob = _caller("t-2", user_id="u-2", user_name="bob")
        first, second = await asyncio.gather(bench.listed(), bench.listed(bob))
        bench.clock.seconds = 0.75
        third = await bench.listed(bob)
        assert first.body == second.body == third.body
        assert first.etag == third.etag
        assert (third.age_seconds, third.fresh_seconds) == (0.75, 1.25)
        assert len(bench.transport.requests) == 1

    _run(body)


@pytest.mark.parametrize(
    "other",
    [
        {"project_id": "p-2"},
        {"roles": frozenset({"reader"})},
        {"roles": frozenset({"admin", "member", "reader"})},
    ],
)
def test_who_may_see_something_else_asks_for_himself(other: dict[str, Any]) -> None:
    """Of another project, or with other roles."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", _NETWORKS, raw_answer(200, _RAW))
        await asyncio.gather(bench.listed(), bench.listed(_caller("t-2", **other)))
        sent = {request.headers["X-Auth-Token"] for request in bench.transport.requests}
        assert sent == {"t-1", "t-2"}

    _run(body)


@pytest.mark.parametrize("query", [{"limit": 1}, {"marker": "m"}, {"name": "a"}, {"status": "b"}])
def test_another_part_of_the_list_is_another_list(query: dict[str, Any]) -> None:
    """Each parameter counts."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", _NETWORKS, raw_answer(200, _RAW))
        await bench.listed()
        await bench.listed(**query)
        assert len(bench.transport.requests) == 2

    _run(body)


@pytest.mark.parametrize(
    ("name", "path", "owner"),
    [("networks", _NETWORKS, "project_id"), ("images", "/image/v2/images", "owner")],
)
def test_an_administrator_sees_the_project_of_the_token(
    name: ListName, path: str, owner: str
) -> None:
    """The cloud would show everybody's."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", path, answer(200, {name: []}))
        await bench.listed(_caller(roles=frozenset({"admin"})), name)
        assert query_of(bench.transport.requests[0]) == {owner: "p-1"}

    _run(body)


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_refused_to_one_is_not_refused_to_another(status: int) -> None:
    """A token that was revoked a moment ago says nothing of the others."""

    async def body(bench: _Bench) -> None:
        def reply(request: Request) -> Any:
            good = request.headers["X-Auth-Token"] == "t-2"
            return raw_answer(200, _RAW) if good else answer(status)

        bench.transport.on("GET", _NETWORKS, reply)
        first, second = await asyncio.gather(
            bench.listed(), bench.listed(_caller("t-2")), return_exceptions=True
        )
        assert isinstance(first, AuthFailed | Forbidden)
        assert isinstance(second, Listed)

    _run(body)


def test_a_service_that_fails_is_asked_once_for_all_who_wait() -> None:
    """Whoever comes later asks again."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", _NETWORKS, answer(500), raw_answer(200, _RAW))
        failed = await asyncio.gather(*(bench.listed() for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in failed] == [ServerFault] * 3
        assert len(bench.transport.requests) == 1
        assert (await bench.listed()).age_seconds == 0.0

    _run(body)


@pytest.mark.parametrize("query", [{"name": "m1.tiny"}, {"status": "ACTIVE"}])
def test_what_nova_would_pass_over_is_refused(query: dict[str, Any]) -> None:
    """A list of all flavors would look like the answer."""

    async def body(bench: _Bench) -> None:
        with pytest.raises(Refused) as refused:
            await bench.listed(of="flavors", **query)
        assert refused.value.code == "parameter.unknown"
        assert bench.transport.requests == []

    _run(body)


@pytest.mark.parametrize(
    ("name", "path", "document"),
    [
        (
            "networks",
            _NETWORKS,
            {"networks_links": [{"rel": "next", "href": "http://neutron/?limit=2&marker=n-2"}]},
        ),
        (
            "servers",
            "/compute/v2.1/servers/detail",
            {"servers_links": [{"rel": "next", "href": "http://nova/?limit=2&marker=n-2"}]},
        ),
        (
            "images",
            "/image/v2/images",
            {"next": "/v2/images?marker=n-2&limit=2", "first": "/v2/images", "schema": "/v2/…"},
        ),
    ],
)
def test_the_next_page_is_asked_for_here(name: ListName, path: str, document: Any) -> None:
    """The cloud's own links lead past the service; what was asked for goes on being asked for."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", path, answer(200, {name: [], **document}))
        listed = await bench.listed(of=name, limit=2, status="ACTIVE")
        href = f"https://stackloom.test/v1/{name}?limit=2&status=ACTIVE&marker=n-2"
        assert msgspec.json.decode(listed.body) == {
            name: [],
            "links": [{"rel": "next", "href": href}],
        }

    _run(body, public_url="https://stackloom.test")


@pytest.mark.parametrize("reply", [raw_answer(200, b"<html>"), answer(200, {"nets": []})])
def test_an_answer_that_is_none_is_told(reply: Any) -> None:
    """A proxy's page is not handed on as a list."""

    async def body(bench: _Bench) -> None:
        bench.transport.on("GET", _NETWORKS, reply)
        with pytest.raises(BadAnswer, match="list of networks"):
            await bench.listed()

    _run(body)


def test_no_cache_asks_in_any_case() -> None:
    """And the next caller has the newer one."""

    async def body(bench: _Bench) -> None:
        newer = answer(200, {"networks": [{"id": "n-2"}]})
        bench.transport.on("GET", _NETWORKS, raw_answer(200, _RAW), newer)
        await bench.listed()
        anew = await bench.listed(anew=True)
        assert msgspec.json.decode(anew.body) == {"networks": [{"id": "n-2"}], "links": []}
        assert (await bench.listed()).body == anew.body

    _run(body)


def test_without_keystone_it_is_the_cloud_of_who_started_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logged in once, with the settings of ``--os-cloud``."""
    clouds = tmp_path / "clouds.yaml"
    clouds.write_text(
        f"clouds: {{lab: {{auth: {{auth_url: '{KEYSTONE}', username: alice, password: x,"
        " user_domain_name: Default, project_name: demo, project_domain_name: Default}}}"
    )
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))

    async def run() -> None:
        transport = FakeTransport()
        clock = FakeClock()
        transport.on("POST", TOKENS, token_answer())
        transport.on("GET", _NETWORKS, raw_answer(200, _RAW))
        lists = ProjectLists(
            ServiceSettings(server=ServerSettings(os_cloud="lab")),
            transport=transport,
            now=clock.now,
            today=clock.today,
        )
        caller = _caller(token=None, catalog=None, roles=frozenset({"admin"}))
        for _ in range(2):
            await lists.listed(caller, "networks", _Query(), anew=True)
        assert transport.lines == [
            "POST /identity/v3/auth/tokens",
            "GET /networking/v2.0/networks",
            "GET /networking/v2.0/networks",
        ]

    asyncio.run(run())
