# SPDX-License-Identifier: Apache-2.0
"""Bodies too large for memory: what goes out piece by piece, and where what comes in is put."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from stackloom.errors import UsageError

# Large enough that the pieces do not cost more than the bytes, small enough to show progress.
PIECE_BYTES = 256 * 1024


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A body in pieces.

    Attributes:
        pieces: begins anew each time, because a request may have to be sent again.
        length: how many bytes they are in all.
    """

    pieces: Callable[[], Iterator[bytes]]
    length: int


def file_upload(path: str, *, tell: Callable[[int], None] = lambda _bytes: None) -> Upload:
    """Return a file as a body in pieces.

    Args:
        tell: is given the size of each piece as it goes out, and 0 when it begins anew.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with open(path, "rb") as opened:  # noqa: PTH123 - pathlib is not loaded on every path here
            length = os.fstat(opened.fileno()).st_size
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error

    def pieces() -> Iterator[bytes]:
        tell(0)
        with open(path, "rb") as opened:  # noqa: PTH123
            while piece := opened.read(PIECE_BYTES):
                tell(len(piece))
                yield piece

    return Upload(pieces=pieces, length=length)


class Sink(Protocol):
    """Where the body of a good answer is put; the answer itself is then empty.

    What it raises goes up to whoever asked.
    """

    def begin(self) -> None:
        """Forget what came so far: a request that was cut off is sent again."""

    def write(self, piece: bytes) -> None:
        """Take the next piece."""


def is_streamed(status: int) -> bool:
    """Tell whether an answer goes to the sink: a refusal is read as any other answer."""
    return 200 <= status < 300
