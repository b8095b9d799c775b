# SPDX-License-Identifier: Apache-2.0
"""Free ports are found and kept."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import pytest

from stackloom.errors import LocalCloudError, UsageError
from stackloom.local import ports


def _close(sockets: Iterable[socket.socket]) -> None:
    for each in sockets:
        each.close()


def _numbers(sockets: Iterable[socket.socket]) -> list[int]:
    return [each.getsockname()[1] for each in sockets]


def test_ports_lie_in_one_block_and_on_the_loopback_interface() -> None:
    """In the order in which they were asked for."""
    sockets = ports.claim((0, 3, 1), preferred=0, taken=())
    first, fourth, second = _numbers(sockets)
    assert (fourth - first, second - first) == (3, 1)
    assert {each.getsockname()[0] for each in sockets} == {"127.0.0.1"}
    _close(sockets)


def test_answers_in_pieces_are_not_held_back() -> None:
    """A connection that is accepted sends at once: without that each request takes 40 ms more."""
    (listening,) = ports.claim((0,), preferred=0, taken=())
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    listening.close()


def test_the_ports_of_last_time_are_taken_again() -> None:
    """So that what was written down elsewhere stays right."""
    sockets = ports.claim((0, 1), preferred=0, taken=())
    before = _numbers(sockets)
    _close(sockets)
    again = ports.claim((0, 1), preferred=before[0], taken=())
    assert _numbers(again) == before
    _close(again)


def test_one_port_in_use_moves_the_whole_block() -> None:
    """The cloud's ports stay together."""
    sockets = ports.claim((0, 1), preferred=0, taken=())
    first = _numbers(sockets)[0]
    sockets[0].close()
    others = ports.claim((0, 1), preferred=first, taken=())
    assert _numbers(others)[0] != first
    _close([sockets[1], *others])


def test_blocks_of_other_clouds_are_left_alone() -> None:
    """Also while those clouds are down."""
    sockets = ports.claim((0,), preferred=0, taken=())
    first = _numbers(sockets)[0]
    _close(sockets)
    others = ports.claim((0,), preferred=0, taken=(first,))
    assert _numbers(others)[0] != first
    _close(others)


def test_no_free_block_is_said_so() -> None:
    """With the range that was tried."""
    with pytest.raises(LocalCloudError, match="no 20 free ports in a row between 20100"):
        ports.claim((0,), preferred=0, taken=range(20_100, 29_900))


def test_ports_that_are_asked_for_are_taken() -> None:
    """And no others."""
    before = ports.claim((0, 1), preferred=0, taken=())
    first = _numbers(before)[0]
    _close(before)
    sockets = ports.claim_at({"keystone": 0, "glance": 1}, first=first)
    assert _numbers(sockets) == [first, first + 1]
    assert {each.getsockname()[0] for each in sockets} == {"127.0.0.1"}
    _close(sockets)


def test_a_port_that_is_asked_for_and_taken_is_named() -> None:
    """With whose it would be, and none of the others is kept."""
    before = ports.claim((0, 1), preferred=0, taken=())
    first = _numbers(before)[0]
    before[0].close()
    with pytest.raises(LocalCloudError, match=rf"port {first + 1}, which is glance's") as caught:
        ports.claim_at({"keystone": 0, "glance": 1}, first=first)
    assert "--port-base" in caught.value.hint
    _close([before[1], *ports.claim_at({"keystone": 0}, first=first)])


@pytest.mark.parametrize("first", [0, -5, 65_530])
def test_ports_that_there_are_not_are_refused(first: int) -> None:
    """The last of them counts too."""
    with pytest.raises(UsageError, match="a port is a number from 1 to 65535"):
        ports.claim_at({"keystone": 0, "heat": 6}, first=first)


def test_ports_can_be_looked_at_before_a_cloud_leaves_its_own() -> None:
    """Its own do not count as taken, those of others do; none is kept."""
    sockets = ports.claim((0, 1), preferred=0, taken=())
    first = _numbers(sockets)[0]
    offsets = {"keystone": 0, "glance": 1}
    ports.check(offsets, first=first, own=(first, first + 1))
    with pytest.raises(LocalCloudError, match="which is glance's"):
        ports.check(offsets, first=first, own=(first,))
    _close(sockets)
    ports.check(offsets, first=first, own=())
    _close(ports.claim_at(offsets, first=first))
