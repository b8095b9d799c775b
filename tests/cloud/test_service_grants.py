# SPDX-License-Identifier: Apache-2.0
"""A run of the service acts for its caller on a real Keystone, whatever becomes of the token.

Each row of the table in docs/adr/0016-the-service.md, section 7.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES, identity

from stackloom.auth.config import CloudConfig
from stackloom.auth.session import Session
from stackloom.cloud.cloud import Cloud, connect
from stackloom.errors import AuthFailed, Forbidden, NotFound
from stackloom.local.access import Access
from stackloom.log import Secret
from stackloom.service.grant.grant import Grant, Grants
from stackloom.service.grant.grants import grants_of
from stackloom.service.grant.seal import Seal, SealKey
from stackloom.service.identity.caller import Caller
from stackloom.service.identity.keystone import KeystoneIdentities
from stackloom.service.own_cloud import at_keystone
from stackloom.service.refusal import Refused
from stackloom.service.settings import IdentitySettings, ServiceSettings
from stackloom.transport.exchange import Exchange
from stackloom.transport.reqwest import ReqwestTransport
from stackloom.wire.plan import Credential

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_SEAL = Seal([SealKey(id="a", secret=b"k" * 32)])
_WAYS = ["trust", "application_credential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """A user with a role in a project of their own."""

    id: str
    name: str
    password: str
    project_id: str


class _World:
    """A Keystone with a service user, and people who come and go."""

    def __init__(self, access: Access, admin: Connection, folder: Path) -> None:
        self._admin = identity(admin)
        self._users: list[str] = []
        self._projects: list[str] = []
        self._service = self._user("stackloom")
        project = self._admin.find_project("service", ignore_missing=False)
        self.assign(self._service, "service", project_id=project.id)
        path = folder / "password"
        path.write_text(self._service.password)
        path.chmod(0o600)
        self.by_trust = ServiceSettings(
            identity=IdentitySettings(
                auth_url=access.auth_url,
                service_user=self._service.name,
                service_password_file=str(path),
            )
        )
        self.by_credential = ServiceSettings(identity=IdentitySettings(auth_url=access.auth_url))

    def settings(self, way: str) -> ServiceSettings:
        return self.by_trust if way == "trust" else self.by_credential

    def person(self, role: str = "member") -> _Person:
        project = self._admin.create_project(name=f"grants-{secrets.token_hex(4)}")
        self._projects.append(project.id)
        person = replace(self._user("person"), project_id=project.id)
        self.assign(person, role)
        return person

    def assign(self, person: _Person, role: str, *, project_id: str = "") -> None:
        found = self._admin.find_role(role, ignore_missing=False)
        self._admin.assign_project_role_to_user(
            project_id or person.project_id, person.id, found.id
        )

    def take_role(self, person: _Person, role: str) -> None:
        found = self._admin.find_role(role, ignore_missing=False)
        self._admin.unassign_project_role_from_user(person.project_id, person.id, found.id)

    def change_password(self, person: _Person) -> None:
        self._admin.update_user(person.id, password=secrets.token_hex(8))

    def _user(self, name: str) -> _Person:
        password = secrets.token_hex(8)
        full = f"{name}-{secrets.token_hex(4)}"
        user = self._admin.create_user(name=full, password=password)
        self._users.append(user.id)
        return _Person(id=user.id, name=full, password=password, project_id="")

    def clear(self) -> None:
        for id in self._users:
            self._admin.delete_user(id)
        for id in self._projects:
            self._admin.delete_project(id)

    # --- as one of them ---

    def password_config(self, person: _Person) -> CloudConfig:
        return at_keystone(
            self.by_credential.identity,
            username=person.name,
            password=person.password,
            user_domain_name="Default",
            project_id=person.project_id,
        )

    async def token(self, config: CloudConfig) -> Secret:
        exchange = Exchange(ReqwestTransport())
        try:
            return (await Session(config, exchange).token()).secret
        finally:
            await exchange.close()

    async def caller(self, token: Secret, *, way: str = "application_credential") -> Caller:
        identities = KeystoneIdentities(self.settings(way))
        try:
            return await identities.caller(
                token, request_id="req-1", global_request_id=f"req-{_UUID}"
            )
        finally:
            await identities.close()

    async def credential(self, person: _Person, *, unrestricted: bool) -> Credential:
        """Let a person make an application credential of their own."""
        async with connect(self.password_config(person)) as cloud:
            return await _made_credential(cloud, unrestricted=unrestricted)


_UUID = "6a7f5b3e-0000-4000-8000-000000000001"


async def _made_credential(cloud: Cloud, *, unrestricted: bool = False) -> Credential:
    body = {
        "application_credential": {
            "name": f"own-{secrets.token_hex(4)}",
            "unrestricted": unrestricted,
        }
    }
    answer = await cloud.request(
        "identity", "POST", "/v3/users/{user_id}/application_credentials", body=body
    )
    made = msgspec.json.decode(answer.body)["application_credential"]
    return Credential(id=made["id"], secret=made["secret"])


@pytest.fixture
def world(local_cloud: Access, admin: Connection, tmp_path: Path) -> Iterator[_World]:
    """Return a Keystone with a service user; whoever was made is taken away."""
    made = _World(local_cloud, admin, tmp_path)
    yield made
    made.clear()


async def _next_second() -> None:
    """Wait until what happened counts as past: Keystone remembers it by the second.

    A new password revokes every token that was issued in the same second, also after it
    (keystone/models/revoke_model.py, ``issued_before``, 30.0.0).
    """
    await asyncio.sleep(1.0 - time.time() % 1.0)


def _run(settings: ServiceSettings, body: Callable[[Grants], Awaitable[None]]) -> None:
    """Run a test with the grants of the settings."""

    async def run() -> None:
        grants = grants_of(settings, _SEAL)
        try:
            await body(grants)
        finally:
            await grants.close()

    asyncio.run(run())


async def _grant(
    grants: Grants, caller: Caller, *roles: str, credential: Credential | None = None
) -> Grant:
    until = datetime.now(UTC) + timedelta(hours=1)
    return await grants.make(
        caller, until=until, roles=roles or sorted(caller.roles), credential=credential
    )


async def _make_and_delete_a_network(config: CloudConfig) -> str:
    """Act in the cloud, and return the project in which that was."""
    async with connect(config) as cloud:
        body = {"network": {"name": "granted"}}
        answer = await cloud.request("network", "POST", "/v2.0/networks", body=body)
        network = msgspec.json.decode(answer.body)["network"]
        await cloud.request("network", "DELETE", f"/v2.0/networks/{network['id']}")
        return str(network["project_id"])


@pytest.mark.parametrize("way", _WAYS)
def test_a_grant_acts_as_its_caller(world: _World, way: str) -> None:
    """In the caller's project, with the caller's roles, until its end; then it is gone."""

    async def body(grants: Grants) -> None:
        person = world.person()
        caller = await world.caller(await world.token(world.password_config(person)))
        grant = await _grant(grants, caller)
        assert (grant.kind, grant.user_id, grant.project_id, grant.roles) == (
            way,
            person.id,
            person.project_id,
            ("member", "reader"),
        )
        assert (grant.sealed is None) == (way == "trust")
        assert await _make_and_delete_a_network(grants.config(grant)) == person.project_id
        await grants.end(grant)
        with pytest.raises((AuthFailed, NotFound, Forbidden)):
            await world.token(grants.config(grant))
        await grants.end(grant)

    _run(world.settings(way), body)


@pytest.mark.parametrize("way", _WAYS)
def test_it_outlives_the_token_that_it_was_made_with(world: _World, way: str) -> None:
    """Revoked tokens, also all of them by a new password: the grant goes on."""

    async def body(grants: Grants) -> None:
        person = world.person()
        token = await world.token(world.password_config(person))
        caller = await world.caller(token)
        grant = await _grant(grants, caller)
        async with connect(world.password_config(person), token=caller.catalog) as cloud:
            headers = {"X-Subject-Token": token.reveal()}
            await cloud.request("identity", "DELETE", "/v3/auth/tokens", headers=headers)
        with pytest.raises(Refused) as refused:
            await world.caller(token)
        assert refused.value.code == "token.refused"
        assert await _make_and_delete_a_network(grants.config(grant)) == person.project_id
        world.change_password(person)
        await _next_second()
        assert await _make_and_delete_a_network(grants.config(grant)) == person.project_id
        await grants.end(grant)

    _run(world.settings(way), body)


@pytest.mark.parametrize("way", _WAYS)
def test_it_ends_with_the_role_of_its_caller(world: _World, way: str) -> None:
    """Who has lost the role cannot let anybody act; ending such a grant is no error."""

    async def body(grants: Grants) -> None:
        person = world.person()
        caller = await world.caller(await world.token(world.password_config(person)))
        grant = await _grant(grants, caller)
        world.take_role(person, "member")
        with pytest.raises((AuthFailed, Forbidden, NotFound)):
            await world.token(grants.config(grant))
        await grants.end(grant)

    _run(world.settings(way), body)


@pytest.mark.parametrize("way", _WAYS)
def test_it_has_no_more_roles_than_were_asked_for(world: _World, way: str) -> None:
    """A scheduled check of a member reads, and cannot do more."""

    async def body(grants: Grants) -> None:
        person = world.person()
        caller = await world.caller(await world.token(world.password_config(person)))
        grant = await _grant(grants, caller, "reader")
        async with connect(grants.config(grant)) as cloud:
            assert (await cloud.token()).roles == ("reader",)
            assert (await cloud.request("network", "GET", "/v2.0/networks")).status == 200
            with pytest.raises(Forbidden):
                await cloud.request("network", "POST", "/v2.0/networks", body={"network": {}})
        await grants.end(grant)

    _run(world.settings(way), body)


@pytest.mark.parametrize("way", _WAYS)
def test_a_reader_lets_it_read(world: _World, way: str) -> None:
    """Whatever a reader may, and a plan needs no more."""

    async def body(grants: Grants) -> None:
        person = world.person("reader")
        caller = await world.caller(await world.token(world.password_config(person)))
        grant = await _grant(grants, caller)
        async with connect(grants.config(grant)) as cloud:
            assert (await cloud.request("network", "GET", "/v2.0/networks")).status == 200
            with pytest.raises(Forbidden):
                await cloud.request("network", "POST", "/v2.0/networks", body={"network": {}})
        await grants.end(grant)

    _run(world.settings(way), body)


@pytest.mark.parametrize("way", _WAYS)
def test_many_are_made_at_once(world: _World, way: str) -> None:
    """With the same end, as runs that are asked for in the same second have."""

    async def body(grants: Grants) -> None:
        person = world.person()
        caller = await world.caller(await world.token(world.password_config(person)))
        made = await asyncio.gather(*(_grant(grants, caller) for _ in range(4)))
        assert len({grant.reference for grant in made}) == 4
        for grant in made:
            await grants.end(grant)

    _run(world.settings(way), body)


@pytest.mark.parametrize(
    ("way", "unrestricted", "is_made"),
    [
        ("trust", False, False),
        ("trust", True, False),
        ("application_credential", False, False),
        ("application_credential", True, True),
    ],
)
def test_a_delegated_token_lets_nobody_act(
    world: _World, way: str, unrestricted: bool, is_made: bool
) -> None:
    """Only one of an unrestricted application credential may make another, and no trust."""

    async def body(grants: Grants) -> None:
        person = world.person()
        own = await world.credential(person, unrestricted=unrestricted)
        caller = await world.caller(await world.token(_credential_config(world, own)))
        assert caller.is_delegated
        if is_made:
            grant = await _grant(grants, caller)
            assert await _make_and_delete_a_network(grants.config(grant)) == person.project_id
            await grants.end(grant)
            return
        with pytest.raises(Refused) as refused:
            await _grant(grants, caller)
        assert refused.value.code == "grant.not-delegable"

    _run(world.settings(way), body)


@pytest.mark.parametrize("way", _WAYS)
def test_one_that_is_brought_stays_the_callers(world: _World, way: str) -> None:
    """A delegated token will do then; at the end it is left at Keystone."""

    async def body(grants: Grants) -> None:
        person = world.person()
        own = await world.credential(person, unrestricted=False)
        caller = await world.caller(await world.token(_credential_config(world, own)))
        grant = await _grant(grants, caller, credential=own)
        assert (grant.kind, grant.reference, grant.roles) == (
            "brought",
            own.id,
            ("member", "reader"),
        )
        assert await _make_and_delete_a_network(grants.config(grant)) == person.project_id
        await grants.end(grant)
        assert await world.token(_credential_config(world, own))

    _run(world.settings(way), body)


@pytest.mark.parametrize("what", ["secret", "id", "somebody else's"])
def test_one_that_is_not_the_callers_is_refused(world: _World, what: str) -> None:
    """A wrong one, and one for another project, in which the run would act else."""

    async def body(grants: Grants) -> None:
        person = world.person()
        caller = await world.caller(await world.token(world.password_config(person)))
        owner = world.person() if what == "somebody else's" else person
        brought = await world.credential(owner, unrestricted=False)
        if what == "secret":
            brought = Credential(id=brought.id, secret="wrong")
        elif what == "id":
            brought = Credential(id="wrong", secret=brought.secret)
        with pytest.raises(Refused) as refused:
            await _grant(grants, caller, credential=brought)
        assert refused.value.code == "grant.not-delegable"
        assert refused.value.source is not None
        assert refused.value.source.pointer == "$.credential"

    _run(world.by_credential, body)


def test_a_token_of_a_trust_is_known_by_the_service_user(world: _World) -> None:
    """It may not validate itself, and it lets nobody act in its turn."""

    async def body(grants: Grants) -> None:
        person = world.person()
        caller = await world.caller(await world.token(world.password_config(person)))
        grant = await _grant(grants, caller)
        token = await world.token(grants.config(grant))
        with pytest.raises(Refused) as refused:
            await world.caller(token)
        assert "came from a trust" in refused.value.message
        known = await world.caller(token, way="trust")
        assert (known.user_id, known.project_id, known.is_delegated) == (
            person.id,
            person.project_id,
            True,
        )
        with pytest.raises(Refused) as refused:
            await _grant(grants, known)
        assert refused.value.code == "grant.not-delegable"
        await grants.end(grant)

    _run(world.by_trust, body)


def _credential_config(world: _World, credential: Credential) -> CloudConfig:
    values: dict[str, Any] = {
        "auth_type": "v3applicationcredential",
        "application_credential_id": credential.id,
        "application_credential_secret": credential.secret,
    }
    return at_keystone(world.by_credential.identity, **values)
