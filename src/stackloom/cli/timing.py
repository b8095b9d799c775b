# SPDX-License-Identifier: Apache-2.0
"""``--timing``: how long each request of a command took, as a table on stderr at its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from stackloom.cli.output import format_table
from stackloom.transport.exchange import TIMING_LOG


class _Collector(logging.Handler):
    """Keeps the URL and the seconds of each request."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one request."""
        assert isinstance(record.args, tuple), "the exchange gives method, URL and seconds"
        method, url, seconds = record.args
        assert isinstance(seconds, float), "the exchange gives seconds last"
        self.rows.append((f"{method} {url}", seconds))


@contextmanager
def timed(stream: TextIO) -> Iterator[None]:
    """Write the table to *stream* after a ``with``, also where it ends with an error."""
    collector = _Collector()
    timing = logging.getLogger(TIMING_LOG)
    before = timing.level
    timing.addHandler(collector)
    timing.setLevel(logging.INFO)
    try:
        yield
    finally:
        timing.removeHandler(collector)
        timing.setLevel(before)
        total = sum(seconds for _, seconds in collector.rows)
        rows = [(url, f"{seconds:.6f}") for url, seconds in (*collector.rows, ("Total", total))]
        stream.write(format_table(["URL", "Seconds"], rows) + "\n")
