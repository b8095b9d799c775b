# SPDX-License-Identifier: Apache-2.0
"""Plug folder: what can be asked for over HTTP, one module a resource with ``ROUTES``, a tuple."""

from __future__ import annotations

from stackloom import plug
from stackloom.service.rest import routes
from stackloom.service.rest.route import Route


def all_routes() -> tuple[Route, ...]:
    """Return the routes of every module, in the order of the modules."""
    return tuple(route for each in plug.read(routes, "ROUTES", tuple).values() for route in each)
