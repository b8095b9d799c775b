# SPDX-License-Identifier: Apache-2.0
"""Every kind of resource, one file each, in a plug folder a service.

A kind file is data and pure functions; it never sends a request and never sees a scenario.
"""

from __future__ import annotations

from typing import Any

from stackloom import plug
from stackloom.cloud.kind import Kind
from stackloom.resources import compute, image, network

_FOLDERS = (network, compute, image)


def all_kinds() -> dict[str, Kind[Any]]:
    """Return every kind by its name."""
    return {
        kind.name: kind for folder in _FOLDERS for kind in plug.read(folder, "KIND", Kind).values()
    }
