# SPDX-License-Identifier: Apache-2.0
"""Find free ports and keep them: they are bound here and handed on, so nobody can come between."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable

from stackloom.errors import LocalCloudError

LOOPBACK = "127.0.0.1"
_FIRST = 20_100
_LAST = 29_900
# Room for services to come: each cloud has this many ports in a row.
BLOCK = 20


def claim(
    offsets: Collection[int], *, preferred: int, taken: Collection[int]
) -> list[socket.socket]:
    """Bind one socket for each offset, all in one block, and return them in that order.

    Args:
        preferred: the first port of the block to try first; 0 for none.
        taken: first ports of blocks that belong to other clouds.

    Raises:
        LocalCloudError: no block is free.
    """
    for first in _candidates(preferred, taken):
        sockets = _bind_all(first + offset for offset in offsets)
        if sockets:
            return sockets
    raise LocalCloudError(
        f"no {BLOCK} free ports in a row between {_FIRST} and {_LAST}",
        hint="stop some of the programs that listen there",
    )


def _candidates(preferred: int, taken: Collection[int]) -> Iterable[int]:
    if preferred:
        yield preferred
    for first in range(_FIRST, _LAST, BLOCK):
        if first not in taken and first != preferred:
            yield first


def _bind_all(ports: Iterable[int]) -> list[socket.socket]:
    """Bind all, or none and return an empty list."""
    bound: list[socket.socket] = []
    for port in ports:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.append(listening)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Without it an answer in two pieces, head and body, is held back
        # for 40 ms by Nagle's rule and the client's delayed acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listening.bind((LOOPBACK, port))
            listening.listen(256)
        except OSError:
            for each in bound:
                each.close()
            return []
    return bound
