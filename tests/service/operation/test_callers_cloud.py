# SPDX-License-Identifier: Apache-2.0
"""A cloud is asked as its caller sees it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.fakes.fake_cloud import FakeCloud
from tests.fakes.http_bridge import served
from tests.service.desks import caller

from stackloom.auth.token import Token
from stackloom.log import Secret
from stackloom.service.identity.caller import Caller
from stackloom.service.operation.callers_cloud import callers_cloud
from stackloom.service.settings import IdentitySettings, ServiceSettings
from stackloom.transport.client import Request

OWN = {
    "OS_USERNAME": "starter",
    "OS_PASSWORD": "secret",
    "OS_PROJECT_NAME": "demo",
    "OS_USER_DOMAIN_NAME": "Default",
    "OS_PROJECT_DOMAIN_NAME": "Default",
}


async def _asked(who: Caller, settings: ServiceSettings) -> tuple[str, str]:
    """Return the token that went out, and the request id that went with it."""
    async with callers_cloud(who, settings) as cloud:
        await cloud.request("network", "GET", "/v2.0/networks")
        return (await cloud.token()).secret.reveal(), cloud.global_request_id


def test_with_the_callers_token() -> None:
    """Nobody logs in, and the services of the cloud know the request by the caller's id."""
    cloud = FakeCloud()

    async def work(url: str) -> tuple[str, str]:
        cloud.base = url
        log_in = Request(method="POST", url=f"{url}/v3/auth/tokens", headers={}, body=b"{}")
        token = Token(Secret("given"), (await cloud.send(log_in)).body)
        cloud.requests.clear()
        settings = ServiceSettings(identity=IdentitySettings(auth_url=f"{url}/v3"))
        return await _asked(caller("reader", token=token.secret, catalog=token), settings)

    with served(cloud) as url:
        assert asyncio.run(work(url)) == ("given", "req-22222222-2222-4222-8222-222222222222")
    assert cloud.requests == ["GET /v2.0/networks"]


def test_without_keystone_as_who_started_the_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the cloud that the variables of the environment name."""
    cloud = FakeCloud()

    async def work(url: str) -> tuple[str, str]:
        cloud.base = url
        return await _asked(caller("member", project="local"), ServiceSettings())

    with served(cloud) as url:
        homes = {"OS_AUTH_URL": f"{url}/v3", "XDG_CACHE_HOME": str(tmp_path)}
        for name, value in {**OWN, **homes}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("OS_CLOUD", "")
        token, _id = asyncio.run(work(url))
    assert token == "secret"
    assert cloud.requests == ["POST /v3/auth/tokens", "GET /v2.0/networks"]
