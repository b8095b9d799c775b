# SPDX-License-Identifier: Apache-2.0
"""Coroutines without an event loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from stackloom.transport.blocking import AloneTurns, blocking_sleep, run_alone


def test_a_coroutine_that_waits_for_nobody_runs_without_a_loop() -> None:
    """Its awaits, turns and pauses all happen at once, and its result comes back."""

    async def inner() -> int:
        async with AloneTurns(1):
            await blocking_sleep(0.0)
            return 20

    async def outer() -> int:
        return await inner() + 1

    assert run_alone(outer()) == 21


def test_its_error_comes_out_as_it_is() -> None:
    """Nothing is wrapped around it."""

    async def fails() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        run_alone(fails())


def test_one_that_needs_a_loop_is_a_mistake_of_ours() -> None:
    """It is closed, and told at once instead of hanging."""

    async def waits() -> None:
        await asyncio.sleep(0)

    with pytest.raises(AssertionError, match="only an event loop could bring"):
        run_alone(waits())


def test_asyncio_is_not_imported_for_it() -> None:
    """That is what it is for: asyncio costs a quarter of a quick command."""
    program = "import sys, stackloom.cli.connection; print('asyncio' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "False\n"
