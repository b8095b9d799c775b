# SPDX-License-Identifier: Apache-2.0
"""Show that something is going on: finished lines stay, and on a terminal one line below lives.

Without a terminal only finished lines are written.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from stackloom.cli.command import Invocation

_TICK_SECONDS = 0.2
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Progress:
    """One line that says what is under way, redrawn from a thread of its own.

    A thread, so that the line lives while the event loop is busy.

    Args:
        summary: what stands before it, such as how much is done.
    """

    def __init__(self, invocation: Invocation, *, summary: Callable[[], str] = lambda: "") -> None:
        self._invocation = invocation
        self._summary = summary
        self._live = invocation.stderr.isatty() and not invocation.options.quiet
        self._lock = Lock()
        self._doing: dict[str, float] = {}
        self._ended = Event()

    def begin(self, what: str) -> None:
        """Note that *what* is under way."""
        with self._lock:
            self._doing.setdefault(what, time.monotonic())

    def end(self, what: str) -> None:
        """Note that *what* is over."""
        with self._lock:
            self._doing.pop(what, None)

    def line(self, text: str) -> None:
        """Write a line that stays."""
        with self._lock:
            self._clear()
            self._invocation.talk(text)

    def _clear(self) -> None:
        if self._live:
            self._invocation.stderr.write("\r\x1b[K")

    def _redraw(self) -> None:
        frame = 0
        while not self._ended.wait(_TICK_SECONDS):
            with self._lock:
                text = self._text(_FRAMES[frame % len(_FRAMES)])
                self._clear()
                self._invocation.stderr.write(text)
                self._invocation.stderr.flush()
            frame += 1

    def _text(self, frame: str) -> str:
        summary = self._summary()
        if not self._doing:
            return f"  {frame} {summary}" if summary else ""
        now = time.monotonic()
        parts = [f"{what} {now - since:.0f} s" for what, since in list(self._doing.items())[:3]]
        more = f" and {len(self._doing) - 3} more" if len(self._doing) > 3 else ""
        begun = f"{summary}; " if summary else ""
        return f"  {frame} {begun}{', '.join(parts)}{more}"[: self._width()]

    def _width(self) -> int:
        """Return what fits into a line: what wraps cannot be redrawn."""
        return shutil.get_terminal_size((100, 24)).columns - 1

    @contextmanager
    def running(self) -> Iterator[Progress]:
        """Redraw for the length of a ``with``."""
        thread = Thread(target=self._redraw, daemon=True) if self._live else None
        if thread:
            thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            if thread:
                thread.join()
            self._clear()
