# SPDX-License-Identifier: Apache-2.0
"""One user in one scope of a cloud, in every form that a client may want.

Knows nothing about where the cloud comes from.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.settings import read_settings
from stackloom.cloud.cloud import Cloud, connect, connect_alone
from stackloom.transport.blocking import run_alone

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How to log in.

    Attributes:
        clouds_yaml: a file that only we can read, with an entry for this login.
        cloud_name: the name of that entry.
        environment: ``OS_*`` variables that mean the same, and ``OS_CLIENT_CONFIG_FILE``.
    """

    cloud_name: str
    clouds_yaml: Path
    environment: Mapping[str, str]

    def variables(self) -> dict[str, str]:
        """Return this process's variables with this login in place of any other."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        return own | dict(self.environment)

    def in_project(self, id: str) -> Login:
        """Return a login of the same user in another project, for our own client."""
        kept = {
            name: value
            for name, value in self.environment.items()
            if not name.startswith("OS_PROJECT_")
        }
        return Login(
            cloud_name=self.cloud_name,
            clouds_yaml=self.clouds_yaml,
            environment={**kept, "OS_PROJECT_ID": id},
        )

    def openstacksdk(self) -> dict[str, Any]:
        """Return what ``openstack.connect`` needs to log in so, whatever else is configured."""
        clouds = json.loads(self.clouds_yaml.read_text())["clouds"]
        entry: dict[str, Any] = clouds[self.cloud_name]
        return entry | {"load_yaml_config": False, "load_envvars": False}

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Cloud]:
        """Open stackloom's own client for the length of an ``async with``."""
        async with connect(self._config()) as cloud:
            yield cloud

    def run(self, work: Callable[[Cloud], Coroutine[Any, Any, T]]) -> T:
        """Do the work with stackloom's own client, without an event loop.

        Args:
            work: one request after the other; nothing at the same time.
        """

        async def run() -> T:
            async with self.alone() as cloud:
                return await work(cloud)

        return run_alone(run())

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Cloud]:
        """Open the client that ``run`` hands out, within the work of another login's ``run``."""
        async with connect_alone(self._config()) as cloud:
            yield cloud

    def _config(self) -> CloudConfig:
        settings = read_settings({}, self.environment)
        assert settings is not None, "a login names a cloud"
        # Users of tests are gone soon, and their tokens with them.
        return msgspec.structs.replace(cloud_config(settings), cache_tokens=False)
