# SPDX-License-Identifier: Apache-2.0
"""Find free ports and keep them: they are bound here and handed on, so nobody can come between."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Mapping

from stackloom.errors import LocalCloudError, UsageError

LOOPBACK = "127.0.0.1"
_FIRST = 20_100
_LAST = 29_900
_HIGHEST = 65_535
# Room for services to come: each cloud has this many ports in a row.
BLOCK = 20


def check(offset_by_name: Mapping[str, int], *, first: int, own: Collection[int]) -> None:
    """See that the ports from *first* on could be had by a cloud that has *own* until then.

    Raises:
        UsageError: there are no such ports.
        LocalCloudError: another program has one of them.
    """
    others = {name: each for name, each in offset_by_name.items() if first + each not in own}
    for bound in claim_at(others, first=first) if others else ():
        bound.close()


def claim_at(offset_by_name: Mapping[str, int], *, first: int) -> list[socket.socket]:
    """Bind one socket for each offset from *first* on, and return them in that order.

    Raises:
        UsageError: there are no such ports.
        LocalCloudError: another program has one of them.
    """
    last = first + max(offset_by_name.values())
    if first < 1 or last > _HIGHEST:
        raise UsageError(
            f"ports {first} to {last} cannot be had: a port is a number from 1 to {_HIGHEST}",
            hint=f"choose another --port-base; a cloud takes up to {BLOCK} ports in a row",
        )
    bound: list[socket.socket] = []
    for name, offset in offset_by_name.items():
        try:
            bound.append(_bind(first + offset))
        except OSError as error:
            for each in bound:
                each.close()
            raise LocalCloudError(
                f"port {first + offset}, which is {name}'s with --port-base {first},"
                f" cannot be had: {error.strerror}",
                hint="end the program that listens there (`ss -ltnp` shows it),"
                " or choose another --port-base",
            ) from error
    return bound


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
        try:
            bound.append(_bind(port))
        except OSError:
            for each in bound:
                each.close()
            return []
    return bound


def _bind(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Without it an answer in two pieces, head and body, is held back
        # for 40 ms by Nagle's rule and the client's delayed acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(256)
    except OSError:
        listening.close()
        raise
    return listening
