# SPDX-License-Identifier: Apache-2.0
"""Tell the services' own requests from those of outside clients.

A service connects from 127.0.0.2, an address of the loopback interface like all of 127/8, and
everybody else from 127.0.0.1 unless they choose otherwise. So whoever accepts a connection knows,
before anything is read. Knows nothing about what is done with it.
"""

from __future__ import annotations

import errno
import socket
from typing import Any

ADDRESS = "127.0.0.2"
_LOOPBACK = "127."


def install() -> None:
    """Let every connection that this process opens to the loopback interface come from there."""
    connect = socket.socket.connect

    def connect_from_inside(self: socket.socket, address: Any) -> None:
        if (
            self.family == socket.AF_INET
            and self.type == socket.SOCK_STREAM
            and isinstance(address, tuple)
            and str(address[0]).startswith(_LOOPBACK)
        ):
            _bind(self)
        connect(self, address)

    socket.socket.connect = connect_from_inside  # type: ignore[method-assign, assignment]


def _bind(connection: socket.socket) -> None:
    """Take the address, and leave the port to the kernel until the connection is made."""
    if connection.getsockname()[0] != "0.0.0.0":  # noqa: S104 - "not bound yet", in the kernel's words
        return
    try:
        connection.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
        connection.bind((ADDRESS, 0))
    except OSError as error:
        # A sandbox with one loopback address only: then inside counts as outside.
        if error.errno not in {errno.EADDRNOTAVAIL, errno.EINVAL, errno.ENOPROTOOPT}:
            raise


# linux/in.h; in Python's socket module from 3.12 on.
_BIND_ADDRESS_NO_PORT = 24


def is_internal(address: str | None) -> bool:
    """Tell whether a connection that comes from there is a service's own."""
    return address == ADDRESS
