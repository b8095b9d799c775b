# SPDX-License-Identifier: Apache-2.0
"""Reading what strangers send: in processes of their own, each with an end to its patience.

A text that takes for ever, or all memory, ends the process that reads it and nothing else; who sent
it is told so, and the next one is read by another process. No file of this machine is read: a
scenario consists of the texts that were sent.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from stackloom.errors import Problem
from stackloom.service.reading_child.messages import (
    Answer,
    Died,
    Draw,
    Drawn,
    Invalid,
    PictureFormat,
    PictureTheme,
    Question,
    TooMuch,
    Validate,
    Validated,
)
from stackloom.service.reading_child.process import ReadingProcess
from stackloom.service.refusal import Refused
from stackloom.service.settings import LimitsSettings, ServiceSettings
from stackloom.wire.problem import Source
from stackloom.wire.scenario import MAIN_FILE, ScenarioSource, Validation

log = logging.getLogger(__name__)

# By the processor's clock, by ours.
_TIME_IS_UP = frozenset({signal.SIGXCPU, signal.SIGALRM})
# The kernel takes away what nobody has; a library that gets no memory aborts or stumbles.
_MEMORY_IS_OUT = frozenset({signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS})
_RETRY_AFTER = {"Retry-After": "1"}
_NO_SECRETS: Mapping[str, str] = {}


class Reading:
    """Reads and draws scenarios, a few at once; an ``async with``, which starts its processes.

    Args:
        settings: ``limits`` of it: how many at once, how many may wait, and what each may cost.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._limits = settings.limits
        self._turns = asyncio.Semaphore(self._limits.readings_at_once)
        self._waiting = 0
        self._idle = [_process(self._limits) for _ in range(self._limits.readings_at_once)]

    async def __aenter__(self) -> Self:
        async with asyncio.TaskGroup() as group:
            for process in self._idle:
                group.create_task(process.start())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._idle:
            await process.close()

    async def validate(
        self, source: ScenarioSource, *, secrets: Mapping[str, str] = _NO_SECRETS
    ) -> Validation:
        """Return everything that is wrong with a scenario, and what else its texts say.

        Args:
            secrets: values of its secret variables; what they are is told in no problem.

        Raises:
            Refused: reading.took-too-long, busy; body.invalid where it is larger than it may be,
                scenario.invalid where reading it takes more memory than it may.
        """
        check_size(source, self._limits)
        said = await self._ask(
            Validate(source=source, secrets=secrets, most_values=self._limits.values)
        )
        assert isinstance(said, Validated), f"a validation is answered with {said}"
        return said.validation

    async def picture(
        self,
        of: ScenarioSource | bytes,
        format: PictureFormat,
        *,
        theme: PictureTheme = "auto",
        expand: bool = False,
    ) -> bytes:
        """Return a picture as what stands in its file.

        Args:
            of: what a scenario asks for, or the JSON of a ``scenario.picture.overlay.Picture``.
            format: ``json`` is that same JSON.
            expand: show each of many boxes that are alike by itself.

        Raises:
            Refused: as ``validate``; scenario.invalid with every problem of the texts.
        """
        source = None if isinstance(of, bytes) else of
        if source is not None:
            check_size(source, self._limits)
        said = await self._ask(
            Draw(
                source=source,
                picture=of if isinstance(of, bytes) else None,
                most_values=self._limits.values,
                format=format,
                theme=theme,
                expand=expand,
            )
        )
        if isinstance(said, Invalid):
            raise invalid(said.problems)
        assert isinstance(said, Drawn), f"a picture is answered with {said}"
        return said.content

    async def _ask(self, question: Question) -> Answer:
        async with self._turn() as process:
            said = await process.ask(question)
        if isinstance(said, Died):
            raise _died(said, self._limits)
        if isinstance(said, TooMuch):
            raise _too_much(said, self._limits)
        return said

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[ReadingProcess]:
        """Wait for a process that nobody else asks, and have it for an ``async with``."""
        if self._turns.locked() and self._waiting >= self._limits.readings_waiting:
            raise Refused(
                "busy",
                f"{self._waiting} others wait for their scenario to be read",
                hint="ask again in a moment",
                headers=_RETRY_AFTER,
            )
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        process = self._idle.pop()
        try:
            yield process
        except BaseException:
            await process.close()  # its answer, still to come, is for nobody
            raise
        finally:
            self._idle.append(process)
            self._turns.release()


def _process(limits: LimitsSettings) -> ReadingProcess:
    return ReadingProcess(
        cpu_seconds=limits.reading_cpu_seconds, memory_mib=limits.reading_memory_mib
    )


def check_size(source: ScenarioSource, limits: LimitsSettings) -> None:
    """Check that a scenario has not more texts, and not longer ones, than it may.

    Raises:
        Refused: body.invalid, with where it is.
    """
    if len(source.text) > limits.text_characters:
        what = f"the text has {len(source.text):,} characters, of {limits.text_characters:,}"
        raise _too_large(what, "$.source.text")
    if len(source.files) > limits.files:
        raise _too_large(f"{len(source.files)} files, of {limits.files}", "$.source.files")
    characters = sum(map(len, source.files.values()))
    if characters > limits.files_characters:
        what = f"the files have {characters:,} characters, of {limits.files_characters:,}"
        raise _too_large(what, "$.source.files")
    if MAIN_FILE in source.files:
        message = f'"{MAIN_FILE}" is what the text itself is called, so no file can be'
        raise Refused("body.invalid", message, source=Source(pointer="$.source.files"))


def _too_large(what: str, pointer: str) -> Refused:
    return Refused("body.invalid", f"{what} that it may have", source=Source(pointer=pointer))


def invalid(problems: Iterable[Problem]) -> Refused:
    """Return the refusal of a scenario that has problems."""
    told = tuple(problems)
    count = "a problem" if len(told) == 1 else f"{len(told)} problems"
    return Refused("scenario.invalid", f"the scenario has {count}", problems=told)


def _died(said: Died, limits: LimitsSettings) -> Refused:
    if said.signal in _TIME_IS_UP:
        return Refused(
            "reading.took-too-long",
            f"it was not done after {limits.reading_cpu_seconds} s of work, and was given up",
            hint="make the scenario smaller, or several of it",
        )
    if said.signal in _MEMORY_IS_OUT:
        return _too_much(TooMuch(what="memory"), limits)
    log.error("the process that reads has ended (signal %d); its error is above", said.signal)
    return Refused("server.failed", "the process that reads it has failed")


def _too_much(said: TooMuch, limits: LimitsSettings) -> Refused:
    message = {
        "memory": f"reading it takes more than {limits.reading_memory_mib} MiB of memory",
        "stack": "it is nested too deeply to be read",
        "room": "what would be drawn is larger than anybody could look at",
    }[said.what]
    return Refused("scenario.invalid", message, hint="make it smaller, or several of it")
