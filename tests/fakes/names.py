# SPDX-License-Identifier: Apache-2.0
"""What ids are called in a scenario that is being written."""

from __future__ import annotations


class FakeNames:
    """Reads names off the ids of ``FakeIds``: ``network-blue-id`` is ``blue``, all else unknown."""

    def __call__(self, kind: str, id: str) -> str:
        """Return the name; "" for an id that is not written like this."""
        is_ours = id.startswith(f"{kind}-") and id.endswith("-id")
        return id.removeprefix(f"{kind}-").removesuffix("-id") if is_ours else ""

    def outside(self, kind: str, id: str) -> str:
        """Return the name, or the id itself."""
        return self(kind, id) or id
