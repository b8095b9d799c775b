# SPDX-License-Identifier: Apache-2.0
"""The cloud of a test run: found, or started by a keeper and shared by the run's processes.

The keeper is a process of its own that starts the cloud and takes it away when no process of the
run uses it any more, however they ended. Should the keeper be killed, the cloud dies with it.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeVar

from stackloom.errors import BadConfig, LocalCloudError, NotReady
from stackloom.local import clouds_yaml, lifecycle, lock, throwaway
from stackloom.local.access import Access, access
from stackloom.local.latency import Latency
from stackloom.testing.login import Login

T = TypeVar("T")
_START_SECONDS = 900.0  # the first time ever, everything is downloaded
_GONE_SECONDS = 30.0
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_SECONDS_BY_UNIT = {"ms": 0.001, "s": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStackCloud(Login):
    """A cloud that is up. As a login it is the user ``demo``, a plain member of one project.

    Attributes:
        access: where it is, and its passwords.
        admin: the administrator, in the project ``admin``.
        system: the administrator with a system-scoped token.
    """

    access: Access
    admin: Login
    system: Login

    @property
    def name(self) -> str:
        """What ``stackloom local … --name`` calls it."""
        return self.access.name

    @property
    def auth_url(self) -> str:
        """Keystone's address."""
        return self.access.auth_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line and the settings of pytest say.

    Attributes:
        name: of the run, and of the cloud that is started for it.
        existing: the name of a cloud that is up already; empty for a fresh one.
        latency: such as ``150ms``; empty for none.
        is_worker: this process is one of several.
    """

    name: str
    existing: str = ""
    keep: bool = False
    with_services: tuple[str, ...] = ()
    latency: str = ""
    is_worker: bool = False

    def to_json(self) -> str:
        """Return it for the keeper's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Wish:
        """Return what ``to_json`` was called on."""
        raw = json.loads(text)
        return cls(**{**raw, "with_services": tuple(raw["with_services"])})


@contextmanager
def cloud_of_the_run(wish: Wish) -> Iterator[OpenStackCloud]:
    """Give out the run's cloud; the last process that leaves takes it away.

    Raises:
        NotReady: an existing cloud is wanted and is not up.
        LocalCloudError: it could not be brought up.
    """
    if wish.existing:
        yield _cloud(_existing(wish.existing))
    elif wish.keep:
        yield _cloud(_alone(wish, _kept))
        # Who comes later finds the cloud up.
        throwaway.start_lock(wish.name).unlink(missing_ok=True)
    else:
        share = throwaway.use(wish.name)
        try:
            yield _cloud(_alone(wish, _thrown_away_later))
        finally:
            share.close()
            if not wish.is_worker:
                throwaway.until_gone(wish.name, within_seconds=_GONE_SECONDS)


def _existing(name: str) -> Access:
    found = access(name)
    if found is None:
        raise NotReady(
            f'the local cloud "{name}" of --openstack-cloud is not up',
            hint=f"start it: stackloom local up --name {name}",
        )
    return found


def bring_up(wish: Wish) -> partial[Coroutine[Any, Any, Access]]:
    """Return what brings up the cloud that is wished for.

    Raises:
        BadConfig: the latency is no time.
    """
    latency = None
    if wish.latency:
        found = _TIME.fullmatch(wish.latency)
        if found is None:
            raise BadConfig(
                f'openstack_latency: "{wish.latency}" is no time', hint="write 150ms or 2s"
            )
        latency = Latency(seconds=float(found[1]) * _SECONDS_BY_UNIT[found[2]])
    return partial(lifecycle.up, with_services=wish.with_services or None, latency=latency)


def _kept(wish: Wish) -> Access:
    """Bring it up for good."""
    return _finished(bring_up(wish)(name=wish.name))


def _thrown_away_later(wish: Wish) -> Access:
    """Let a keeper bring it up."""
    started = subprocess.run(
        [sys.executable, "-m", "stackloom.testing.keeper", wish.to_json()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
        timeout=_START_SECONDS,
    )
    answer = json.loads(started.stdout or b"{}")
    found = access(wish.name)
    if found is None:
        message = answer.get("error", f"what should start it ended with {started.returncode}")
        raise LocalCloudError(message, hint=answer.get("hint", ""))
    return found


def _alone(wish: Wish, start: Callable[[Wish], Access]) -> Access:
    """Start the cloud, unless another process of the run has done it."""

    async def found() -> Access:
        async with lock.hold(
            throwaway.start_lock(wish.name),
            doing="of this run starts the cloud",
            wait_seconds=_START_SECONDS,
        ):
            if there := access(wish.name):
                return there
            return await asyncio.to_thread(start, wish)

    return _finished(found())


def _finished(work: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread: a test run may have an event loop of its own in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _cloud(found: Access) -> OpenStackCloud:
    demo = login_of(found, "demo")
    return OpenStackCloud(
        cloud_name=demo.cloud_name,
        clouds_yaml=demo.clouds_yaml,
        environment=demo.environment,
        access=found,
        admin=login_of(found, "admin"),
        system=login_of(found, "admin-system"),
    )


def login_of(found: Access, user: str) -> Login:
    """Return how ``demo``, ``admin`` or ``admin-system`` logs in there."""
    return Login(
        cloud_name=clouds_yaml.entry_name(found.name, user),
        clouds_yaml=found.clouds_yaml,
        environment=found.environment(user) | {"OS_CLIENT_CONFIG_FILE": str(found.clouds_yaml)},
    )
