# SPDX-License-Identifier: Apache-2.0
"""A stand-in for eventlet, for services that import it and can do without: native threads.

Cinder imports it at its top (cinder/__init__.py, 28.0 and 29.0), as Nova does (nova/utils.py,
33.0) and oslo.privsep (3.10). All of them run on native threads where nothing was patched
(cinder/monkey_patch.py, ``is_patched``, 29.0). Waiting here is real waiting, and what would be
handed to a pool of native threads is done at once. Knows nothing about the services.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any


class _Pool:
    """Runs each call in a thread of its own; eventlet.greenpool.GreenPool."""

    def __init__(self, size: int = 1000) -> None:
        self.size = size

    def spawn_n(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        """Run it, some time."""
        threading.Thread(target=function, args=arguments, kwargs=named, daemon=True).start()

    spawn = spawn_n

    def waitall(self) -> None:
        """Do not wait: threads end with the process."""


def _itself(wrapped: Any, *_options: Any, **_named: Any) -> Any:
    return wrapped


def _execute(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return function(*arguments, **named)


def _nothing(*_arguments: Any, **_named: Any) -> None:
    return None


def install() -> None:
    """Let ``import eventlet`` find this stand-in from now on in this process."""
    contents: dict[str, dict[str, object]] = {
        "eventlet": {
            "sleep": time.sleep,
            "Semaphore": threading.Semaphore,
            "spawn_n": _Pool().spawn_n,
            "monkey_patch": _nothing,
        },
        "eventlet.green": {},
        "eventlet.green.socket": vars(socket),
        "eventlet.green.ssl": vars(ssl),
        "eventlet.greenio": {},
        "eventlet.greenpool": {"GreenPool": _Pool},
        "eventlet.greenthread": {"sleep": time.sleep, "getcurrent": threading.current_thread},
        "eventlet.patcher": {"is_monkey_patched": lambda _name: False, "monkey_patch": _nothing},
        "eventlet.pools": {"Pool": object},
        "eventlet.timeout": {},
        "eventlet.wsgi": {},
        "eventlet.tpool": {
            "Proxy": _itself,
            "execute": _execute,
            "killall": _nothing,
            "set_num_threads": _nothing,
        },
    }
    modules = {name: ModuleType(name) for name in contents}
    for name, module in modules.items():
        own = {"__name__": name, "__path__": []}
        module.__dict__.update({**contents[name], **own})
        parent, _, child = name.rpartition(".")
        if parent:
            modules[parent].__dict__[child] = module
    sys.modules.update(modules)


def remove() -> None:
    """Take it away again, for a service that refuses to live beside eventlet."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "eventlet"]:
        del sys.modules[name]
