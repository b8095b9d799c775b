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
from stackloom.errors import BadConfig
from stackloom.transport.blocking import run_alone

T = TypeVar("T")


def with_cloud(invocation: Invocation, work: Callable[[Cloud], Awaitable[T]]) -> T:
    """Connect, await *work* with the cloud, and close; for several things at once."""
    import asyncio

    config = chosen_config(invocation)

    async def run() -> T:
        async with connect(config, environment=invocation.environment) as cloud:
            return await work(cloud)

    return asyncio.run(run())


def ask_cloud(
    invocation: Invocation,
    work: Callable[[Cloud], Awaitable[T]],
    *,
    config: CloudConfig | None = None,
) -> T:
    """Do the same without an event loop, which is quicker to start; for one question at a time.

    A request blocks the interpreter, which would look at a Ctrl-C only after it; nothing can be
    left half-made here, so Ctrl-C ends the process at once.

    Args:
        config: the cloud, where the caller has chosen it already.
    """
    import signal

    config = config or chosen_config(invocation)

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


def chosen_config(invocation: Invocation) -> CloudConfig:
    """Return the cloud that the options name; a password that is missing is asked for."""
    settings = cloud_settings(invocation)
    try:
        config = cloud_config(settings)
    except BadConfig:
        from stackloom.cli.password import with_password

        config = cloud_config(with_password(invocation, settings))
    return replace(config, cache_tokens=False) if invocation.options.no_cache else config
