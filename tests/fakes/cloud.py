# SPDX-License-Identifier: Apache-2.0
"""A cloud of rules: configuration, a Keystone that hands out tokens, and names for ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.clock import FakeClock
from tests.fakes.transport import FakeTransport, answer

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.session import Session
from stackloom.auth.settings import Settings
from stackloom.auth.token_cache import TokenCache
from stackloom.cloud.cloud import Cloud
from stackloom.transport.client import Answer, Request
from stackloom.transport.exchange import Exchange

PASSWORD = "swordfish-4711"
KEYSTONE = "http://cloud.test/identity/v3"
TOKENS = "/identity/v3/auth/tokens"
PROJECT = "p-1"
CATALOG = {
    "identity": "http://cloud.test/identity",
    "network": "http://cloud.test/networking",
    "compute": "http://cloud.test/compute/v2.1",
    "image": "http://cloud.test/image",
    "block-storage": "http://cloud.test/volume/v3",
}


def settings(**values: str) -> Settings:
    """Return the settings of alice in project demo, changed by *values*; "" takes one away."""
    all_values = {
        "auth_url": KEYSTONE,
        "username": "alice",
        "password": PASSWORD,
        "user_domain_name": "Default",
        "project_name": "demo",
        "project_domain_name": "Default",
        **values,
    }
    return Settings(
        source='cloud "test"', values={name: value for name, value in all_values.items() if value}
    )


def config(**values: str) -> CloudConfig:
    """Return the configuration of these settings."""
    return cloud_config(settings(**values))


def token_document(
    *,
    expires_at: str = "2026-06-01T13:00:00.000000Z",
    catalog: Mapping[str, str] | None = None,
    **changes: object,
) -> dict[str, object]:
    """Return what Keystone tells of a token; of *changes*, None takes a key away."""
    token = {
        "user": {"id": "u-1", "name": "alice", "domain": {"id": "default", "name": "Default"}},
        "expires_at": expires_at,
        "project": {"id": PROJECT, "name": "demo", "domain": {"id": "default", "name": "Default"}},
        "roles": [{"id": "r-2", "name": "reader"}, {"id": "r-1", "name": "member"}],
        "catalog": [
            {
                "type": service,
                "name": service,
                "endpoints": [
                    {"url": url, "interface": "public", "region_id": "one", "region": "one"}
                ],
            }
            for service, url in (CATALOG if catalog is None else catalog).items()
        ],
        **changes,
    }
    return {"token": {name: value for name, value in token.items() if value is not None}}


def token_answer(secret: str = "token-1", document: object = None) -> Answer:
    """Return the answer to a log-in."""
    return answer(201, document or token_document(), X_Subject_Token=secret)


class FakeKeystone:
    """Hands out ``token-1``, ``token-2``, …; a service rule made by it takes only the last one."""

    def __init__(self, transport: FakeTransport) -> None:
        self._transport = transport
        self.log_ins = 0
        transport.on("POST", TOKENS, self._hand_out)

    def _hand_out(self, _request: Request) -> Answer:
        self.log_ins += 1
        return token_answer(f"token-{self.log_ins}")

    def guard(self, method: str, path: str, reply: Answer, *, valid: str) -> None:
        """Give *reply* on *path* to who shows the token *valid*, and 401 to all others."""

        def check(request: Request) -> Answer:
            if request.headers.get("X-Auth-Token") == valid:
                return reply
            return answer(401, {"error": {"code": 401, "message": "no valid token"}})

        self._transport.on(method, path, check)


def fake_session(
    transport: FakeTransport,
    *,
    clock: FakeClock | None = None,
    cache: TokenCache | None = None,
    cloud_config: CloudConfig | None = None,
) -> Session:
    """Return a session that goes through *transport*."""
    clock = clock or FakeClock()
    exchange = Exchange(transport, sleep=clock.sleep)
    return Session(cloud_config or config(), exchange, cache=cache, clock=clock.today)


def fake_cloud(transport: FakeTransport, **values: str) -> Cloud:
    """Return a cloud that goes through *transport*, and its Keystone with it."""
    FakeKeystone(transport)
    return Cloud(fake_session(transport, cloud_config=config(**values)))


class FakeIds:
    """Gives every name its id: ``network blue`` is ``network-blue-id``; some may be told apart."""

    def __init__(self, **ids: str) -> None:
        self._ids = ids
        self.states: dict[tuple[str, str], Any] = {}

    def __call__(self, kind: str, name: str) -> str:
        """Return the id."""
        return self._ids.get(f"{kind}_{name}", f"{kind}-{name}-id")

    def cloud_name(self, _kind: str, name: str) -> str:
        """Return the name itself."""
        return name

    def state(self, kind: str, name: str) -> Any:
        """Return what the test gave for it."""
        return self.states.get((kind, name))
