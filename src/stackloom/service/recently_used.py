# SPDX-License-Identifier: Apache-2.0
"""A memory that never grows: what was not asked for the longest leaves first.

Not for several threads; one event loop has it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class RecentlyUsed(Generic[KeyT, ValueT]):
    """Values by key, limited in number and size.

    Args:
        most: values at most.
        most_bytes: of all sizes together; a value that is larger than that is not kept at all.
    """

    def __init__(self, *, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._kept: OrderedDict[KeyT, tuple[ValueT, int]] = OrderedDict()
        self.bytes_kept = 0

    def get(self, key: KeyT) -> ValueT | None:
        """Return a value and count it as used; None where it is not kept."""
        entry = self._kept.get(key)
        if entry is None:
            return None
        self._kept.move_to_end(key)
        return entry[0]

    def put(self, key: KeyT, value: ValueT, *, size_bytes: int) -> None:
        """Keep a value, in place of an older one of that key."""
        self.drop(key)
        if size_bytes > self._most_bytes:
            return
        self._kept[key] = value, size_bytes
        self.bytes_kept += size_bytes
        while len(self._kept) > self._most or self.bytes_kept > self._most_bytes:
            _, (_, freed) = self._kept.popitem(last=False)
            self.bytes_kept -= freed

    def drop(self, key: KeyT) -> None:
        """Forget a value."""
        entry = self._kept.pop(key, None)
        if entry is not None:
            self.bytes_kept -= entry[1]

    def __len__(self) -> int:
        return len(self._kept)
