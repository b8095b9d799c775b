# SPDX-License-Identifier: Apache-2.0
"""Every kind of resource, one file each, in a plug folder a service.

A kind file is data and pure functions; it never sends a request and never sees a scenario.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from stackloom import plug
from stackloom.cloud.kind import Kind


def kinds_by_module() -> dict[str, Kind[Any]]:
    """Return every kind by folder and module: ``{"network.floating_ip": …}``."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob("*/__init__.py"))
    return {
        f"{folder}.{module}": kind
        for folder in folders
        for module, kind in plug.read(
            importlib.import_module(f"{__name__}.{folder}"), "KIND", Kind
        ).items()
    }


def all_kinds() -> dict[str, Kind[Any]]:
    """Return every kind by its name."""
    return {kind.name: kind for kind in kinds_by_module().values()}
