# SPDX-License-Identifier: Apache-2.0
"""What was about to be made, written before each create, so that a killed run is not forgotten.

The cloud is the state; this file only covers the moment in which the cloud cannot tell: a run is
killed while a create is under way, and the next run lists before the service has finished it. An
intent without an ending makes the next run look again for a while before it creates.

For commands, one file a scenario, project and cloud, 0600, one JSON object a line; whoever works on
a scenario holds a lock on it. A service keeps them where all its workers see them. No secrets:
addresses, ids and times.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from stackloom.cloud.mark import Address
from stackloom.errors import InDoubt, ScenarioBusy, StackloomError
from stackloom.scenario.executor import Actions, IdByAddress
from stackloom.scenario.plan import Step


def records_directory(environment: Mapping[str, str]) -> Path:
    """Return ``$XDG_STATE_HOME/stackloom/records``, by default under ``~/.local/state``."""
    home = Path(environment.get("HOME") or "~").expanduser()
    root = environment.get("XDG_STATE_HOME") or home / ".local" / "state"
    return Path(root) / "stackloom" / "records"


class Records(Protocol):
    """The intents of one scenario, which nobody else works on meanwhile.

    Attributes:
        is_new: no run that is known here has worked on the scenario yet.
        unfinished: what an earlier run began to make, and when, in seconds since 1970.
    """

    @property
    def is_new(self) -> bool: ...  # noqa: D102 - said above

    @property
    def unfinished(self) -> Mapping[Address, float]: ...  # noqa: D102 - said above

    async def intend(self, addresses: Iterable[Address]) -> None:
        """Note that these are about to be made; it is kept for certain when this returns."""

    async def end(self, endings: Mapping[Address, str]) -> None:
        """Note how creates ended: with an id, or "" where it is certain that nothing was made."""

    async def forget(self) -> None:
        """Begin anew: what an earlier run began is known now, or will never be there."""


class FileRecords:
    """Records in a file. Made by ``hold_records``, which also keeps others out."""

    def __init__(self, file: Path, *, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now
        self.is_new = not file.stat().st_size
        """No run on this machine has worked on the scenario yet."""
        self.unfinished: Mapping[Address, float] = _unfinished(file)
        """What an earlier run began to make, and when, in seconds since 1970."""

    async def intend(self, addresses: Iterable[Address]) -> None:
        """Note that these are about to be made."""
        await self._append({"intend": str(address)} for address in addresses)

    async def end(self, endings: Mapping[Address, str]) -> None:
        """Note how creates ended: with an id, or "" where it is certain that nothing was made."""
        await self._append({"end": str(address), "id": id} for address, id in endings.items())

    async def forget(self) -> None:
        """Begin a new file."""
        line = json.dumps({"time": round(self._now(), 3)}) + "\n"
        await asyncio.to_thread(self._file.write_text, line)

    async def _append(self, entries: Iterable[dict[str, object]]) -> None:
        now = round(self._now(), 3)
        lines = [json.dumps({"time": now, **entry}) + "\n" for entry in entries]
        await asyncio.to_thread(self._write, "".join(lines))

    def _write(self, text: str) -> None:
        # The kernel has it when this returns, so it survives a kill -9 of this process.
        with self._file.open("a", encoding="utf-8") as file:
            file.write(text)


@contextmanager
def hold_records(directory: Path, *, cloud_key: str, scenario: str) -> Iterator[FileRecords]:
    """Open the records of a scenario and keep every other command on this machine out.

    Args:
        cloud_key: anything that tells cloud and project apart from others.

    Raises:
        ScenarioBusy: another command is at work on the scenario.
    """
    folder = directory / hashlib.sha256(cloud_key.encode()).hexdigest()[:16]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A name that was typed, not read from a file, may hold anything: "../x" stays in the folder.
    file = folder / f"{quote(scenario, safe='')}.jsonl"
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ScenarioBusy(
                f'another command is at work on scenario "{scenario}"',
                hint="wait until it has ended, then run this one again",
            ) from error
        yield FileRecords(file)
    finally:
        os.close(handle)


def _unfinished(file: Path) -> dict[Address, float]:
    """Return the intents without an ending; a line that a crash cut short counts for nothing."""
    begun: dict[Address, float] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            address = Address.read(str(entry.get("intend") or entry["end"]))
            if "intend" in entry:
                begun[address] = float(entry["time"])
            else:
                begun.pop(address, None)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return begun


class RecordedActions:
    """Actions that note every create before and after it."""

    def __init__(self, actions: Actions, records: Records) -> None:
        self._actions = actions
        self._records = records

    async def create(
        self, steps: Sequence[Step], ids: IdByAddress
    ) -> Mapping[Address, str | StackloomError]:
        """Make *steps*, noting the intent before and the id after."""
        await self._records.intend(step.address for step in steps)
        made = await self._actions.create(steps, ids)
        certain = {a: each for a, each in made.items() if not isinstance(each, InDoubt)}
        endings = {a: each if isinstance(each, str) else "" for a, each in certain.items()}
        await self._records.end(endings)
        return made

    async def update(self, step: Step, ids: IdByAddress) -> None:
        """Pass it on: an update can be repeated."""
        await self._actions.update(step, ids)

    async def delete(self, step: Step) -> None:
        """Pass it on: a delete can be repeated."""
        await self._actions.delete(step)

    async def settle(self, step: Step, id: str) -> None:
        """Pass it on."""
        await self._actions.settle(step, id)
