# SPDX-License-Identifier: Apache-2.0
"""Where the installed command begins: what has to be said before anything else is imported.

A command that lists something is mostly imports, and half of what follows here would be seen in it.
"""

from __future__ import annotations

import gc
import sys

# Python looks for garbage after every 700 new objects, which finds none among what is being
# imported and takes 3 ms. Few commands ever make this many; those that do are tidied up after.
_OBJECTS_BEFORE_A_LOOK = 50_000


def start() -> None:
    """Run the command of this process, and end it."""
    gc.set_threshold(_OBJECTS_BEFORE_A_LOOK)
    _import_msgspec()
    from stackloom.cli.main import run_and_leave

    run_and_leave()


def _import_msgspec() -> None:
    """Import msgspec without ``typing_extensions``.

    It asks there first for what ``typing`` has since Python 3.11 (msgspec/_utils.py, 0.22), and
    that brings ``inspect``, ``ast`` and ``dis``: 6 ms. Whoever imports it later gets it.
    """
    name = "typing_extensions"
    assert name not in sys.modules, "nothing was imported before"
    sys.modules[name] = None  # type: ignore[assignment] # what makes an import fail
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules[name]
