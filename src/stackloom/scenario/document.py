# SPDX-License-Identifier: Apache-2.0
"""A YAML file as plain values, with the line and column of each; the only module that sees YAML.

Scalars are read by the rules of YAML 1.2: ``yes`` is a word, ``12:34:56`` is no number, and quotes
make a string. A key that stands twice is a problem, not a silent overwrite. A file cannot exhaust
the machine: nesting and what aliases multiply have limits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from stackloom.cloud.kind import Place
from stackloom.errors import BadScenario, Problem

# A longer run of digits is an id, not a number.
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0x[0-9a-fA-F]{1,15}|0o[0-7]{1,20}")
_FLOAT = re.compile(r"[-+]?((\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# libyaml's composer recurses in C and crashes the process some 20,000 levels down.
_MOST_LEVELS = 50
# Ten lines of aliases of aliases would make 10^10 values; real files have some thousands.
MOST_VALUES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says.

    Attributes:
        values: dicts, lists, strings, numbers, booleans and None.
        positions: line and column of each value, and of each key as ``(*place, KEY)``; from 1.
        sources: where things stood before they were put together or worked out: the other document
            and the place there, by the place here. The longest that fits counts.
    """

    file: str
    values: Any
    positions: Mapping[Place, tuple[int, int]]
    sources: Mapping[Place, tuple[Document, Place]] = field(default_factory=dict)

    def has(self, place: Place) -> bool:
        """Tell whether something stands at *place*."""
        for length in range(len(place), -1, -1):
            if source := self.sources.get(place[:length]):
                document, there = source
                return document.has((*there, *place[length:]))
        return place in self.positions

    def problem(self, place: Place, message: str, hint: str = "", *, key: bool = False) -> Problem:
        """Return a problem at *place*, or at the nearest thing around it that has a position."""
        for length in range(len(place), -1, -1):
            if source := self.sources.get(place[:length]):
                document, there = source
                return document.problem((*there, *place[length:]), message, hint, key=key)
        wanted = (*place, KEY) if key else place
        while wanted and wanted not in self.positions:
            wanted = wanted[:-1]
        line, column = self.positions.get(wanted, (0, 0))
        return Problem(file=self.file, line=line, column=column, message=message, hint=hint)


KEY = "\0key"


def read_document(text: str, file: str, *, most_values: int = MOST_VALUES) -> Document:
    """Read YAML.

    Args:
        most_values: how many values and keys there may be, each alias counted where it stands.

    Raises:
        BadScenario: it is no YAML, or has keys twice; every such key is named.
    """
    try:
        _check_levels(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise BadScenario([_problem_of(error, file, text)]) from error
    if node is None:
        raise BadScenario([Problem(file=file, line=0, column=0, message="the file is empty")])
    reader = _Reader(file, most_values)
    values = reader.read(node, ())
    if reader.problems:
        raise BadScenario(reader.problems)
    return Document(file=file, values=values, positions=reader.positions)


def _problem_of(error: yaml.YAMLError, file: str, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    # The context says what was being read, the problem what came instead.
    words = [getattr(error, name, None) for name in ("context", "problem", "reason")]
    message = ", ".join(str(each) for each in words if each) or "it is not YAML"
    # The mark may be behind the last line.
    there = "".join(text.split("\n")[line - 1 : line])[column - 1 : column] if mark else ""
    return Problem(
        file=file,
        line=line,
        column=column,
        message=f"this is not YAML: {message}",
        hint=_HINTS.get(there, ""),
    )


# What cannot stand where something begins: a tab, and what YAML keeps for itself.
_HINTS = {
    "\t": "a tab; YAML is indented with spaces",
    "@": "quotes make it a text",
    "%": "quotes make it a text",
    "`": "quotes make it a text",
}


def _check_levels(text: str, file: str) -> None:
    levels = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            levels += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            levels -= 1
        if levels > _MOST_LEVELS:
            line, column = _position(event)
            message = f"more than {_MOST_LEVELS} levels inside each other"
            raise BadScenario([Problem(file=file, line=line, column=column, message=message)])


class _Reader:
    def __init__(self, file: str, most_values: int) -> None:
        self._file = file
        self._most_values = most_values
        self._open: list[int] = []
        self.positions: dict[Place, tuple[int, int]] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, place: Place) -> Any:
        self.positions[place] = _position(node)
        if len(self.positions) > self._most_values:
            message = f"more than {self._most_values:,} values, once aliases are written out"
            raise BadScenario([Problem(file=self._file, line=0, column=0, message=message)])
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._open:
            self._complain(node, "an alias that contains itself")
            return None
        self._open.append(id(node))
        values: Any
        if isinstance(node, yaml.SequenceNode):
            values = [self.read(each, (*place, index)) for index, each in enumerate(node.value)]
        else:
            values = self._mapping(node, place)
        self._open.pop()
        return values

    def _mapping(self, node: yaml.Node, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(key_node, "a key should be a word")
                continue
            key = str(key_node.value)
            if key in values:
                line, _ = self.positions[*place, key, KEY]
                self._complain(key_node, f'"{key}" stands here twice', f"first in line {line}")
                continue
            self.positions[*place, key, KEY] = _position(key_node)
            values[key] = self.read(value_node, (*place, key))
        return values

    def _complain(self, node: yaml.Node, message: str, hint: str = "") -> None:
        line, column = _position(node)
        problem = Problem(file=self._file, line=line, column=column, message=message, hint=hint)
        self.problems.append(problem)


def _position(node: yaml.Node | yaml.Event) -> tuple[int, int]:
    assert node.start_mark is not None, "everything read from a text has a place in it"
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    if node.style:  # quoted, or a block of text; plain is None, and "" where libyaml reads
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        base = {"0x": 16, "0o": 8}.get(text[:2], 10)
        return int(text, base)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text
