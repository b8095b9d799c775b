# SPDX-License-Identifier: Apache-2.0
"""The bytes of images: read from files and written to them piece by piece, with progress told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO, TextIO

from stackloom.cli.command import Invocation
from stackloom.errors import StackloomError, UsageError
from stackloom.transport.stream import Upload, file_upload

_MIB = 1024 * 1024


class Meter:
    """Tells on a terminal how far it is; says nothing elsewhere.

    Args:
        total: bytes in all; 0 where that is not known.
    """

    def __init__(self, stream: TextIO, what: str, total: int, *, shown: bool) -> None:
        self._stream = stream
        self._what = what
        self._total = total
        self._shown = shown
        self._done = 0
        self._told = ""

    def add(self, count: int) -> None:
        """Count bytes that went through."""
        self._done += count
        if not self._shown:
            return
        share = f" {self._done * 100 // self._total} %" if self._total else ""
        text = f"{self._what}:{share} {self._done // _MIB} MiB"
        if text != self._told:
            self._told = text
            self._stream.write(f"\r{text}")
            self._stream.flush()

    def restart(self) -> None:
        """Begin anew."""
        self._done = 0

    def end(self) -> None:
        """Leave the line."""
        if self._told:
            self._stream.write("\n")
            self._stream.flush()


def meter(invocation: Invocation, what: str, total: int) -> Meter:
    """Return what tells of progress, on a terminal and unless ``--quiet``."""
    shown = invocation.stderr.isatty() and not invocation.options.quiet
    return Meter(invocation.stderr, what, total, shown=shown)


def upload_of(file: Path, told: Meter) -> Upload:
    """Return a file as a body in pieces.

    Raises:
        UsageError: it cannot be read.
    """

    def tell(count: int) -> None:
        if count:
            told.add(count)
        else:
            told.restart()

    return file_upload(str(file), tell=tell)


class FileSink:
    """Puts what comes in into a file, which gets its name when all of it is there."""

    def __init__(self, file: Path, told: Meter) -> None:
        self._file = file
        self._partial = file.with_name(f"{file.name}.part")
        self._told = told
        self._opened: BinaryIO | None = None

    def begin(self) -> None:
        """Begin with an empty file."""
        self._told.restart()
        self._close()
        try:
            self._opened = self._partial.open("wb")
        except OSError as error:
            raise UsageError(f"--file: cannot make {self._partial}: {error.strerror}") from error

    def write(self, piece: bytes) -> None:
        """Add the next piece."""
        assert self._opened, "begin comes first"
        try:
            self._opened.write(piece)
        except OSError as error:
            raise StackloomError(f"cannot write {self._partial}: {error.strerror}") from error
        self._told.add(len(piece))

    def keep(self) -> None:
        """Give it its name: all of it is there. An image without bytes is an empty file."""
        if self._opened is None:
            self.begin()
        self._close()
        self._partial.replace(self._file)

    def drop(self) -> None:
        """Take away what there is of it."""
        self._close()
        self._partial.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._opened:
            self._opened.close()


class OutputSink:
    """Puts what comes in on stdout; what was written cannot be taken back."""

    def __init__(self) -> None:
        self._begun = False

    def begin(self) -> None:
        """Begin, once."""
        if self._begun:
            raise StackloomError(
                "the download broke off, and half of it is on stdout",
                hint="run it again with --file, which can begin anew",
            )
        self._begun = True

    def write(self, piece: bytes) -> None:
        """Write all of a piece, whatever stdout is."""
        sys.stdout.flush()
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]
