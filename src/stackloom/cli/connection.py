# SPDX-License-Identifier: Apache-2.0
"""Run a coroutine with the cloud that the options name, on an event loop or without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec.structs import replace

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.settings import Settings
from stackloom.cli.command import Invocation
from stackloom.cloud.cloud import Cloud, connect, connect_alone
from stackloom.cloud_choice import choose_settings
from stackloom.transport.blocking import run_alone

T = TypeVar("T")


def with_cloud(invocation: Invocation, work: Callable[[Cloud], Awaitable[T]]) -> T:
    """Connect, await *work* with the cloud, and close; for several things at once."""
    import asyncio

    config = _config(invocation)

    async def run() -> T:
        async with connect(config, environment=invocation.environment) as cloud:
            return await work(cloud)

    return asyncio.run(run())


def ask_cloud(invocation: Invocation, work: Callable[[Cloud], Awaitable[T]]) -> T:
    """Do the same without an event loop, which is quicker to start; for one question at a time.

    A request blocks the interpreter, which would look at a Ctrl-C only after it; nothing can be
    left half-made here, so Ctrl-C ends the process at once.
    """
    import signal

    config = _config(invocation)

    async def run() -> T:
        async with connect_alone(config, environment=invocation.environment) as cloud:
            return await work(cloud)

    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return run_alone(run())
    finally:
        signal.signal(signal.SIGINT, before)


def cloud_settings(invocation: Invocation) -> Settings:
    """Choose the cloud, and say on stderr which one where none was named."""
    given = invocation.cloud_options
    if invocation.options.verify:
        given.settings |= {"verify": "true", "insecure": "false"}
    if invocation.options.insecure:
        given.settings["insecure"] = "true"
    return choose_settings(
        given.settings, invocation.environment, cloud_name=given.cloud, note=invocation.talk
    )


def _config(invocation: Invocation) -> CloudConfig:
    config = cloud_config(cloud_settings(invocation))
    return replace(config, cache_tokens=False) if invocation.options.no_cache else config
