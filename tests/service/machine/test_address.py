# SPDX-License-Identifier: Apache-2.0
"""Addresses to listen at: what they say, and who can reach them."""

from __future__ import annotations

import pytest

from stackloom.errors import BadConfig, NotServed
from stackloom.service.machine.address import Address, address_of, bound, read_address


@pytest.mark.parametrize(
    ("text", "host", "port", "is_loopback"),
    [
        ("127.0.0.1:80", "127.0.0.1", 80, True),
        ("127.9.9.9:0", "127.9.9.9", 0, True),
        ("[::1]:65535", "::1", 65535, True),
        ("localhost:1", "localhost", 1, True),
        ("0.0.0.0:1", "0.0.0.0", 1, False),
        ("[::]:1", "::", 1, False),
        ("stackloom.example:1", "stackloom.example", 1, False),
        ("127.0.0.1.example:1", "127.0.0.1.example", 1, False),
    ],
)
def test_an_address(text: str, host: str, port: int, is_loopback: bool) -> None:
    """It is written as it is read."""
    address = read_address(text)
    assert (address, str(address)) == (Address(host=host, port=port), text)
    assert address.is_loopback is is_loopback


@pytest.mark.parametrize(
    "text", ["", "80", ":80", "host", "host:", "host:x", "host:65536", "::1:80", "[]:1", "h:-1"]
)
def test_none(text: str) -> None:
    """An empty host would be every one, which has to be said."""
    with pytest.raises(BadConfig) as caught:
        read_address(text)
    assert str(caught.value) == f'"{text}" is no address'


@pytest.mark.parametrize("text", ["127.0.0.1:0", "[::1]:0"])
def test_a_port_is_taken(text: str) -> None:
    """Whoever comes next is told which setting it was."""
    with bound(read_address(text), setting="server.listen") as listener:
        taken = address_of(listener)
        assert taken.port > 0
        with pytest.raises(NotServed) as caught:
            bound(taken, setting="server.listen")
    assert str(caught.value) == (
        f"[server] listen: {taken} cannot be listened at: Address already in use"
    )
