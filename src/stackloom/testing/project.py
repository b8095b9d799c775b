# SPDX-License-Identifier: Apache-2.0
"""A project and a user for one test: made, handed out, looked through, taken away."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackloom.cloud.cloud import Cloud
from stackloom.local import files
from stackloom.testing import stacks
from stackloom.testing.leftovers import (
    SORTS,
    Owner,
    Sort,
    leftovers,
    remove,
    remove_default_groups,
)
from stackloom.testing.login import Login

_ROLE = "member"
_DOMAIN = "Default"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStackProject(Login):
    """A project of one test. As a login it is its only user, a plain member.

    Attributes:
        admin: the administrator of the cloud, for what a member may not.
        id: of the project.
        name: of the project, and of the user.
        user_id: of the user.
        domain_name: of both.
    """

    admin: Login
    id: str
    name: str
    user_id: str
    domain_name: str

    def leftovers(self) -> list[str]:
        """Say what is in the project now, such as ``server "web" (4f0c…)``."""

        async def look(cloud: Cloud) -> list[str]:
            return [
                str(each)
                async for there, sorts in self._looks(cloud)
                for each in await leftovers(there, self._owner, sorts)
            ]

        return self.admin.run(look)

    def take_away(self) -> list[str]:
        """Remove project, user and all that is left; say what that was."""

        async def work(cloud: Cloud) -> list[str]:
            told: list[str] = []
            stuck: set[str] = set()
            async for there, sorts in self._looks(cloud):
                found = await leftovers(there, self._owner, sorts)
                stuck |= {each.id for each in await remove(there, self._owner, found, sorts)}
                told += [
                    f"{e}, which cannot be removed" if e.id in stuck else str(e) for e in found
                ]
            if not stuck:
                await remove_default_groups(cloud, self._owner)
                await cloud.request("identity", "DELETE", f"/v3/users/{self.user_id}")
                await cloud.request("identity", "DELETE", f"/v3/projects/{self.id}")
            return told

        return self.admin.run(work)

    @property
    def _owner(self) -> Owner:
        return Owner(project=self.id, user=self.user_id)

    async def _looks(self, cloud: Cloud) -> AsyncIterator[tuple[Cloud, Sequence[Sort]]]:
        """Yield who is to look for what, in this order: a stack may own what comes after it."""
        if await stacks.may_be_there(cloud):
            await stacks.let_in(cloud, self._owner)
            async with self.admin.in_project(self.id).alone() as inside:
                yield inside, stacks.STACKS
        yield cloud, SORTS


def project_of_a_test(admin: Login, directory: Path) -> OpenStackProject:
    """Make a fresh project; the caller takes it away when the test has ended.

    Args:
        directory: where its ``clouds.yaml`` is written.
    """
    name = f"test-{secrets.token_hex(4)}"
    password = secrets.token_urlsafe(24)

    async def make(cloud: Cloud) -> tuple[str, str]:
        domain = await _id_of(cloud, "domains", _DOMAIN)
        project_spec = {"name": name, "domain_id": domain}
        project = await _created(cloud, "project", project_spec)
        user_spec = {**project_spec, "password": password, "default_project_id": project}
        user = await _created(cloud, "user", user_spec)
        role = await _id_of(cloud, "roles", _ROLE)
        await cloud.request("identity", "PUT", f"/v3/projects/{project}/users/{user}/roles/{role}")
        return project, user

    project, user = admin.run(make)
    environment = _environment(admin, name, password)
    path = directory / "clouds.yaml"
    files.write(path, json.dumps({"clouds": {name: _entry(environment)}}, indent=2) + "\n")
    return OpenStackProject(
        cloud_name=name,
        clouds_yaml=path,
        environment={**environment, "OS_CLIENT_CONFIG_FILE": str(path)},
        admin=admin,
        id=project,
        name=name,
        user_id=user,
        domain_name=_DOMAIN,
    )


def _environment(admin: Login, name: str, password: str) -> dict[str, str]:
    kept = ("AUTH_TYPE", "AUTH_URL", "IDENTITY_API_VERSION", "REGION_NAME", "INTERFACE")
    return {f"OS_{each}": admin.environment[f"OS_{each}"] for each in kept} | {
        "OS_USERNAME": name,
        "OS_PASSWORD": password,
        "OS_USER_DOMAIN_NAME": _DOMAIN,
        "OS_PROJECT_NAME": name,
        "OS_PROJECT_DOMAIN_NAME": _DOMAIN,
    }


def _entry(environment: Mapping[str, str]) -> dict[str, object]:
    """Return the same as an entry of a ``clouds.yaml``."""
    beside = ("auth_type", "region_name", "identity_api_version", "interface")
    values = {key.removeprefix("OS_").lower(): value for key, value in environment.items()}
    auth = {key: value for key, value in values.items() if key not in beside}
    return {"auth": auth} | {key: values[key] for key in beside}


async def _created(cloud: Cloud, kind: str, spec: Mapping[str, object]) -> str:
    answer = await cloud.request("identity", "POST", f"/v3/{kind}s", body={kind: spec})
    return str(json.loads(answer.body)[kind]["id"])


async def _id_of(cloud: Cloud, kinds: str, name: str) -> str:
    answer = await cloud.request("identity", "GET", f"/v3/{kinds}", query={"name": name})
    return str(json.loads(answer.body)[kinds][0]["id"])
