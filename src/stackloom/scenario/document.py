# SPDX-License-Identifier: Apache-2.0
"""A YAML file as plain values, with the line and column of each; the only module that sees YAML.

Scalars are read by the rules of YAML 1.2: ``yes`` is a word, ``12:34:56`` is no number, and quotes
make a string. A key that stands twice is a problem, not a silent overwrite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from stackloom.cloud.kind import Place
from stackloom.errors import BadScenario, Problem

_INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says.

    Attributes:
        values: dicts, lists, strings, numbers, booleans and None.
        positions: line and column of each value, and of each key as ``(*place, KEY)``; from 1.
    """

    file: str
    values: Any
    positions: Mapping[Place, tuple[int, int]]

    def problem(self, place: Place, message: str, hint: str = "", *, key: bool = False) -> Problem:
        """Return a problem at *place*, or at the nearest thing around it that has a position."""
        wanted = (*place, KEY) if key else place
        while wanted and wanted not in self.positions:
            wanted = wanted[:-1]
        line, column = self.positions.get(wanted, (0, 0))
        return Problem(file=self.file, line=line, column=column, message=message, hint=hint)


KEY = "\0key"


def read_document(text: str, file: str) -> Document:
    """Read YAML.

    Raises:
        BadScenario: it is no YAML, or has keys twice; every such key is named.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "this is not YAML"
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = Problem(file=file, line=line, column=column, message=what)
        raise BadScenario([problem]) from error
    if node is None:
        raise BadScenario([Problem(file=file, line=0, column=0, message="the file is empty")])
    reader = _Reader(file)
    values = reader.read(node, ())
    if reader.problems:
        raise BadScenario(reader.problems)
    return Document(file=file, values=values, positions=reader.positions)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[int] = []
        self.positions: dict[Place, tuple[int, int]] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, place: Place) -> Any:
        self.positions[place] = _position(node)
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


def _position(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    if node.style is not None:  # quoted, or a block of text
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        base = {"0x": 16, "0o": 8}.get(text[:2], 10)
        return int(text, base)
    return float(text) if _FLOAT.fullmatch(text) else text
