# SPDX-License-Identifier: Apache-2.0
"""Plug folder: the services of the ``.proto``, one a module with ``SERVICE``."""

from __future__ import annotations

from stackloom import plug
from stackloom.service.rpc import services
from stackloom.service.rpc.method import Service


def all_services() -> tuple[Service, ...]:
    """Return the service of every module."""
    return tuple(plug.read(services, "SERVICE", Service).values())
