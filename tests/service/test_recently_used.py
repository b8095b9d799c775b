# SPDX-License-Identifier: Apache-2.0
"""A memory with a limit keeps what is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stackloom.service.recently_used import RecentlyUsed


def test_what_was_not_asked_for_the_longest_leaves() -> None:
    """Being read counts as being asked for."""
    memory: RecentlyUsed[str, int] = RecentlyUsed(most=2, most_bytes=100)
    memory.put("a", 1, size_bytes=1)
    memory.put("b", 2, size_bytes=1)
    assert memory.get("a") == 1
    memory.put("c", 3, size_bytes=1)
    assert [memory.get(key) for key in "abc"] == [1, None, 3]


def test_a_large_value_drives_out_as_many_as_it_must() -> None:
    """And one that is larger than everything is not kept, and drives out nobody."""
    memory: RecentlyUsed[str, int] = RecentlyUsed(most=10, most_bytes=10)
    for number, key in enumerate("abc"):
        memory.put(key, number, size_bytes=3)
    memory.put("d", 3, size_bytes=6)
    assert [memory.get(key) for key in "abcd"] == [None, None, 2, 3]
    memory.put("e", 4, size_bytes=11)
    assert [memory.get(key) for key in "cde"] == [2, 3, None]


def test_a_newer_value_takes_the_place_of_the_older() -> None:
    """Its size too."""
    memory: RecentlyUsed[str, int] = RecentlyUsed(most=10, most_bytes=10)
    memory.put("a", 1, size_bytes=9)
    memory.put("a", 2, size_bytes=4)
    assert (memory.get("a"), memory.bytes_kept, len(memory)) == (2, 4, 1)
    memory.drop("a")
    memory.drop("a")
    assert (memory.get("a"), memory.bytes_kept, len(memory)) == (None, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12)), max_size=50))
def test_it_never_grows_beyond_its_limits(puts: list[tuple[int, int]]) -> None:
    """Whatever is put in, in whatever order, and the sizes add up."""
    memory: RecentlyUsed[int, int] = RecentlyUsed(most=3, most_bytes=10)
    for key, size in puts:
        memory.put(key, size, size_bytes=size)
        sizes = [memory.get(each) for each in range(6)]
        kept = [each for each in sizes if each is not None]
        assert len(kept) == len(memory) <= 3
        assert sum(kept) == memory.bytes_kept <= 10
