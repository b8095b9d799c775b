# SPDX-License-Identifier: Apache-2.0
"""An address to listen at: what it says, whether others can reach it, and taking it."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from stackloom.errors import BadConfig, NotServed
from stackloom.service.settings_sources import shown_name, variable

_BACKLOG = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Host and port; port 0 takes any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_address(text: str) -> Address:
    """Return the address that ``host:port`` or ``[host]:port`` says.

    Raises:
        BadConfig: it says none.
    """
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        colon = ""
    if not host or not colon or not port.isdecimal() or int(port) > 65535:
        raise BadConfig(f'"{text}" is no address', hint="host:port, or [host]:port for IPv6")
    return Address(host=host, port=int(port))


def bound(address: Address, *, setting: str) -> socket.socket:
    """Take an address and listen there; connections wait until somebody accepts them.

    Args:
        setting: the one that names it, ``server.listen``.

    Raises:
        NotServed: it is taken, or none of this machine's.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # With the protocol said: asyncio sends small answers at once only then, else 40 ms later.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # What of the last process is in TIME_WAIT does not keep the next one from starting.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise NotServed(
            f"{shown_name(setting)}: {address} cannot be listened at: {error.strerror or error}",
            hint=f"name another address ({variable(setting)}); port 0 takes any that is free",
        ) from error
    return listener


def address_of(listener: socket.socket) -> Address:
    """Return where somebody listens, with the port that was taken."""
    host, port = listener.getsockname()[:2]
    return Address(host=host, port=port)
