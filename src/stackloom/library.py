# SPDX-License-Identifier: Apache-2.0
"""The front for programs: ``stackloom.connect`` and, for plain scripts, ``connect_sync``.

Both give the same object, one attribute a kind; it only opens a cloud and hands its parts out. The
attributes are in ``kinds.py``, which ``scripts/docs`` writes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from stackloom.auth.config import CloudConfig
from stackloom.auth.settings import NAMES
from stackloom.auth.token import Token
from stackloom.cloud import cloud as clouds
from stackloom.cloud.cloud import Cloud, Query
from stackloom.cloud_choice import choose_cloud
from stackloom.errors import UsageError
from stackloom.kinds import Kinds, SyncKinds
from stackloom.transport.blocking import run_alone
from stackloom.transport.client import Answer

log = logging.getLogger(__name__)


class AsyncCloud(Kinds):
    """A cloud for programs with an event loop; made by ``connect``."""

    @property
    def core(self) -> Cloud:
        """What the verbs of ``stackloom.cloud`` take."""
        return self._cloud

    async def token(self) -> Token:
        """Return the token in use, logging in where there is none yet."""
        return await self._cloud.token()

    async def request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        microversion: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send any request with token and endpoint filled in; see ``cloud.Cloud.request``."""
        return await self._cloud.request(
            service,
            method,
            path,
            query=query,
            body=body,
            microversion=microversion,
            headers=headers,
        )


class SyncCloud(SyncKinds):
    """A cloud for plain scripts; made by ``connect_sync``. Not for several threads."""

    @property
    def core(self) -> Cloud:
        """What the verbs of ``stackloom.cloud`` take, inside ``transport.blocking.run_alone``."""
        return self._cloud

    def token(self) -> Token:
        """Return the token in use, logging in where there is none yet."""
        return run_alone(self._cloud.token())

    def request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        microversion: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send any request with token and endpoint filled in; see ``cloud.Cloud.request``."""
        return run_alone(
            self._cloud.request(
                service,
                method,
                path,
                query=query,
                body=body,
                microversion=microversion,
                headers=headers,
            )
        )


@asynccontextmanager
async def connect(
    cloud: str = "", *, environment: Mapping[str, str] = os.environ, **settings: str | bool
) -> AsyncIterator[AsyncCloud]:
    """Open a cloud for the length of an ``async with``; nothing is sent before it is needed.

    Args:
        cloud: its name in ``clouds.yaml``; without one, *settings* and ``OS_*`` say which is meant,
            and where they say nothing it is the local cloud.
        settings: what ``OS_*`` variables would say, in lower case and without ``OS_``:
            ``auth_url="…", username="…"``. They win.

    Raises:
        UsageError: no such setting, no such cloud, or they do not add up.
    """
    config = _config(cloud, settings, environment)
    async with clouds.connect(config, environment=environment) as core:
        yield AsyncCloud(core)


@contextmanager
def connect_sync(
    cloud: str = "", *, environment: Mapping[str, str] = os.environ, **settings: str | bool
) -> Iterator[SyncCloud]:
    """Open a cloud for the length of a ``with``, without an event loop; see ``connect``."""
    config = _config(cloud, settings, environment)
    opened = clouds.connect_alone(config, environment=environment)
    core = run_alone(opened.__aenter__())
    try:
        yield SyncCloud(core)
    finally:
        run_alone(opened.__aexit__(None, None, None))


def _config(
    cloud: str, settings: Mapping[str, str | bool], environment: Mapping[str, str]
) -> CloudConfig:
    if unknown := sorted(set(settings) - set(NAMES)):
        raise UsageError(
            f"connect() knows no setting {', '.join(unknown)}",
            hint=f"there are: {', '.join(NAMES)}",
        )
    options = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in settings.items()
    }
    return choose_cloud(
        options, environment, cloud_name=cloud, note=lambda text: log.info("%s", text)
    )
