# SPDX-License-Identifier: Apache-2.0
"""One topology on its way through one fault after the other."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.drill.ledger import Ledger
from tests.faults.drill.weaver import CountingTransport, Weaver, Wrap, failures

from stackloom.errors import StackloomError
from stackloom.testing.project import OpenStackProject
from stackloom.transport.client import Transport

# All trials, or a fixed sample of them: every ninth, which meets every kind of request somewhere.
IS_FULL = bool(os.environ.get("STACKLOOM_DRILL_REPORT"))
_SAMPLE_STEP = 9
_EVERY = 4
_MOST_APPLIES = 3
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_SERVICES = {"v2.0": "network", "v2.1": "compute"}


@dataclass(slots=True)
class Course:
    """A topology in a project of its own.

    Attributes:
        woven: what an undisturbed apply makes of it.
        requests: what that sends.
    """

    file: Path
    environment: Mapping[str, str]
    project: OpenStackProject
    ledger: Ledger
    woven: Counter[str] = field(default_factory=Counter)
    requests: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The topology's."""
        return self.file.stem

    def weaver(self, wrap: Wrap = lambda inner: inner) -> Weaver:
        """Return what applies and destroys it."""
        return Weaver.of_environment(self.file, self.environment, wrap=wrap)

    async def measure(self) -> None:
        """Apply undisturbed, note what that makes and sends, and take it away again."""
        counted: list[CountingTransport] = []

        def count(inner: Transport) -> Transport:
            counted.append(CountingTransport(inner))
            return counted[-1]

        assert failures(await self.weaver(count).apply()) == []
        self.requests = counted[0].sent
        self.woven = await self.weaver().inventory()
        assert await self.weaver().changes() == []
        await self._leaves_nothing()

    def numbers(self, step: int = 1) -> list[int]:
        """Return which of an apply's requests are disturbed, from 1.

        Args:
            step: of a full run, only every so many.
        """
        every = range(1, len(self.requests) + 1)
        taken = step if IS_FULL else _SAMPLE_STEP
        return list(every[taken // 2 :: taken])

    def changing_paths(self) -> list[tuple[str, str, str]]:
        """Return each kind of request of an apply that makes or changes something.

        As ``(service, method, path)``; ids are left to ``*``.
        """
        found: dict[tuple[str, str, str], None] = {}
        for method, url in self.requests:
            path = _ID.sub("*", urlsplit(url).path)
            service = _SERVICES.get(path.split("/")[1])
            if service and method in {"POST", "PUT"}:
                found[service, method, path] = None
        return list(found)

    async def trial(self, fault: str, disturbed: Callable[[], Awaitable[object]]) -> None:
        """Let a disturbed apply happen, apply until all is well, and see that it is.

        Args:
            disturbed: may fail as it likes.
        """
        try:
            await disturbed()
        except StackloomError:
            pass  # it said what happened, and stopped
        is_well = False
        try:
            await self._recovers()
            is_well = True
        finally:
            self.ledger.note(self.name, fault, well=is_well)
            if not is_well:
                await self.weaver().destroy()

    async def _recovers(self) -> None:
        told: list[str] = []
        for _ in range(_MOST_APPLIES):
            told = failures(await self.weaver().apply())
            if not told:
                break
        assert told == []
        assert await self.weaver().changes() == []
        assert await self.weaver().inventory() == self.woven
        await self._leaves_nothing()

    async def _leaves_nothing(self) -> None:
        assert failures(await self.weaver().destroy()) == []
        assert await self.weaver().inventory() == Counter()

    def is_sampled(self, number: int) -> bool:
        """Tell whether fault *number* is tried on this topology in a run that takes a sample."""
        folder = Path(__file__).parent / "topologies"
        place = sorted(each.stem for each in folder.glob("*.yaml")).index(self.name)
        return IS_FULL or number % _EVERY == place % _EVERY
