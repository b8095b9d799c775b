# SPDX-License-Identifier: Apache-2.0
"""What a request is to suffer: the faults that are set, and which of them hits this one.

The supervisor writes the faults into a file and counts a number up in memory that it shares with
its programs; a program looks at that number for each request and reads the file when it changed. So
a fault holds from the moment in which the supervisor has confirmed it, and no fault costs nothing.
The counts (how often it matched, how often it hit) are in the same memory: they outlive a program
that is restarted. Knows nothing of HTTP connections.
"""

from __future__ import annotations

import fcntl
import fnmatch
import json
import mmap
import os
import random
import re
import struct
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_FAULTS = 100
_HEAD = struct.Struct("=Q")
_SLOT = struct.Struct("=QQdd")  # matched, hits, allowance left, when that was
_SIZE = _HEAD.size + MOST_FAULTS * _SLOT.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault; see ``stackloom.local.faults.Fault``, which checks it, for what the fields mean.

    Attributes:
        slot: where in the shared memory it is counted; starts at 0.
        programs: the names of those that it concerns; empty for all.
    """

    id: str
    slot: int
    programs: tuple[str, ...] = ()
    method: str = ""
    path: str = "*"
    times: int = 0
    chance: float = 1.0
    seed: int = 0
    includes_internal: bool = False
    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    status: int = 0
    retry_after_seconds: int = -1
    is_html: bool = False
    drop: str = ""
    truncates: bool = False
    unseen_seconds: float = 0.0
    rate_per_second: float = 0.0
    rate_burst: int = 1

    @property
    def ends_request(self) -> bool:
        """Tell whether it is more than a delay: no other fault comes after it then."""
        return bool(
            self.status
            or self.drop
            or self.truncates
            or self.unseen_seconds
            or self.rate_per_second
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often a fault matched a request, and how often it did something to it."""

    matched: int
    hits: int


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What one request is to suffer.

    Attributes:
        waits: for how long each fault delays it.
        fault: what happens then; None for nothing but the waiting.
        retry_after_seconds: what the answer says; -1 for nothing.
        ids: of the faults that hit it, for the log.
        learn: called with the id of each thing that this request creates.
        hidden: ids of things that its answer must not list, and the fault that hides each.
    """

    waits: list[tuple[Fault, float]] = field(default_factory=list)
    fault: Fault | None = None
    retry_after_seconds: int = -1
    ids: list[str] = field(default_factory=list)
    learn: Callable[[str], None] | None = None
    hidden: dict[str, Fault] = field(default_factory=dict)

    @property
    def wait_seconds(self) -> float:
        """How long it waits before it is handled."""
        return sum(seconds for _, seconds in self.waits)


class Board:
    """The memory that the supervisor shares with its programs; made before they are forked."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "faults.json"
        self._lock_path = directory / "faults.lock"
        self._memory = mmap.mmap(-1, _SIZE)

    def generation(self) -> bytes:
        """Return what changes with every change of the faults."""
        return self._memory[: _HEAD.size]

    def announce(self) -> None:
        """Say that the file has changed."""
        (number,) = _HEAD.unpack_from(self._memory)
        _HEAD.pack_into(self._memory, 0, number + 1)

    def forget(self, slot: int) -> None:
        """Count from 0 again."""
        self.write(slot, (0, 0, -1.0, 0.0))

    def count(self, slot: int) -> Count:
        """Return what was counted."""
        matched, hits, _, _ = self.read(slot)
        return Count(matched=matched, hits=hits)

    def read(self, slot: int) -> tuple[int, int, float, float]:
        """Return the raw numbers of one fault."""
        matched, hits, allowance, moment = _SLOT.unpack_from(self._memory, self._place(slot))
        return matched, hits, allowance, moment

    def write(self, slot: int, numbers: tuple[int, int, float, float]) -> None:
        """Replace them."""
        _SLOT.pack_into(self._memory, self._place(slot), *numbers)

    def lock(self) -> Callable[[], Any]:
        """Return a context manager that keeps all programs of the cloud from counting at once."""
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        threads = threading.Lock()

        @contextmanager
        def hold() -> Iterator[None]:
            with threads:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                try:
                    yield
                finally:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)

        return hold

    @staticmethod
    def _place(slot: int) -> int:
        return _HEAD.size + slot * _SLOT.size


class Faults:
    """The faults as one program sees them."""

    def __init__(self, program: str, board: Board) -> None:
        self._program = program
        self._board = board
        self._known = b""
        self._faults: tuple[tuple[Fault, re.Pattern[str]], ...] = ()
        self._alone = board.lock()
        # {(fault id, id of what was created): until when it is not to be found}
        self._unseen: dict[tuple[str, str], float] = {}

    def judge(self, method: str, path: str, *, is_internal: bool) -> Verdict | None:
        """Return what this request is to suffer, None for nothing."""
        self._catch_up()
        if not self._faults:
            return None
        verdict = Verdict()
        for fault, pattern in self._faults:
            if is_internal and not fault.includes_internal:
                continue
            if not pattern.fullmatch(path):
                continue
            if fault.unseen_seconds and method == "POST":
                verdict.learn = self._learner(fault)
            elif fault.method in {"", method} and self._applies(fault, path):
                self._take(fault, verdict)
                if verdict.fault is not None:
                    break
            elif fault.unseen_seconds and method == "GET" and self._draws_a_hit(fault):
                verdict.hidden |= dict.fromkeys(self._unseen_of(fault), fault)
        return verdict

    def generation(self) -> bytes:
        """Return what changes with every change of the faults."""
        return self._board.generation()

    def reconsider(self, verdict: Verdict) -> None:
        """Take from the verdict on a request that waits what was cleared meanwhile."""
        self._catch_up()
        kept = [fault for fault, _ in self._faults]
        verdict.waits = [(fault, seconds) for fault, seconds in verdict.waits if fault in kept]
        if verdict.fault is not None and verdict.fault not in kept:
            verdict.fault = None

    def hid(self, verdict: Verdict, ids: Iterable[str]) -> None:
        """Count the faults that hid these ids, each once."""
        for fault in {verdict.hidden[id].id: verdict.hidden[id] for id in ids}.values():
            with self._alone():
                matched, hits, allowance, moment = self._board.read(fault.slot)
                self._board.write(fault.slot, (matched + 1, hits + 1, allowance, moment))
            verdict.ids.append(fault.id)

    def _catch_up(self) -> None:
        """Read the file if it changed; what it says is at least as new as the number."""
        generation = self._board.generation()
        if generation == self._known:
            return
        raw = json.loads(self._board.path.read_text())
        faults = [Fault(**{**each, "programs": tuple(each["programs"])}) for each in raw]
        self._faults = tuple(
            (fault, re.compile(fnmatch.translate(fault.path)))
            for fault in faults
            if not fault.programs or self._program in fault.programs
        )
        self._known = generation

    def _applies(self, fault: Fault, path: str) -> bool:
        """Tell whether the fault hits there: one of the unseen hits only what is new."""
        return not fault.unseen_seconds or not self._unseen_of(fault).isdisjoint(path.split("/"))

    def _unseen_of(self, fault: Fault) -> frozenset[str]:
        """Return the ids of what this fault hides now."""
        now = time.monotonic()
        self._unseen = {key: until for key, until in self._unseen.items() if until > now}
        return frozenset(id for by, id in self._unseen if by == fault.id)

    def _learner(self, fault: Fault) -> Callable[[str], None]:
        def learn(id: str) -> None:
            until = time.monotonic() + fault.unseen_seconds
            self._unseen = {**self._unseen, (fault.id, id): until}

        return learn

    def _draws_a_hit(self, fault: Fault) -> bool:
        """Tell whether the fault would hit the next request that it concerns."""
        matched, hits, _, _ = self._board.read(fault.slot)
        return _is_hit(fault, _dice(fault, matched), hits)

    def _take(self, fault: Fault, verdict: Verdict) -> None:
        """Count the request, and add to the verdict what the fault does to it, if anything."""
        with self._alone():
            matched, hits, allowance, moment = self._board.read(fault.slot)
            draw = _dice(fault, matched)
            is_hit = _is_hit(fault, draw, hits)
            retry_after = fault.retry_after_seconds
            if is_hit and fault.rate_per_second:
                now = time.monotonic()
                allowance = _allowance(fault, allowance, now - moment)
                moment = now
                is_hit = allowance < 1.0
                if is_hit:
                    needed = (1.0 - allowance) / fault.rate_per_second
                    retry_after = retry_after if retry_after >= 0 else max(1, int(needed + 0.999))
                else:
                    allowance -= 1.0
            self._board.write(fault.slot, (matched + 1, hits + is_hit, allowance, moment))
        if not is_hit:
            return
        verdict.ids.append(fault.id)
        spread = draw.uniform(-fault.jitter_seconds, fault.jitter_seconds)
        if (seconds := fault.delay_seconds + spread) > 0:
            verdict.waits.append((fault, seconds))
        if fault.ends_request:
            verdict.fault = fault
            verdict.retry_after_seconds = retry_after


def _dice(fault: Fault, matched: int) -> random.Random:
    """Return the same numbers for the same seed, whatever came between."""
    return random.Random(f"{fault.seed}/{fault.id}/{matched}")  # noqa: S311


def _is_hit(fault: Fault, draw: random.Random, hits: int) -> bool:
    return draw.random() < fault.chance and not (fault.times and hits >= fault.times)


def _allowance(fault: Fault, before: float, seconds: float) -> float:
    """Return how many requests are free now: a bucket that fills by the rate, full at first."""
    if before < 0:
        return float(fault.rate_burst)
    return min(float(fault.rate_burst), before + seconds * fault.rate_per_second)
