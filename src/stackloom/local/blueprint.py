# SPDX-License-Identifier: Apache-2.0
"""Write down what a supervisor is to run: configuration files and one file of instructions.

Knows the shape of ``runtime/stackloom_cloud/instructions.py``, which reads the latter.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from stackloom import plug
from stackloom.errors import UnknownName
from stackloom.local import configure, files, services
from stackloom.local.latency import NO_LATENCY, Latency
from stackloom.local.layout import CloudLayout
from stackloom.local.service import GENEROUS, Blueprint, Quotas, Service
from stackloom.log import Secret

REGION = "RegionOne"
RUNTIME = Path(__file__).parent / "runtime"
# Beside one for each service, these are the users of every cloud.
PEOPLE = ("admin", "demo")


def all_services() -> dict[str, Service]:
    """Return the services by name, in the order in which they are started."""
    found = plug.read(services, "SERVICE", Service)
    return dict(sorted(found.items(), key=lambda item: item[1].port_offset))


def chosen_services(extras: Collection[str] = ()) -> dict[str, Service]:
    """Return the services of a cloud: those that every cloud has, and those asked for.

    Raises:
        UnknownName: there is no such service.
    """
    known = all_services()
    for name in extras:
        if name not in known:
            names = ", ".join(each for each, service in known.items() if service.is_extra)
            raise UnknownName(
                f'a local cloud has no service "{name}"', hint=f"beside its own, there are: {names}"
            )
    return {
        name: service for name, service in known.items() if not service.is_extra or name in extras
    }


def user_names(known: Mapping[str, Service]) -> tuple[str, ...]:
    """Return the users that a cloud has: of all services, whether they run in it or not."""
    return (*PEOPLE, *(name for name in known if name != "keystone"))


def write(
    cloud: CloudLayout,
    known: Mapping[str, Service],
    *,
    environment: Path,
    prepared: Path,
    passwords: Mapping[str, Secret],
    ports: Mapping[str, int],
    sockets: Mapping[str, int],
    quotas: Quotas | None = GENEROUS,
    latency: Latency = NO_LATENCY,
    is_preparing: bool = False,
) -> None:
    """Write every file that a supervisor needs, closed to others.

    Args:
        environment: where the services are installed.
        prepared: the data that a fresh cloud is copied from, or that is to be made.
        ports: ``{service name: port}``.
        sockets: ``{service name: descriptor of its listening socket}``; empty while preparing.
        quotas: None for those that OpenStack has of itself.
    """
    roots = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    blueprint = Blueprint(
        environment=environment,
        data=cloud.data,
        run=cloud.run,
        region=REGION,
        urls=roots,
        passwords=passwords,
        quotas=quotas,
        is_preparing=is_preparing,
    )
    for directory in (cloud.run, cloud.logs, cloud.run / "locks", cloud.run / "tmp"):
        files.make_directory(directory)
    for path, text in configure.configuration(blueprint, known).items():
        files.make_directory(cloud.etc / path.parent)
        files.write(cloud.etc / path, text)
    programs = [
        {
            "name": service.name,
            "service_type": service.service_type,
            "distribution": service.distribution,
            "url": roots[service.name] + service.path,
            "socket": sockets.get(service.name, -1),
            "log": str(cloud.log(service.name)),
            "environment": dict(service.variables(blueprint, cloud.etc / service.name)),
        }
        for service in known.values()
    ]
    instructions = {
        "name": cloud.name,
        "directory": str(cloud.directory),
        "environment": str(environment),
        "data": str(cloud.data),
        "prepared": str(prepared),
        "run": str(cloud.run),
        "log": str(cloud.log("supervisor")),
        "passwords": {user: password.reveal() for user, password in passwords.items()},
        "programs": programs,
        "latency_seconds": latency.seconds,
        "jitter_seconds": latency.jitter_seconds,
    }
    files.write(cloud.instructions, json.dumps(instructions, indent=1))


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
