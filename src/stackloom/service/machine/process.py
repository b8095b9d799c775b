# SPDX-License-Identifier: Apache-2.0
"""The frame of a process of the service: settings, log, signals, errors in words.

The first SIGTERM or SIGINT asks the process to end, the second ends it at once: whatever it had
under way is taken over from where it stood.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable

from stackloom.errors import StackloomError
from stackloom.service.logging import set_up_logging
from stackloom.service.machine.notice import tell_failed
from stackloom.service.settings import ServiceSettings
from stackloom.service.settings_sources import read_settings

log = logging.getLogger(__name__)
SIGNALS = (signal.SIGTERM, signal.SIGINT)
Body = Callable[[ServiceSettings, asyncio.Event], Awaitable[None]]
LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def run_child(body: Body, *, loop_factory: LoopFactory | None = None) -> None:
    """Run one of the processes that ``serve`` starts, and end this one with its exit code."""
    try:
        settings = read_settings(os.environ).usable()
        set_up_logging(settings.log)
        run_until_signal(body, settings, loop_factory=loop_factory)
    except StackloomError as error:
        if not tell_failed(error):
            log.error("%s%s", error, f" ({error.hint})" if error.hint else "")
        _leave(error.exit_code)
    except Exception:
        log.exception("a mistake in stackloom itself")
        _leave(1)
    _leave(0)


def run_until_signal(
    body: Body, settings: ServiceSettings, *, loop_factory: LoopFactory | None = None
) -> None:
    """Run *body*, which is told by the event that it should end.

    Raises:
        StackloomError: what the body raised; the first of what its tasks did.
    """
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            runner.run(_with_signals(body, settings))
        except ExceptionGroup as group:
            raise first_of(group) from None


def first_of(error: Exception) -> Exception:
    """Return one reason: what failed beside it has the same, or ended because of it."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


async def _with_signals(body: Body, settings: ServiceSettings) -> None:
    stop = asyncio.Event()

    def ask_to_end(number: signal.Signals) -> None:
        if stop.is_set():
            log.warning("a second %s: this ends at once", number.name)
            _leave(128 + number)
        log.info("%s: this ends when what is under way has come to a safe point", number.name)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, ask_to_end, number)
    await body(settings, stop)


def _leave(code: int) -> None:
    """End this process without waiting for threads: nothing of theirs is needed any more."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
