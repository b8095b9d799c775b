# SPDX-License-Identifier: Apache-2.0
"""Run a coroutine with the cloud that the options name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from stackloom.cli.command import Invocation
from stackloom.cloud.cloud import Cloud, connect
from stackloom.cloud_choice import choose_cloud

T = TypeVar("T")


def with_cloud(invocation: Invocation, work: Callable[[Cloud], Awaitable[T]]) -> T:
    """Connect, await *work* with the cloud, and close; say on stderr which cloud was chosen."""
    given = invocation.cloud_options
    if invocation.options.insecure:
        given.settings["insecure"] = "true"
    config = choose_cloud(
        given.settings,
        invocation.environment,
        cloud_name=given.cloud,
        note=invocation.talk,
    )

    async def run() -> T:
        async with connect(config, environment=invocation.environment) as cloud:
            return await work(cloud)

    return asyncio.run(run())
