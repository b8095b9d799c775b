# SPDX-License-Identifier: Apache-2.0
"""The lines of a cloud's logs: in order of time across services, and of one request only.

Reads files; knows how oslo.log begins a line, not what any service writes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
_ID = r"req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IDS = re.compile(_ID)
# The caller's id, or None, and the service's own (oslo_log/_options.py,
# `logging_context_format_string`, 7.2).
_CONTEXT = re.compile(rf"\[({_ID}|None) ({_ID})[ \]]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line.

    Attributes:
        moment: when it was written, as it says; a line that does not say so, such as one of a
            traceback, has the moment of the line before it.
        text: all of it, without the end of the line.
    """

    program: str
    moment: str
    text: str


def read(path_by_program: Mapping[str, Path]) -> list[LogLine]:
    """Return all lines, those of the logs that were set aside among them, in order of time."""
    lines: list[LogLine] = []
    for program, path in path_by_program.items():
        reader = Reader(program)
        for each in (path.with_suffix(".log.1"), path):
            try:
                with each.open(encoding="utf-8", errors="replace") as file:
                    lines += reader.lines(file)
            except FileNotFoundError:
                continue
    return in_order(lines)


def in_order(lines: Iterable[LogLine]) -> list[LogLine]:
    """Sort by time; lines of one program stay in their order."""
    return sorted(lines, key=lambda line: line.moment)


class Reader:
    """Reads the lines of one program, and remembers when the last one was written."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._moment = ""

    def lines(self, texts: Iterable[str]) -> Iterator[LogLine]:
        """Yield a line for each text."""
        for text in texts:
            if found := _MOMENT.match(text):
                self._moment = found[0]
            yield LogLine(program=self._program, moment=self._moment, text=text.rstrip("\n"))


class Trail:
    """The lines that belong to one request: its own, and those of the requests that it caused.

    A service passes the id under which it was called on to those that it calls, or its own where
    it was called without (oslo_context/context.py, `global_id`, 6.0). So the requests of one family
    are known by that id.
    """

    def __init__(self, id: str) -> None:
        self._ids = {id}

    def learn(self, lines: Iterable[LogLine]) -> None:
        """Find out which requests belong together, also where later lines tell of earlier ones."""
        contexts = [found for line in lines if (found := _CONTEXT.search(line.text))]
        pairs = {(found[1], found[2]) for found in contexts}
        known = 0
        while known != len(self._ids):
            known = len(self._ids)
            for pair in pairs:
                self._join(*pair)

    def takes(self, line: LogLine) -> bool:
        """Tell whether the line belongs to the request."""
        if found := _CONTEXT.search(line.text):
            self._join(found[1], found[2])
        return not self._ids.isdisjoint(_IDS.findall(line.text))

    def _join(self, of_caller: str, own: str) -> None:
        if of_caller in self._ids:
            self._ids.add(own)
        elif own in self._ids and of_caller != "None":
            self._ids.add(of_caller)


class Follower:
    """Reads what is written to logs from now on, also when they are set aside and begun anew."""

    def __init__(self, path_by_program: Mapping[str, Path]) -> None:
        self._paths = dict(path_by_program)
        self._readers = {program: Reader(program) for program in self._paths}
        self._files: dict[str, TextIO] = {}
        for program in self._paths:
            if file := self._open(program):
                file.seek(0, 2)

    def new_lines(self) -> list[LogLine]:
        """Return what was written since the last call, in order of time."""
        lines: list[LogLine] = []
        for program, reader in self._readers.items():
            file = self._files.get(program) or self._open(program)
            if file is None:
                continue
            lines += reader.lines(_whole_lines(file))
            if self._is_set_aside(program, file):
                file.close()
                del self._files[program]
                if file := self._open(program):
                    lines += reader.lines(_whole_lines(file))
        return in_order(lines)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _open(self, program: str) -> TextIO | None:
        try:
            file = self._paths[program].open(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        self._files[program] = file
        return file

    def _is_set_aside(self, program: str, file: TextIO) -> bool:
        try:
            return not os.path.samestat(os.fstat(file.fileno()), self._paths[program].stat())
        except FileNotFoundError:
            return True


def _whole_lines(file: TextIO) -> Iterator[str]:
    """Yield the lines that are complete, and leave the beginning of another for later."""
    while True:
        place = file.tell()
        line = file.readline()
        if not line.endswith("\n"):
            file.seek(place)
            return
        yield line
