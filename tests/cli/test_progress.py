# SPDX-License-Identifier: Apache-2.0
"""The line that lives while something is going on."""

from __future__ import annotations

import io
from argparse import Namespace
from threading import Event

from stackloom.cli.command import Invocation
from stackloom.cli.progress import Progress


class Terminal(io.StringIO):
    """Says that it is one, and when the first line that lives was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = Event()

    def isatty(self) -> bool:
        """Be a terminal."""
        return True

    def write(self, text: str) -> int:
        """Note the first frame."""
        if " 0 s" in text:
            self.drawn.set()
        return super().write(text)


def _progress(stderr: io.StringIO, *, quiet: bool = False) -> Progress:
    return Progress(Invocation(options=Namespace(quiet=quiet), stderr=stderr))


def test_without_a_terminal_only_finished_lines_are_written() -> None:
    """A log has no use for what lives."""
    stderr = io.StringIO()
    progress = _progress(stderr)
    with progress.running():
        progress.begin("network.blue")
        progress.line("  + network.blue  created")
        progress.end("network.blue")
        progress.end("network.blue")
    assert stderr.getvalue() == "  + network.blue  created\n"


def test_on_a_terminal_a_line_says_what_is_under_way() -> None:
    """Three at most, the rest is counted; it is gone at the end."""
    terminal = Terminal()
    progress = _progress(terminal)
    with progress.running():
        for name in ("a", "b", "c", "d", "e"):
            progress.begin(name)
        assert terminal.drawn.wait(5)
        progress.line("  + a  created")
    said = terminal.getvalue()
    assert "  ⠋ a 0 s, b 0 s, c 0 s and 2 more" in said
    assert "\r\x1b[K  + a  created\n" in said
    assert said.endswith("\r\x1b[K")


def test_quiet_is_quiet_on_a_terminal_too() -> None:
    """Neither lines that live nor lines that stay."""
    terminal = Terminal()
    progress = _progress(terminal, quiet=True)
    with progress.running():
        progress.begin("a")
        progress.line("  + a  created")
    assert terminal.getvalue() == ""


def test_nothing_under_way_is_an_empty_line() -> None:
    """Between two steps there is nothing to say."""
    terminal = Terminal()
    with _progress(terminal).running():
        pass
    assert terminal.getvalue().replace("\r\x1b[K", "") == ""
