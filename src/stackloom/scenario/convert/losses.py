# SPDX-License-Identifier: Apache-2.0
"""What a conversion could not carry over: each once, with its place. Pure."""

from __future__ import annotations

from stackloom.cloud.kind import Place
from stackloom.errors import Problem
from stackloom.scenario.document import Document


class Losses:
    """Gathers what was lost, in the order of the file."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: dict[Problem, None] = {}

    def add(self, place: Place, message: str, hint: str = "", *, key: bool = False) -> None:
        """Note a loss at *place*; the same words at the same place count once."""
        self._found.setdefault(self._document.problem(place, message, hint, key=key))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was noted."""
        return tuple(sorted(self._found, key=lambda each: (each.line, each.column)))
