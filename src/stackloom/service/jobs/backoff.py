# SPDX-License-Identifier: Apache-2.0
"""When a job is tried again that failed for a reason that passes. Pure."""

from __future__ import annotations

from collections.abc import Callable

# A service that is restarted is back within the first; a cloud in trouble is left in peace.
_WAITS = (5.0, 15.0, 45.0, 120.0)
# Jobs that failed together do not come back together.
_SPREAD = 0.2


def wait_seconds(tries: int, *, at_most: int, random: Callable[[], float]) -> float | None:
    """Return how long to wait after a try that failed; None: it was the last one.

    Args:
        tries: that have failed, this one included; 1 after the first.
        at_most: how many tries there are altogether.
        random: from 0 to 1.
    """
    if tries >= at_most:
        return None
    wait = _WAITS[min(tries, len(_WAITS)) - 1]
    return wait * (1 + _SPREAD * (2 * random() - 1))
