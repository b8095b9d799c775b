# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped"
"""Do in the background, once a program answers, what it leaves to its first request.

Routes compiles its patterns when it first looks for one, five hundred of them in Neutron: 0.15 s
(routes/mapper.py, ``create_regs``, 2.5). Knows nothing about any program.
"""

from __future__ import annotations

import importlib
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any

_mappers: weakref.WeakSet[Any] = weakref.WeakSet()
_LEAST_URGENT = 19


def install() -> None:
    """Remember each mapper of Routes that is made from now on."""
    mapper_type = importlib.import_module("routes.mapper").Mapper
    make = mapper_type.__init__

    def make_and_remember(self: Any, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        _mappers.add(self)

    mapper_type.__init__ = make_and_remember


def start(more: Callable[[], None] | None) -> None:
    """Begin; *more* is what the program itself has to do, if anything."""
    threading.Thread(target=_warm, args=(more,), name="warm", daemon=True).start()


def _warm(more: Callable[[], None] | None) -> None:
    # Of this thread alone: other programs may still be starting.
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LEAST_URGENT)
    for mapper in list(_mappers):
        mapper.create_regs()
    if more is not None:
        more()
