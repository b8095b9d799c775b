# SPDX-License-Identifier: Apache-2.0
"""Every way to log in that the local cloud's Keystone allows, with the real thing."""

from __future__ import annotations

import hmac
import struct
import time
from base64 import b32encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from stackloom.auth.config import cloud_config
from stackloom.auth.settings import read_settings
from stackloom.auth.token import Token
from stackloom.cloud.cloud import Cloud, connect_alone
from stackloom.errors import AuthFailed, Forbidden
from stackloom.local.access import Access
from stackloom.transport.blocking import run_alone

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

T = TypeVar("T")


class _Keystone:
    """The local cloud, asked with whatever settings; no token is kept between two questions."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def ask(
        self, user: str, work: Callable[[Cloud], Awaitable[T]], *, alone: bool = False, **more: str
    ) -> T:
        """Log in as *user* with *more* options, or with these *alone*."""
        variables = self._access.environment(user)
        if alone:
            variables = {"OS_AUTH_URL": variables["OS_AUTH_URL"]}
        settings = read_settings(more, variables)
        assert settings is not None
        config = msgspec.structs.replace(cloud_config(settings), cache_tokens=False)

        async def run() -> T:
            async with connect_alone(config, environment={}) as cloud:
                return await work(cloud)

        return run_alone(run())

    def token(self, user: str, *, alone: bool = False, **more: str) -> Token:
        """Log in and return the token."""
        return self.ask(user, _token, alone=alone, **more)

    def create(self, user: str, path: str, body: dict[str, object]) -> dict[str, Any]:
        """Create something in Keystone and return it; its shape is the caller's affair."""

        async def work(cloud: Cloud) -> dict[str, Any]:
            answer = await cloud.request("identity", "POST", path, body=body)
            document: dict[str, dict[str, Any]] = msgspec.json.decode(answer.body)
            return next(iter(document.values()))

        return self.ask(user, work)


async def _token(cloud: Cloud) -> Token:
    return await cloud.token()


@pytest.fixture
def keystone(local_cloud: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Keystone:
    """The local cloud's, with no other configuration in reach."""
    monkeypatch.chdir(tmp_path)
    return _Keystone(local_cloud)


def test_a_token_is_rescoped(keystone: _Keystone) -> None:
    """First for nothing, then with that token alone for the project."""
    unscoped = keystone.token("demo", unscoped="true")
    assert (unscoped.scope, unscoped.catalog) == ("unscoped", ())
    token = keystone.token(
        "demo",
        alone=True,
        token=unscoped.secret.reveal(),
        project_name="demo",
        project_domain_name="Default",
    )
    assert (token.scope, set(token.methods)) == ("project demo", {"password", "token"})


def test_the_system_is_a_scope(keystone: _Keystone) -> None:
    """The option takes the place of the project; users can be listed then."""
    token = keystone.token("admin", system_scope="all")
    assert (token.scope, token.project_id) == ("system", "")


def test_an_application_credential_is_enough(keystone: _Keystone) -> None:
    """By id without a word about the method, and by name with its user."""
    user_id = keystone.token("demo").user_id
    made = keystone.create(
        "demo",
        f"/v3/users/{user_id}/application_credentials",
        {"application_credential": {"name": "for-a-test"}},
    )
    by_id = keystone.token(
        "demo",
        alone=True,
        application_credential_id=made["id"],
        application_credential_secret=made["secret"],
    )
    by_name = keystone.token(
        "demo",
        alone=True,
        auth_type="v3applicationcredential",
        application_credential_name="for-a-test",
        application_credential_secret=made["secret"],
        username="demo",
        user_domain_name="Default",
    )
    for token in (by_id, by_name):
        assert (token.scope, token.methods) == ("project demo", ("application_credential",))

    async def remove(cloud: Cloud) -> None:
        path = f"/v3/users/{user_id}/application_credentials/{made['id']}"
        await cloud.request("identity", "DELETE", path)

    keystone.ask("demo", remove)


def test_a_passcode_of_an_app_logs_in(keystone: _Keystone) -> None:
    """With the secret that Keystone keeps of it; as the administrator, who may keep one."""
    user_id = keystone.token("admin").user_id
    secret = b"stackloom: twenty-five by"
    credential = keystone.create(
        "admin",
        "/v3/credentials",
        {"credential": {"type": "totp", "user_id": user_id, "blob": b32encode(secret).decode()}},
    )
    token = keystone.token("admin", auth_type="v3totp", passcode=_passcode(secret))
    assert (token.scope, token.methods) == ("project admin", ("totp",))
    with pytest.raises(AuthFailed, match='did not accept user "admin"'):
        keystone.token("admin", auth_type="v3totp", passcode="000000x")

    async def remove(cloud: Cloud) -> None:
        await cloud.request("identity", "DELETE", f"/v3/credentials/{credential['id']}")

    keystone.ask("admin", remove)


def _passcode(secret: bytes) -> str:
    """Return the six digits that an app shows now (RFC 6238, of steps of 30 s, by SHA-1)."""
    step = int(time.time() // 30)
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0xF)
    return f"{(number & 0x7FFF_FFFF) % 1_000_000:06d}"


def test_a_trust_is_a_scope(keystone: _Keystone) -> None:
    """Who was trusted acts as who trusts, in that project."""
    demo, admin = keystone.token("demo"), keystone.token("admin")
    trust = keystone.create(
        "demo",
        "/v3/OS-TRUST/trusts",
        {
            "trust": {
                "trustor_user_id": demo.user_id,
                "trustee_user_id": admin.user_id,
                "project_id": demo.project_id,
                "roles": [{"name": "member"}],
                "impersonation": True,
            }
        },
    )
    token = keystone.token("admin", trust_id=trust["id"])
    assert (token.user_name, token.project_id) == ("demo", demo.project_id)


def test_a_refusal_says_which_scope_would_help(keystone: _Keystone) -> None:
    """A member may not list users."""

    async def work(cloud: Cloud) -> None:
        await cloud.request("identity", "GET", "/v3/users")

    with pytest.raises(Forbidden) as caught:
        keystone.ask("demo", work)
    assert caught.value.hint == (
        "this token is for project demo; what concerns all of Keystone needs a role on the "
        "system: --os-system-scope all"
    )


def test_a_wrong_password_is_told(keystone: _Keystone) -> None:
    """By the real 401."""
    with pytest.raises(AuthFailed, match='did not accept user "demo" for project demo'):
        keystone.token("demo", password="wrong")
