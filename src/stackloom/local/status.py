# SPDX-License-Identifier: Apache-2.0
"""What a cloud is doing: one row for each service, read from files and the kernel.

Asks no service and no supervisor, so it answers at once and also when they do not.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stackloom.local import layout, processes
from stackloom.local.layout import CloudLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """One service.

    Attributes:
        service: its name, such as ``neutron``.
        service_type: its type in the catalog, such as ``network``.
        version: what is installed; empty where it is not known.
        state: ``starting``, ``running``, ``waiting`` (to be restarted), ``failed`` or ``stopped``.
        memory_mib: proportional set size: memory shared with the others counts in parts.
        restarts: since the cloud came up.
        last_error: how it last ended by itself; empty when it never did.
    """

    service: str
    service_type: str
    version: str
    state: str
    url: str
    port: int
    pid: int
    memory_mib: float
    uptime_seconds: float
    restarts: int
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something the supervisor noted. ``time`` is in seconds since 1970."""

    time: float
    program: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudStatus:
    """One cloud.

    Attributes:
        state: ``up``, ``degraded`` (a service is not running), ``starting``, ``down``, or
            ``absent`` when there never was such a cloud.
        memory_mib: of the services and the supervisor together.
        happenings: the latest of them, oldest first.
    """

    name: str
    state: Literal["up", "degraded", "starting", "down", "absent"]
    directory: Path
    supervisor_pid: int
    memory_mib: float
    services: tuple[ServiceStatus, ...]
    happenings: tuple[Happening, ...]

    @property
    def url(self) -> str:
        """Keystone's; empty where there is none yet."""
        return next((row.url for row in self.services if row.service == "keystone"), "")

    @property
    def uptime_seconds(self) -> float:
        """That of the service that has run longest."""
        return max((row.uptime_seconds for row in self.services), default=0.0)


def status(name: str = "local") -> CloudStatus:
    """Return the status of one cloud."""
    cloud = layout.from_environment(os.environ).cloud(name)
    raw = _read(cloud.state)
    pid = int(raw.get("pid", 0))
    is_alive = processes.is_running(pid, str(cloud.instructions))
    environment = Path(_read(cloud.instructions).get("environment", "/nonexistent"))
    rows = tuple(_row(each, environment, is_alive) for each in raw.get("programs", []))
    own = processes.memory_mib(pid) if is_alive else 0.0
    return CloudStatus(
        name=name,
        state=_state(cloud, rows, is_alive),
        directory=cloud.directory,
        supervisor_pid=pid if is_alive else 0,
        memory_mib=round(own + sum(row.memory_mib for row in rows), 1),
        services=rows,
        happenings=tuple(Happening(**each) for each in raw.get("events", [])),
    )


def names() -> list[str]:
    """Return the names of all clouds that have a directory."""
    clouds = layout.from_environment(os.environ).clouds
    return sorted(path.name for path in clouds.glob("*") if path.is_dir())


def _state(
    cloud: CloudLayout, rows: tuple[ServiceStatus, ...], is_alive: bool
) -> Literal["up", "degraded", "starting", "down", "absent"]:
    if not cloud.directory.is_dir():
        return "absent"
    if not is_alive:
        return "down"
    if not cloud.access.exists():
        return "starting"
    return "up" if all(row.state == "running" for row in rows) else "degraded"


def _row(raw: Mapping[str, Any], environment: Path, is_alive: bool) -> ServiceStatus:
    pid = raw["pid"] if is_alive else 0
    started = raw["started"]
    return ServiceStatus(
        service=raw["name"],
        service_type=raw["service_type"],
        version=_version(environment, raw["distribution"]),
        state=raw["state"] if is_alive else "stopped",
        url=raw["url"],
        port=int(raw["url"].split(":")[2].split("/")[0]),
        pid=pid,
        memory_mib=processes.memory_mib(pid) if pid else 0.0,
        uptime_seconds=round(time.time() - started, 1) if pid and started else 0.0,
        restarts=raw["restarts"],
        last_error=raw["last_error"],
    )


def _version(environment: Path, distribution: str) -> str:
    """Read the version off the name of the installed package's record."""
    name = distribution.replace("-", "_")
    for path in environment.glob(f"lib/python3*/site-packages/{name}-*.dist-info"):
        return path.name.removesuffix(".dist-info").rpartition("-")[2]
    return ""


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content
