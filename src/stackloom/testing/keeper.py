# SPDX-License-Identifier: Apache-2.0
"""The keeper of a test run's cloud: a process that starts it and stays until nobody uses it.

``python -m stackloom.testing.keeper WISH``, which ends when the cloud is up or could not be brought
up; a child of it stays. One JSON object on standard output: ``{}``, or ``{"error": …, "hint": …}``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from stackloom.errors import StackloomError
from stackloom.local import throwaway
from stackloom.testing.cloud import Wish, bring_up


def main(arguments: Sequence[str]) -> int:
    """Keep the cloud, in a process of its own."""
    (text,) = arguments
    wish = Wish.from_json(text)
    if os.fork():
        # Who started us reads until the child has closed its end.
        return 0
    os.setsid()
    try:
        with throwaway.throw_away(wish.name, bring_up(wish)):
            _say({})
            # The end of the block waits for the others that use it.
    except StackloomError as error:
        _say({"error": error.message, "hint": error.hint})
    return 0


def _say(answer: dict[str, str]) -> None:
    """Say it, and let go of what we share with whoever started us."""
    os.write(1, json.dumps(answer).encode())
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
