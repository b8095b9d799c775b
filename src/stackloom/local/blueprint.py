# SPDX-License-Identifier: Apache-2.0
"""Write down what a supervisor is to run: configuration files and one file of instructions.

Knows the shape of ``runtime/stackloom_cloud/instructions.py``, which reads the latter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stackloom import plug
from stackloom.local import configure, files, services
from stackloom.local.service import Blueprint, Service
from stackloom.log import Secret

REGION = "RegionOne"
RUNTIME = Path(__file__).parent / "runtime"
# Beside one for each service, these are the users of every cloud.
PEOPLE = ("admin", "demo")


def all_services() -> dict[str, Service]:
    """Return the services by name, in the order in which they are started."""
    found = plug.read(services, "SERVICE", Service)
    return dict(sorted(found.items(), key=lambda item: item[1].port_offset))


def user_names(known: Mapping[str, Service]) -> tuple[str, ...]:
    """Return the users that a cloud of these services has."""
    return (*PEOPLE, *(name for name in known if name != "keystone"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where a supervisor, or the preparation, finds and leaves its files."""

    environment: Path
    prepared: Path
    directory: Path

    @property
    def etc(self) -> Path:
        """Configuration files."""
        return self.directory / "etc"

    @property
    def data(self) -> Path:
        """Databases, images, keys."""
        return self.directory / "data"

    @property
    def run(self) -> Path:
        """Sockets and temporary files."""
        return self.directory / "run"

    @property
    def logs(self) -> Path:
        """One file for each program."""
        return self.directory / "logs"

    @property
    def instructions(self) -> Path:
        """The file that the supervisor reads."""
        return self.run / "instructions.json"


def write(
    paths: Paths,
    known: Mapping[str, Service],
    *,
    name: str,
    passwords: Mapping[str, Secret],
    ports: Mapping[str, int],
    sockets: Mapping[str, int],
    is_preparing: bool = False,
) -> None:
    """Write every file that a supervisor needs, closed to others.

    Args:
        ports: ``{service name: port}``.
        sockets: ``{service name: descriptor of its listening socket}``; empty while preparing.
    """
    roots = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    blueprint = Blueprint(
        environment=paths.environment,
        data=paths.data,
        run=paths.run,
        region=REGION,
        urls=roots,
        passwords=passwords,
        is_preparing=is_preparing,
    )
    for directory in (paths.run, paths.logs, paths.run / "locks", paths.run / "tmp"):
        files.make_directory(directory)
    for path, text in configure.configuration(blueprint, known).items():
        files.make_directory(paths.etc / path.parent)
        files.write(paths.etc / path, text)
    programs = [
        {
            "name": service.name,
            "service_type": service.service_type,
            "distribution": service.distribution,
            "url": roots[service.name] + service.path,
            "socket": sockets.get(service.name, -1),
            "log": str(paths.logs / f"{service.name}.log"),
            "environment": dict(service.variables(blueprint, paths.etc / service.name)),
        }
        for service in known.values()
    ]
    instructions = {
        "name": name,
        "directory": str(paths.directory),
        "environment": str(paths.environment),
        "data": str(paths.data),
        "prepared": str(paths.prepared),
        "run": str(paths.run),
        "log": str(paths.logs / "supervisor.log"),
        "passwords": {user: password.reveal() for user, password in passwords.items()},
        "programs": programs,
    }
    files.write(paths.instructions, json.dumps(instructions, indent=1))


def variables(cache: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the cloud's processes: little of ours, and no proxy."""
    kept = {
        name: environment[name] for name in ("HOME", "PATH", "LANG", "TZ") if name in environment
    }
    return {
        **kept,
        "PYTHONPATH": str(RUNTIME),
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        # stevedore keeps what it read of 170 packages there (stevedore/_cache.py, 5.10).
        "XDG_CACHE_HOME": str(cache),
        # Each thread of the C library would reserve an arena of its own.
        "MALLOC_ARENA_MAX": "2",
    }
