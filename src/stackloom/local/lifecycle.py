# SPDX-License-Identifier: Apache-2.0
"""Bring a local cloud up, take it down, renew it: what the command line and tests call.

Each function holds the lock of its cloud, so two commands never work on one cloud at a time. Knows
nothing about what a service is made of.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stackloom.errors import LocalCloudError, NotReady
from stackloom.local import (
    access as access_file,
)
from stackloom.local import (
    blueprint,
    files,
    install,
    layout,
    lock,
    ports,
    preparation,
    prune,
    supervision,
)
from stackloom.local import release as releases
from stackloom.local import status as status_file
from stackloom.local.access import Access
from stackloom.local.choice import Choice, choose, chosen_before
from stackloom.local.claim import claim, write_access
from stackloom.local.latency import NO_LATENCY, Latency
from stackloom.local.layout import CloudLayout, Layout
from stackloom.local.progress import Phase, ProgramReady, Remark, Report, ignore
from stackloom.local.service import GENEROUS, Service
from stackloom.local.status import CloudStatus

_UP_SECONDS = 180.0
_RESET_SECONDS = 120.0
_REQUEST_SECONDS = 10.0
_INSTALL_WAIT_SECONDS = 600.0


async def up(
    *,
    name: str = "local",
    release: str | None = None,
    with_services: Collection[str] | None = None,
    port_base: int | None = None,
    quotas: Literal["generous", "openstack"] | None = None,
    latency: Latency | None = None,
    report: Report = ignore,
    within_seconds: float = _UP_SECONDS,
    tie: Callable[[int], None] | None = None,
) -> Access:
    """Bring the cloud up and return how to log in, once every service answers.

    Installs and prepares what is missing. When it is up already, says so and returns at once. Where
    it fails or is cancelled, nothing of it is left running.

    Args:
        release: such as ``2026.1``; None for that of the last time, or the newest.
        with_services: names of services beside those of every cloud; None for those of the last
            time.
        port_base: the first of the cloud's ports; None for those of the last time, or free ones.
        quotas: ours, under which nothing runs out, or those that OpenStack has of itself; None for
            those of the last time, or ours.
        latency: how far away the cloud pretends to be until it goes down; None for not at all, and
            for no change where it is up already.
        tie: given a descriptor, on whose closing a cloud that is started here ends: at the latest
            when this process does, however that ends. None lets the cloud live on.

    Raises:
        UnknownName: there is no such release or service.
        UsageError: the cloud's data is of another release, or there are no such ports.
        InstallFailed: the services could not be installed.
        ProgramDied: a service ended; carries the end of its log.
        NotReady: a service did not answer in time.
        LocalCloudError: one of the ports asked for is taken.
        Busy: another command works on this cloud, and did not end in time.
    """
    if sys.platform != "linux":
        raise LocalCloudError(
            f"a local cloud needs Linux, and this is {sys.platform}",
            hint="run stackloom in a Linux virtual machine or container",
        )
    everything = layout.from_environment(os.environ)
    cloud = everything.cloud(name)
    choice = choose(cloud, release, with_services, port_base, quotas)
    if (found := await _up_already(cloud, choice, latency, report)) is not None:
        return found
    try:
        async with _alone(everything, name, wait_seconds=within_seconds, report=report):
            # Another command may have brought it up meanwhile, as it was asked to.
            choice = choose(cloud, release, with_services, port_base, quotas)
            if (found := await _up_already(cloud, choice, latency, report)) is not None:
                return found
            was_up = access_file.read(cloud) is not None
            if choice.is_port_fixed and was_up:
                ports.check(choice.port_offsets, first=choice.first_port, own=_ports_of(cloud))
            if await supervision.stop(cloud):
                what = "the cloud" if was_up else "what was left running of the cloud"
                report(Remark(text=f'Stopped {what} "{name}", to start it anew'))
            installed = await _installed(everything, choice, report)
            return await _start(
                everything,
                cloud,
                installed,
                report,
                within_seconds,
                latency=latency or NO_LATENCY,
                tie=tie,
            )
    except OSError as error:
        raise LocalCloudError(
            f'bringing up the cloud "{name}" below {everything.root}: {error}',
            hint="see that there is room on the disk and that the directory is yours",
        ) from error


async def down(*, name: str = "local", report: Report = ignore) -> bool:
    """Stop every process of the cloud and keep its data; tell whether there was any."""
    everything = layout.from_environment(os.environ)
    async with _alone(everything, name):
        return await _stop(everything.cloud(name), report)


async def reset(*, name: str = "local", report: Report = ignore) -> Access | None:
    """Renew the cloud's data to the freshly prepared state; passwords and ports stay.

    A cloud that is up is up again afterwards, and how to log in is returned; one that is down stays
    down, and gets its fresh data with the next ``up``.
    """
    everything = layout.from_environment(os.environ)
    cloud = everything.cloud(name)
    async with _alone(everything, name):
        text = f'Renewing the data of the cloud "{name}"'
        report(Phase(name="reset", text=text, state="started"))
        started = time.monotonic()
        found = access_file.read(cloud)
        if found is None:
            await supervision.stop(cloud)
            await asyncio.to_thread(shutil.rmtree, cloud.data, ignore_errors=True)
        else:
            await supervision.request(cloud, {"do": "reset"}, within_seconds=_RESET_SECONDS)
        report(Phase(name="reset", text=text, state="done", seconds=time.monotonic() - started))
        return found


async def purge(*, name: str = "local", report: Report = ignore) -> None:
    """Stop the cloud and remove everything that is its own; what is installed stays."""
    everything = layout.from_environment(os.environ)
    cloud = everything.cloud(name)
    async with _alone(everything, name):
        await _stop(cloud, report)
        await asyncio.to_thread(shutil.rmtree, cloud.directory, ignore_errors=True)


async def purge_all(*, report: Report = ignore) -> None:
    """Stop and remove every cloud, and what was installed and prepared for them.

    Raises:
        Busy: another command works on a cloud, or installs.
    """
    for name in status_file.names():
        await purge(name=name, report=report)
    everything = layout.from_environment(os.environ)
    async with lock.hold(everything.lock("install"), doing="installs OpenStack"):
        for directory in (everything.environments, everything.prepared_all, everything.cache):
            await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)
        prune.remove_locks(everything)
        everything.lock("install").unlink(missing_ok=True)
    for directory in (everything.locks, everything.clouds, everything.root):
        with suppress(OSError):  # something of another command's is in it
            directory.rmdir()


def status(name: str = "local") -> CloudStatus:
    """Return what the cloud is doing: see ``status.py``."""
    return status_file.status(name)


def log_files(name: str = "local") -> dict[str, Path]:
    """Return the log of each program that has one, the supervisor's among them."""
    cloud = layout.from_environment(os.environ).cloud(name)
    return {path.stem: path for path in sorted(cloud.logs.glob("*.log"))}


# --- parts ----------------------------------------------------------------------------------------


def _ports_of(cloud: CloudLayout) -> set[int]:
    return {row.port for row in status_file.status(cloud.name).services}


async def _up_already(
    cloud: CloudLayout, choice: Choice, latency: Latency | None, report: Report
) -> Access | None:
    """Return how to log in when the cloud is up; a service that was given up means it is not."""
    found = access_file.read(cloud)
    if found is None or choice != chosen_before(cloud):
        return None
    given_up = [row for row in status_file.status(cloud.name).services if row.state == "failed"]
    for row in given_up:
        report(Remark(text=f"{row.service} was given up ({row.last_error}): starting again"))
    if given_up:
        return None
    report(Remark(text=f'The cloud "{cloud.name}" is up already'))
    if latency is not None:
        wanted = {"seconds": latency.seconds, "jitter": latency.jitter_seconds}
        await supervision.request(
            cloud, {"do": "set latency", **wanted}, within_seconds=_REQUEST_SECONDS
        )
    return found


@asynccontextmanager
async def _alone(
    everything: Layout, name: str, *, wait_seconds: float = 0.0, report: Report = ignore
) -> AsyncIterator[None]:
    """Hold the lock on one cloud; where there is no cloud afterwards, no lock is left."""
    cloud = everything.cloud(name)
    path = everything.lock(f"cloud-{cloud.name}")

    def say_waiting() -> None:
        if wait_seconds:
            report(Remark(text=f'Waiting for another command that is at work on "{name}"'))

    async with lock.hold(
        path,
        doing=f'is at work on the local cloud "{name}"',
        wait_seconds=wait_seconds,
        when_waiting=say_waiting,
    ):
        try:
            yield
        finally:
            if not cloud.directory.exists():
                path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    """What every cloud of a release with these services is made from."""

    choice: Choice
    environment: Path
    prepared: Path


async def _installed(everything: Layout, choice: Choice, report: Report) -> _Installed:
    """Return what clouds are made from; one command at a time makes what is missing."""

    def say_waiting() -> None:
        report(Remark(text="Waiting for another command that installs OpenStack"))

    services = choice.services
    release = releases.release(choice.release, services)
    async with lock.hold(
        everything.lock("install"),
        doing="installs OpenStack",
        wait_seconds=_INSTALL_WAIT_SECONDS,
        when_waiting=say_waiting,
    ):
        environment = await install.ensure(everything, release, report)
        prepared = await preparation.ensure(
            everything, environment, services, report, variables=_variables(everything)
        )
        await asyncio.to_thread(prune.prune, everything, environment, prepared)
    return _Installed(choice=choice, environment=environment, prepared=prepared)


def _variables(everything: Layout) -> dict[str, str]:
    return blueprint.variables(files.make_directory(everything.cache), os.environ)


async def _start(
    everything: Layout,
    cloud: CloudLayout,
    installed: _Installed,
    report: Report,
    within_seconds: float,
    *,
    latency: Latency,
    tie: Callable[[int], None] | None,
) -> Access:
    """Start the supervisor, wait until all is ready, and write down how to log in."""
    services = installed.choice.services
    files.make_directory(cloud.directory)
    _make_room(cloud)
    claimed = claim(everything, cloud, installed.choice, report)
    descriptor_by_service = {name: each.fileno() for name, each in claimed.sockets.items()}
    try:
        blueprint.write(
            cloud,
            services,
            environment=installed.environment,
            prepared=installed.prepared,
            passwords=claimed.settings.passwords,
            ports=claimed.port_by_service(),
            sockets=descriptor_by_service,
            quotas=None if installed.choice.has_stock_quotas else GENEROUS,
            latency=latency,
        )
        text = f'Starting the cloud "{cloud.name}" ({len(services)} services)'
        report(Phase(name="start", text=text, state="started"))
        started = time.monotonic()
        async with supervision.start(
            installed.environment,
            "supervise",
            cloud.instructions,
            variables=_variables(everything),
            descriptors=tuple(descriptor_by_service.values()),
        ) as conversation:
            await _until_ready(conversation, services, report, within_seconds)
            if tie is None:
                conversation.keep()
            else:
                tie(conversation.stay())
            # Last: who reads it takes the cloud to be up, also when we are killed here.
            found = write_access(cloud, claimed, conversation.pid)
        report(Phase(name="start", text=text, state="done", seconds=time.monotonic() - started))
        return found
    finally:
        claimed.close()


async def _until_ready(
    conversation: supervision.Conversation,
    services: Mapping[str, Service],
    report: Report,
    within_seconds: float,
) -> None:
    """Listen until every service answers."""
    waiting = set(services)
    try:
        async with asyncio.timeout(within_seconds):
            async for event in conversation.events():
                if event["event"] == "program":
                    waiting.discard(event["program"])
                    report(ProgramReady(program=event["program"], seconds=event["seconds"]))
    except TimeoutError as error:
        names = ", ".join(sorted(waiting)) or "the supervisor"
        raise NotReady(
            f"{names} did not answer within {within_seconds:.0f} s",
            hint="`stackloom local logs` shows what they are doing",
        ) from error


def _make_room(cloud: CloudLayout) -> None:
    """Set the logs of the last run aside, and forget its state."""
    for path in cloud.logs.glob("*.log"):
        if path.stat().st_size:
            path.replace(path.with_suffix(".log.1"))
    for path in (cloud.access, cloud.state, cloud.supervisor_pid):
        path.unlink(missing_ok=True)


async def _stop(cloud: CloudLayout, report: Report) -> bool:
    """Stop the cloud's processes, if there are any."""
    text = f'Stopping the cloud "{cloud.name}"'
    report(Phase(name="stop", text=text, state="started"))
    started = time.monotonic()
    was_running = await supervision.stop(cloud)
    report(Phase(name="stop", text=text, state="done", seconds=time.monotonic() - started))
    return was_running
