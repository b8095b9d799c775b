# SPDX-License-Identifier: Apache-2.0
"""Show what the local cloud is doing while it comes up or goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stackloom.cli.command import Invocation
from stackloom.cli.progress import Progress
from stackloom.local.progress import Event, Phase, ProgramReady, Remark, Report


@contextmanager
def local_report(invocation: Invocation) -> Iterator[Report]:
    """Give out what ``lifecycle`` reports to, for the length of a ``with``."""
    progress = Progress(invocation)

    def report(event: Event, /) -> None:
        if isinstance(event, Phase) and event.state == "started":
            progress.begin(event.text)
        elif isinstance(event, Phase):
            progress.end(event.text)
            progress.line(f"  {event.text}  {event.seconds or 0.0:.1f} s")
        elif isinstance(event, ProgramReady):
            progress.line(f"    {event.program} answers  {event.seconds:.1f} s")
        elif isinstance(event, Remark):
            progress.line(f"  {event.text}")

    with progress.running():
        yield report
