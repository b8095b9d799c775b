# SPDX-License-Identifier: Apache-2.0
"""The lease of a job: how long this process may work on it, and how it stays so.

Renewed by a thread of its own with a connection of its own, because planning keeps the event loop
busy for seconds. The time is this process's own, counted from before the renewal was sent: so it
is over here before it is over for the others.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import psycopg

from stackloom.errors import LostLease
from stackloom.service.jobs.job import Job

log = logging.getLogger(__name__)

_RENEW = "select stackloom.renew_job(%(id)s, %(attempt)s, %(worker)s, %(seconds)s)"

# Of a lease: renewed four times in it, and nothing is sent to the cloud in its last quarter, so
# that a request which is on its way arrives before somebody else takes over.
_SHARE = 0.25
_RETRY_SECONDS = 0.2
_CONNECT_SECONDS = 2


def since_boot() -> float:
    """Return the seconds since this machine was started, those that it slept included.

    A monotonic clock stands still in a laptop that is closed, and a lease would look valid after.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Lease:
    """The right to work on a job. Made by `holding`.

    Attributes:
        valid_until: as *now* counts, ``since_boot()`` by default.
        cancelled, cancelled_again: somebody wants it cancelled; and asked a second time.
        lost: nothing may be sent any more.
    """

    def __init__(
        self, job: Job, *, seconds: float, valid_until: float, now: Callable[[], float]
    ) -> None:
        self.job = job
        self.seconds = seconds
        self.valid_until = valid_until
        self._margin = seconds * _SHARE
        self._now = now
        self.cancelled = asyncio.Event()
        self.cancelled_again = asyncio.Event()
        self.lost = asyncio.Event()
        self.note_cancels(job.cancels)

    def check(self) -> None:
        """Check that this process may send something to the cloud. Cheap: compares two clocks.

        Raises:
            LostLease: it may not, because somebody else may be at work by now.
        """
        if self.lost.is_set() or self._now() > self.valid_until - self._margin:
            raise LostLease(
                f"{self.job.kind} {self.job.id}: this worker has not been able to renew its lease, "
                "and another one may go on with it"
            )

    def note_cancels(self, cancels: int) -> None:
        """Note how often somebody asked for the job to be cancelled."""
        if cancels > 0:
            self.cancelled.set()
        if cancels > 1:
            self.cancelled_again.set()

    def note_lost(self) -> None:
        """Note that somebody else has the job, or may have it."""
        self.lost.set()


@asynccontextmanager
async def holding(
    url: str,
    job: Job,
    *,
    seconds: float,
    taken_at: float,
    now: Callable[[], float] = since_boot,
) -> AsyncIterator[Lease]:
    """Keep the lease of a job that was taken, until the end of the block.

    Args:
        seconds: how long it lasts without being renewed; as it was taken for.
        taken_at: what *now* said before the job was taken.
    """
    lease = Lease(job, seconds=seconds, valid_until=taken_at + seconds, now=now)
    renewing = _Renewing(url, lease, now)
    renewing.start()
    try:
        yield lease
    finally:
        renewing.stop()


class _Renewing:
    """The thread."""

    def __init__(self, url: str, lease: Lease, now: Callable[[], float]) -> None:
        self._url = url
        self._lease = lease
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        # Not waited for: it may be in the middle of connecting to a database that is away.
        self._thread = threading.Thread(
            target=self._run, name=f"lease of {lease.job.id}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        connection: psycopg.Connection[tuple[object, ...]] | None = None
        pause = self._lease.seconds * _SHARE
        try:
            while not self._stopped.wait(pause):
                pause = self._lease.seconds * _SHARE
                try:
                    connection = connection or self._connect()
                    if not self._renew(connection):
                        return
                except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                    log.info("lease of %s: not renewed yet: %s", self._lease.job.id, error)
                    _close(connection)
                    connection = None
                    pause = _RETRY_SECONDS
                    if self._now() > self._lease.valid_until:
                        self._tell(None)
                        return
        finally:
            _close(connection)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            tcp_user_timeout=int(self._lease.seconds * 1_000),
            application_name="stackloom lease",
        )

    def _renew(self, connection: psycopg.Connection[tuple[object, ...]]) -> bool:
        """Renew it once; return whether it is still ours."""
        job = self._lease.job
        sent_at = self._now()
        values = {
            "id": job.id,
            "attempt": job.attempt,
            "worker": job.worker_id,
            "seconds": self._lease.seconds,
        }
        answer = connection.execute(_RENEW, values).fetchone()
        cancels = answer[0] if answer else None
        assert cancels is None or isinstance(cancels, int), "the function returns an integer"
        if cancels is not None:
            # One assignment, so that the event loop's thread sees the old time or the new one.
            self._lease.valid_until = sent_at + self._lease.seconds
        self._tell(cancels)
        return cancels is not None

    def _tell(self, cancels: int | None) -> None:
        lease = self._lease
        note = lease.note_lost if cancels is None else partial(lease.note_cancels, cancels)
        try:
            self._loop.call_soon_threadsafe(note)
        except RuntimeError:
            self._stopped.set()  # the loop has ended, and with it whoever would want to know


def _close(connection: psycopg.Connection[tuple[object, ...]] | None) -> None:
    """Close a connection, whatever state it is in."""
    if connection is not None:
        connection.close()
