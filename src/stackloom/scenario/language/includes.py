# SPDX-License-Identifier: Apache-2.0
"""One document of several files: ``include:`` lists files whose resources are added."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from stackloom.cloud.kind import Place
from stackloom.errors import BadScenario, Problem, UsageError
from stackloom.scenario.document import MOST_VALUES, Document, read_document

ReadFile = Callable[[str], str]
"""Return the text of a file, by its path beside the scenario's own; raises ``UsageError``."""

_MOST_FILES = 100


def no_files(path: str) -> str:
    """Read nothing: for texts that came over a socket."""
    raise UsageError(f"{path} cannot be read: files are not read here")


def with_includes(
    document: Document, read_file: ReadFile, *, most_values: int = MOST_VALUES
) -> Document:
    """Return *document* with what the files that it includes add to it.

    Args:
        most_values: how many values and keys there may be in all files together.

    Raises:
        BadScenario: a file that cannot be read, a name that two files have, a circle.
    """
    if not isinstance(document.values, dict) or "include" not in document.values:
        return document
    return _Gathering(read_file, most_values).gather(document)


class _Gathering:
    def __init__(self, read_file: ReadFile, most_values: int) -> None:
        self._read_file = read_file
        self._most_values = most_values
        self._read_values = 0
        self._values: dict[str, Any] = {}
        self._sources: dict[Place, tuple[Document, Place]] = {}
        self._problems: list[Problem] = []
        self._files: set[str] = set()

    def gather(self, document: Document) -> Document:
        self._read_values = len(document.positions)
        self._add(document, "", ())
        if self._problems:
            raise BadScenario(self._problems)
        return Document(
            file=document.file, values=self._values, positions={}, sources=self._sources
        )

    def _add(self, document: Document, folder: str, chain: tuple[str, ...]) -> None:
        for section, entries in document.values.items():
            if section == "include":
                continue
            if chain and section == "scenario":
                message = 'an included file has no "scenario": the including one names it'
                self._problems.append(document.problem((section,), message, key=True))
            elif isinstance(entries, Mapping):
                self._add_entries(document, section, entries)
            elif section in self._values:
                self._complain_of_double(document, (section,))
            else:
                self._values[section] = entries
                self._sources[(section,)] = (document, (section,))
        self._follow(document, folder, chain)

    def _add_entries(self, document: Document, section: str, entries: Mapping[str, Any]) -> None:
        mine = self._values.setdefault(section, {})
        self._sources.setdefault((section,), (document, (section,)))
        for name, entry in entries.items():
            if name in mine:
                self._complain_of_double(document, (section, name))
            else:
                mine[name] = entry
                self._sources[section, name] = (document, (section, name))

    def _complain_of_double(self, document: Document, place: Place) -> None:
        other, other_place = self._sources[place]
        there = other.problem(other_place, "", key=True)
        message = f'"{place[-1]}" stands in another file already'
        self._problems.append(
            document.problem(place, message, f"see {there.file}:{there.line}", key=True)
        )

    def _follow(self, document: Document, folder: str, chain: tuple[str, ...]) -> None:
        wanted = document.values.get("include")
        paths = wanted if isinstance(wanted, list) else [wanted]
        for index, path in enumerate(paths if wanted is not None else ()):
            place: Place = ("include", index) if isinstance(wanted, list) else ("include",)
            if not isinstance(path, str):
                self._problems.append(document.problem(place, "this should be a file, as a text"))
                continue
            full = posixpath.normpath(posixpath.join(folder, path))
            if full in chain:
                message = f"files include each other in a circle: {' -> '.join([*chain, full])}"
                self._problems.append(document.problem(place, message))
            elif full not in self._files:
                self._read(document, place, full, chain)

    def _read(self, document: Document, place: Place, path: str, chain: tuple[str, ...]) -> None:
        self._files.add(path)
        if len(self._files) > _MOST_FILES:
            raise BadScenario([document.problem(place, f"more than {_MOST_FILES} files")])
        try:
            text = self._read_file(path)
            included = read_document(text, path, most_values=self._most_values)
        except UsageError as error:
            if isinstance(error, BadScenario):
                self._problems += error.problems
            else:
                self._problems.append(document.problem(place, error.message, error.hint))
            return
        self._read_values += len(included.positions)
        if self._read_values > self._most_values:
            message = f"more than {self._most_values:,} values in all files together"
            raise BadScenario([document.problem(place, message)])
        if not isinstance(included.values, dict):
            self._problems.append(included.problem((), "this should be a mapping"))
            return
        self._add(included, posixpath.dirname(path), (*chain, path))
