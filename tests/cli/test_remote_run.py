# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C while a run of a service is shown: once, twice, and where the service does not hear it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
from tests.web.samples import RUN, run

from stackloom.cli.progress import Progress
from stackloom.cli.remote_run import _until_left
from stackloom.errors import Conflict, Interrupted, ServerFault

Cancel = Callable[[], Coroutine[Any, Any, None]]


class _Lines:
    """Takes lines for a person; tells who shows the run that one has come."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.heard = asyncio.Event()

    def line(self, text: str) -> None:
        self.told.append(text)
        self.heard.set()


async def _hears() -> None:
    """Be a service that takes it."""


async def _has_ended() -> None:
    raise Conflict("it has ended already")


async def _is_broken() -> None:
    raise ServerFault("broken")


async def _is_away() -> None:
    await asyncio.Event().wait()


def _shown(presses: int, cancel: Cancel | None) -> list[str]:
    """Press Ctrl-C some times while a run is shown, which then ends; return what is told."""

    async def told() -> list[str]:
        lines = _Lines()

        async def show() -> None:
            for _ in range(presses):
                lines.heard.clear()
                signal.raise_signal(signal.SIGINT)
                await lines.heard.wait()
            for _ in range(5):  # what was begun meanwhile comes to its end
                await asyncio.sleep(0)

        async with asyncio.timeout(30):
            await _until_left(run(), show(), cast("Progress", lines), cancel)
        return lines.told

    return asyncio.run(told())


_STOPPING = "stopping: waiting for what is under way (Ctrl-C again leaves it alone)"


@pytest.mark.parametrize(
    ("presses", "cancel", "told"),
    [
        (0, _hears, []),
        (1, _hears, [_STOPPING]),
        (1, _has_ended, [_STOPPING]),
        (1, _is_broken, [_STOPPING, "it could not be cancelled: broken"]),
    ],
)
def test_the_first_cancels_and_the_end_is_seen(
    presses: int, cancel: Cancel, told: list[str]
) -> None:
    """Also where cancelling does not work: it goes on, and so does what is shown."""
    assert _shown(presses, cancel) == told


@pytest.mark.parametrize(("presses", "cancel"), [(2, _is_away), (1, None)])
def test_the_last_leaves_the_run_alone(presses: int, cancel: Cancel | None) -> None:
    """It is said how it is watched again."""
    with pytest.raises(Interrupted, match=f"run {RUN} goes on without anybody watching") as caught:
        _shown(presses, cancel)
    assert caught.value.hint == f"to watch it again: stackloom watch {RUN} --server URL"
