# SPDX-License-Identifier: Apache-2.0
"""Files with holes: a volume of a terabyte takes no room until somebody writes into it.

Knows nothing about the services.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

GIB = 1 << 30
_PIECE = 1 << 20


def resize(path: Path, size_gib: int) -> None:
    """Create the file or change its size; what is new is a hole."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, size_gib * GIB)
    finally:
        os.close(descriptor)


def copy(source: Path, target: Path) -> None:
    """Copy what is written, leave out the holes, keep the size."""
    with source.open("rb") as read, target.open("wb") as write:
        copy_open(read.fileno(), write.fileno())


def copy_open(source: int, target: int) -> None:
    """Copy between open files, both from their beginning."""
    size = os.fstat(source).st_size
    for start, end in extents(source):
        for at in range(start, end, _PIECE):
            os.pwrite(target, os.pread(source, min(_PIECE, end - at), at), at)
    os.ftruncate(target, max(size, os.fstat(target).st_size))


def extents(descriptor: int) -> Iterator[tuple[int, int]]:
    """Find where something was written: ``(first byte, byte after the last)``."""
    end = 0
    while True:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            # There is nothing but a hole from there on.
            if error.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end
