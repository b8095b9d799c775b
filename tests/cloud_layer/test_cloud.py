# SPDX-License-Identifier: Apache-2.0
"""A request by service and path gets endpoint, token, microversion and request id."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from tests.fakes.cloud import (
    TOKENS,
    FakeKeystone,
    config,
    fake_cloud,
    settings,
    token_answer,
    token_document,
)
from tests.fakes.transport import FakeTransport, answer

from stackloom.auth.config import cloud_config
from stackloom.auth.settings import Settings
from stackloom.auth.token import Token
from stackloom.cloud.cloud import connect
from stackloom.errors import BadConfig, NoEndpoint, UsageError
from stackloom.log import Secret
from stackloom.transport.client import Request

_GOOD = answer(200, {"networks": []})


@pytest.fixture
def transport() -> FakeTransport:
    """A network that has a Neutron and a Nova."""
    fake = FakeTransport()
    fake.on("GET", "/networking/v2.0/networks", _GOOD)
    fake.on("POST", "/compute/v2.1/servers", answer(202, {"server": {"id": "s-1"}}))
    return fake


def test_a_request_goes_to_the_services_endpoint(transport: FakeTransport) -> None:
    """The catalog's root and the path make the address; JSON is asked for, nothing is sent."""
    cloud = fake_cloud(transport)
    assert asyncio.run(cloud.request("network", "GET", "/v2.0/networks")) == _GOOD
    request = transport.requests[-1]
    assert (request.method, request.url, request.body) == (
        "GET",
        "http://cloud.test/networking/v2.0/networks",
        None,
    )
    assert request.headers == {
        "Accept": "application/json",
        "X-OpenStack-Request-Id": cloud.global_request_id,
        "X-Auth-Token": "token-1",
    }
    assert cloud.requests_sent == 2
    assert cloud.config == config()


def test_a_body_is_json_with_its_microversion(transport: FakeTransport) -> None:
    """What is sent is said to be JSON; the microversion goes with the service's name."""
    cloud = fake_cloud(transport)
    asyncio.run(
        cloud.request(
            "compute", "POST", "/v2.1/servers", body={"server": {"name": "a"}}, microversion="2.47"
        )
    )
    request = transport.requests[-1]
    assert request.url == "http://cloud.test/compute/v2.1/servers"
    assert request.body == b'{"server":{"name":"a"}}'
    assert request.headers == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "OpenStack-API-Version": "compute 2.47",
        "X-OpenStack-Request-Id": cloud.global_request_id,
        "X-Auth-Token": "token-1",
    }


def test_an_empty_body_is_a_body(transport: FakeTransport) -> None:
    """``{}`` is sent; only None sends nothing."""
    cloud = fake_cloud(transport)
    asyncio.run(cloud.request("compute", "POST", "/v2.1/servers", body={}))
    assert transport.requests[-1].body == b"{}"


@pytest.mark.parametrize(
    ("path", "query", "sent"),
    [
        ("/v2.0/networks", {}, "/v2.0/networks"),
        (
            "/v2.0/networks",
            {"name": "a b&c", "shared": True, "limit": 5, "external": False},
            "/v2.0/networks?name=a+b%26c&shared=true&limit=5&external=false",
        ),
        ("/v2.0/networks?fields=id", {"limit": 1}, "/v2.0/networks?fields=id&limit=1"),
    ],
)
def test_a_query_is_written_for_urls(
    transport: FakeTransport, path: str, query: Mapping[str, str | int | bool], sent: str
) -> None:
    """Names are escaped, truths are lower case, and a path may have a query already."""
    asyncio.run(fake_cloud(transport).request("network", "GET", path, query=query))
    assert transport.requests[-1].url == f"http://cloud.test/networking{sent}"


def test_one_command_has_one_request_id(transport: FakeTransport) -> None:
    """All requests of a cloud carry the same id, and two clouds have different ones."""
    cloud = fake_cloud(transport)
    for _ in range(2):
        asyncio.run(cloud.request("network", "GET", "/v2.0/networks"))
    sent = transport.sent("GET", "/networking/v2.0/networks")
    assert {each.headers["X-OpenStack-Request-Id"] for each in sent} == {cloud.global_request_id}
    assert fake_cloud(transport).global_request_id != cloud.global_request_id


def test_a_region_that_is_not_there_stops_the_request(transport: FakeTransport) -> None:
    """Region and interface of the configuration choose the endpoint."""
    cloud = fake_cloud(transport, region_name="two")
    with pytest.raises(NoEndpoint):
        asyncio.run(cloud.request("network", "GET", "/v2.0/networks"))
    assert transport.lines == ["POST /identity/v3/auth/tokens"]


def _connect_and_ask(transport: FakeTransport, given: Settings, cache: Path) -> None:
    async def run() -> None:
        variables = {"XDG_CACHE_HOME": str(cache)}
        async with connect(
            cloud_config(given), transport=transport, environment=variables
        ) as cloud:
            assert not transport.requests, "nothing is sent before it is needed"
            assert (await cloud.token()).user_name == "alice"
        assert transport.is_closed

    asyncio.run(run())


def test_a_connection_is_open_for_a_while_and_keeps_its_token(tmp_path: Path) -> None:
    """``connect`` closes the transport at its end and leaves the token in the cache."""
    transport = FakeTransport()
    FakeKeystone(transport)
    _connect_and_ask(transport, settings(), tmp_path)
    assert len(list((tmp_path / "stackloom/tokens").iterdir())) == 1


def test_a_cloud_may_keep_its_tokens_off_the_disk(tmp_path: Path) -> None:
    """Where the settings say so nothing is written."""
    transport = FakeTransport()
    FakeKeystone(transport)
    given = Settings(source="x", values=settings().values, cache_tokens=False)
    _connect_and_ask(transport, given, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_connection_may_begin_with_a_token_and_leaves_no_trace_of_it(tmp_path: Path) -> None:
    """The catalog that came with it says where to ask; the token is on no disk."""
    transport = FakeTransport()
    transport.on("GET", "/networking/v2.0/networks", answer(200, {"networks": []}))
    # The clock of a connection is the real one.
    lasting = token_document(expires_at="2099-01-01T00:00:00.000000Z")
    token = Token(Secret("hers"), msgspec.json.encode(lasting))

    async def run() -> None:
        variables = {"XDG_CACHE_HOME": str(tmp_path)}
        opened = connect(config(), transport=transport, environment=variables, token=token)
        async with opened as cloud:
            await cloud.request("network", "GET", "/v2.0/networks")

    asyncio.run(run())
    assert transport.lines == ["GET /networking/v2.0/networks"]
    assert transport.requests[0].headers["X-Auth-Token"] == "hers"
    assert list(tmp_path.iterdir()) == []


def test_a_connection_is_closed_when_something_fails(tmp_path: Path) -> None:
    """The connections are given back on the way out of an error too."""
    transport = FakeTransport()

    async def run() -> None:
        async with connect(config(), transport=transport, environment={}):
            raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(run())
    assert transport.is_closed


def test_without_a_transport_the_real_one_is_made() -> None:
    """A TLS file that is not there stops before anything is sent."""

    async def run() -> None:
        there = config(auth_url="https://127.0.0.1:1/v3", cacert="/nowhere/ca.pem")
        async with connect(there, environment={}) as cloud:
            await cloud.token()

    with pytest.raises(BadConfig, match=r"cannot read /nowhere/ca\.pem"):
        asyncio.run(run())


def test_a_renewed_token_is_used_from_then_on() -> None:
    """After a 401 the request is sent again with a new token, and so are all that follow."""
    transport = FakeTransport()
    cloud = fake_cloud(transport)

    def only_second(request: Request) -> object:
        return request.headers["X-Auth-Token"] == "token-2"

    transport.on(
        "GET",
        "/networking/v2.0/networks",
        lambda request: _GOOD if only_second(request) else answer(401),
    )

    async def run() -> None:
        for _ in range(2):
            assert await cloud.request("network", "GET", "/v2.0/networks") == _GOOD

    asyncio.run(run())
    assert transport.lines == [
        "POST /identity/v3/auth/tokens",
        "GET /networking/v2.0/networks",
        "POST /identity/v3/auth/tokens",
        "GET /networking/v2.0/networks",
        "GET /networking/v2.0/networks",
    ]


def test_a_path_may_name_the_tokens_own_ids(transport: FakeTransport) -> None:
    """The user's and the project's; what else a caller sends as a header goes along."""
    transport.on("GET", "/identity/v3/users/u-1/projects/p-1", _GOOD)
    path = "/v3/users/{user_id}/projects/{project_id}"
    cloud = fake_cloud(transport)
    asyncio.run(cloud.request("identity", "GET", path, headers={"Accept": "text/plain"}))
    assert transport.requests[-1].headers["Accept"] == "text/plain"


def test_a_path_that_needs_a_project_says_so(transport: FakeTransport) -> None:
    """Under a token without one nothing is sent."""
    cloud = fake_cloud(transport)
    document = token_document(project=None, system={"all": True})
    transport.on("POST", TOKENS, token_answer(document=document))
    with pytest.raises(UsageError, match="needs a project, and this token is for system"):
        asyncio.run(cloud.request("compute", "GET", "/v2.1/os-quota-sets/{project_id}"))
