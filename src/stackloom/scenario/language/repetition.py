# SPDX-License-Identifier: Apache-2.0
"""Work a document out: repeated entries become many, expressions their values.

Pure, but for the function ``file`` that the scope may bring.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from stackloom.cloud.kind import Place
from stackloom.scenario.document import Document
from stackloom.scenario.findings import Findings
from stackloom.scenario.language.expressions import BadExpression, Scope, interpolated
from stackloom.scenario.language.functions import MOST_REPETITIONS


def worked_out(
    document: Document, scope: Scope, sections: Collection[str], findings: Findings
) -> Document:
    """Return a document without repetitions and expressions.

    A repeated entry ``web`` becomes ``web-0``, ``web-1`` with ``count``, and ``web-KEY`` with
    ``for_each``: one that is taken out of the middle leaves the others what they were.

    Args:
        sections: where entries may be repeated.
        findings: are told of entries that cannot be worked out, which are left out.

    Raises:
        BadScenario: something that is no entry cannot be worked out.
    """
    return _Work(document, scope, findings).all(sections)


class _Work:
    def __init__(self, document: Document, scope: Scope, findings: Findings) -> None:
        self._document = document
        self._scope = scope
        self._findings = findings
        self._sources: dict[Place, tuple[Document, Place]] = {(): (document, ())}
        self._complaints = 0

    def all(self, sections: Collection[str]) -> Document:
        values: dict[str, Any] = {}
        has_rest = True
        for section, entries in self._document.values.items():
            if section in sections and isinstance(entries, Mapping):
                values[section] = self._section(section, entries)
                continue
            before = self._complaints
            values[section] = self._filled(entries, self._scope, (section,))
            has_rest = has_rest and self._complaints == before
        if not has_rest:
            self._findings.tell()
        return Document(
            file=self._document.file, values=values, positions={}, sources=self._sources
        )

    def _section(self, section: str, entries: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, entry in entries.items():
            place: Place = (section, name)
            before = self._complaints
            made: dict[str, Any] = {}
            for new_name, scope in self._repeated(name, entry, place):
                if new_name in result or new_name in made:
                    message = f'"{new_name}" comes out twice, from repetition or by name'
                    self._findings.add([self._document.problem(place, message, key=True)])
                    continue
                bare = entry
                if isinstance(entry, Mapping):
                    bare = {k: v for k, v in entry.items() if k not in {"count", "for_each"}}
                made[new_name] = self._filled(bare, scope, place)
                self._sources[section, new_name] = (self._document, place)
            if self._complaints > before:
                self._findings.leave_out(name, entry)
            else:
                result |= made
        return result

    def _repeated(self, name: str, entry: Any, place: Place) -> Iterator[tuple[str, Scope]]:
        if not isinstance(entry, Mapping) or not {"count", "for_each"} & entry.keys():
            yield name, self._scope
        elif {"count", "for_each"} <= entry.keys():
            self._complain((*place, "count"), 'there is "for_each" as well: one of the two')
        elif "count" in entry:
            yield from self._counted(name, entry["count"], (*place, "count"))
        else:
            yield from self._for_each(name, entry["for_each"], (*place, "for_each"))

    def _counted(self, name: str, wanted: Any, place: Place) -> Iterator[tuple[str, Scope]]:
        count = self._filled(wanted, self._scope, place)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            self._complain(place, "count should be a whole number, 0 or more")
            return
        if count > MOST_REPETITIONS:
            self._complain(place, f"count may be at most {MOST_REPETITIONS:,}")
            return
        for index in range(count):
            yield f"{name}-{index}", self._scope.with_values(count={"index": index})

    def _for_each(self, name: str, wanted: Any, place: Place) -> Iterator[tuple[str, Scope]]:
        items = self._filled(wanted, self._scope, place)
        if isinstance(items, list) and all(isinstance(each, str | int) for each in items):
            items = {str(each): each for each in items}
        if not isinstance(items, Mapping):
            self._complain(place, "for_each should be a list of words, or a mapping")
            return
        for index, (key, value) in enumerate(items.items()):
            each = {"key": key, "value": value, "index": index}
            yield f"{name}-{key}", self._scope.with_values(each=each)

    def _filled(self, value: Any, scope: Scope, place: Place) -> Any:
        if isinstance(value, str):
            try:
                return interpolated(value, scope) if "${" in value else value
            except BadExpression as error:
                self._complain(place, str(error), error.hint)
                return value
        if isinstance(value, dict):
            return {k: self._filled(each, scope, (*place, k)) for k, each in value.items()}
        if isinstance(value, list):
            return [self._filled(v, scope, (*place, i)) for i, v in enumerate(value)]
        return value

    def _complain(self, place: Place, message: str, hint: str = "") -> None:
        self._complaints += 1
        self._findings.add([self._document.problem(place, message, hint)])
