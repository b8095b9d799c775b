# SPDX-License-Identifier: Apache-2.0
"""One resource of a template while it becomes an entry of a scenario. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackloom.cloud.kind import Place
from stackloom.scenario.convert.hot_items import Item, Items
from stackloom.scenario.convert.hot_nodes import (
    CannotCarry,
    Choice,
    Expression,
    Late,
    Named,
    expression,
    name_code,
    name_text,
    written,
)
from stackloom.scenario.convert.hot_template import read_number, read_truth
from stackloom.scenario.convert.losses import Losses
from stackloom.scenario.model import Kinds

_VARIABLE = re.compile(r"var\.(\w+)")
_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
# Marks and names are stackloom's own business; whose it is, the token says.
_SILENT = frozenset({"name", "tenant_id", "replacement_policy", "value_specs"})


@dataclass(slots=True)
class Writing:
    """A scenario that is being written.

    Attributes:
        types: the types of variables.
        entries: ``(section, name)`` and what stands there.
        existing: what the scenario says that is there already, by section.
        named: the names of those by kind and what they are found by.
    """

    kinds: Kinds
    items: Items
    losses: Losses
    types: Mapping[str, str]
    entries: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    existing: dict[str, dict[str, Any]] = field(default_factory=dict)
    named: dict[tuple[str, str], str] = field(default_factory=dict)

    def section(self, kind: str) -> str:
        """Return the section in which entries of a kind stand."""
        declaration = self.kinds[kind].declaration
        assert declaration is not None, "only declared kinds are written"
        return declaration.section

    def entry(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an entry that was written, by the name that others call it."""
        entries = self.entries.get(self.section(kind), {})
        if name in entries:
            return entries[name]
        for base, entry in entries.items():
            if "count" in entry and re.fullmatch(re.escape(base) + r"-\$\{count\.index\}", name):
                return entry
            if str(entry.get("count", "")).startswith("${1 if") and name == f"{base}-0":
                return entry
        return None

    def there(self, kind: str, value: Any) -> str:
        """Return the name of something that is there already, and let the scenario say so."""
        query = name_text(value)
        if (kind, query) in self.named:
            return self.named[kind, query]
        if own := self.items.own(kind, value):
            return own
        if re.search(r"\$\{.*(\bcount\.|\.[a-z]+\.[a-z_]+\})", query):
            words = kind.replace("_", " ")
            raise CannotCarry(f"which {words} this is, is not known when the scenario is read")
        variable = _VARIABLE.fullmatch(value.code) if isinstance(value, Expression) else None
        wanted = query.replace("${var.", "").replace("}", "")
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", wanted).strip("-._") or kind
        taken = {item.name for item in self.items.items.values() if item.kind == kind}
        entries = self.existing.setdefault(self.section(kind), {})
        while name in taken or name in entries:
            name = f"existing-{name}"
        by_id = _ID.fullmatch(query) or (variable and variable[1].endswith("_id"))
        entries[name] = {"id" if by_id else "name": query}
        self.named[kind, query] = name
        return name


class Source:
    """The properties of one resource, each read once; what nobody reads is a loss.

    Args:
        writing: the scenario that it becomes a part of.
        properties, place: a part of the resource's, such as one of its networks.
    """

    def __init__(
        self, writing: Writing, item: Item, properties: Any = None, place: Place = ()
    ) -> None:
        self.writing = writing
        self.item = item
        self.place = place or (*item.inner, "properties")
        self._functions = writing.items.of(item)
        raw = item.properties if properties is None else properties
        extra = raw.get("value_specs")
        self._raw = {**(extra if isinstance(extra, Mapping) else {}), **raw}
        self._extra = frozenset(extra if isinstance(extra, Mapping) else ())
        self._unread = dict.fromkeys(self._raw)

    def at(self, name: str) -> Place:
        """Return where a property stands."""
        inside = (*self.place, "value_specs", name)
        return inside if name in self._extra else (*self.place, name)

    def lose(self, name: str, message: str, hint: str = "") -> None:
        """Note that a property cannot be carried over."""
        self._unread.pop(name, None)
        self.writing.losses.add(self.at(name), message, hint)

    def has(self, name: str) -> bool:
        """Tell whether a property is given."""
        return self._raw.get(name) is not None

    def says_none(self, name: str) -> bool:
        """Tell whether a property is given as nothing."""
        return name in self._raw and self._raw[name] in (None, "")

    def node(self, *names: str) -> Any:
        """Return the first of several properties that is given, worked out; else None."""
        for name in names:
            self._unread.pop(name, None)
            if self._raw.get(name) is None:
                continue
            try:
                return self._functions.carried(self._raw[name], self.at(name))
            except CannotCarry as error:
                self.writing.losses.add(self.at(name), str(error), error.hint)
        return None

    def parts(self, name: str) -> list[Source]:
        """Return each mapping of a list as a source of its own."""
        self._unread.pop(name, None)
        found = self._raw.get(name)
        if found is None:
            return []
        if isinstance(found, Mapping):  # such as what repeat makes
            made = self.node(name)
            found = made if isinstance(made, list) else None
        if not isinstance(found, list):
            self.lose(name, f"{name} that are worked out as a whole cannot be carried over")
            return []
        result = []
        for index, each in enumerate(found):
            place = (*self.at(name), index)
            if isinstance(each, Mapping) and not _is_call(each):
                result.append(Source(self.writing, self.item, each, place))
            else:
                self.writing.losses.add(place, f"one of the {name} is worked out as a whole")
        return result

    # --- values -----------------------------------------------------------------------------------

    def lists(self, entry: dict[str, Any], *names: str) -> None:
        """Copy properties that are lists of texts."""
        for name in names:
            value = self.node(name)
            if isinstance(value, list):
                entry[name] = [self._typed(each, _as_text, "string") for each in value]
            elif value is not None:
                entry[name] = written(value)

    def _put(
        self, entry: dict[str, Any], names: tuple[str, ...], read: Callable[[Any], Any], wanted: str
    ) -> None:
        for name in names:
            value = self.node(name)
            if value is not None:
                try:
                    entry[name] = self._typed(value, read, wanted)
                except CannotCarry as error:
                    self.writing.losses.add(self.at(name), str(error), error.hint)

    def _typed(self, value: Any, read: Callable[[Any], Any], wanted: str) -> Any:
        if isinstance(value, list | dict):
            raise CannotCarry("there should be one value here")
        if isinstance(value, Expression) and wanted:
            match = _VARIABLE.fullmatch(value.code)
            own = self.writing.types.get(match[1], "") if match else ""
            own = "integer" if value.code == "count.index" else own
            if own and own not in {wanted, "list", "map"}:
                convert = {"text": "text", "integer": "int"}.get(_FUNCTION_OF[wanted])
                if convert:
                    return f"${{{convert}({expression(value)})}}"
        return written(read(value))

    def texts(self, entry: dict[str, Any], *names: str) -> None:
        """Copy properties that are texts, or lists of them."""
        self._put(entry, names, _as_text, "string")

    def integers(self, entry: dict[str, Any], *names: str) -> None:
        """Copy properties that are whole numbers."""
        self._put(entry, names, read_number, "integer")

    def truths(self, entry: dict[str, Any], *names: str) -> None:
        """Copy properties that are true or false."""
        self._put(entry, names, read_truth, "boolean")

    def metadata(self, entry: dict[str, Any], name: str, as_: str = "") -> None:
        """Copy a mapping whose values are texts."""
        value = self.node(name)
        if value is None:
            return
        if isinstance(value, dict):
            entry[as_ or name] = {
                key: self._typed(each, _as_text, "string") for key, each in value.items()
            }
        else:
            entry[as_ or name] = written(value)

    # --- names ------------------------------------------------------------------------------------

    def name(self, kind: str, *names: str, looked_up: bool = False) -> str:
        """Return how the scenario names what a property names; "" where it cannot.

        Args:
            looked_up: the scenario looks such names up in the cloud; others have to stand in it.
        """
        value = self.node(*names)
        given = next((each for each in names if self.has(each)), names[0])
        return self._named(kind, value, self.at(given), looked_up=looked_up)

    def names(self, kind: str, name: str, *, alone: str = "") -> list[str]:
        """Return the same for a list; *alone* is a name that needs no entry."""
        value = self.node(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.lose(name, f"{name} that are worked out as a whole cannot be carried over")
            return []
        found = [
            each if each == alone else self._named(kind, each, (*self.at(name), index))
            for index, each in enumerate(value)
        ]
        return [each for each in found if each]

    def _named(self, kind: str, value: Any, place: Place, *, looked_up: bool = False) -> str:
        try:
            if value is None:
                return ""
            if isinstance(value, Named) and value.kind != kind:
                words = value.kind.replace("_", " ")
                raise CannotCarry(f"this is a {words}, where a {kind.replace('_', ' ')} is wanted")
            is_own = isinstance(value, Named) or (
                isinstance(value, Late) and (value.kind, value.attribute) == (kind, "name")
            )
            if looked_up or is_own:
                return name_text(value)
            if isinstance(value, Choice):
                sides = [self._side(kind, each) for each in (value.yes, value.no)]
                yes, no = map(name_code, sides)
                return f"${{{yes} if {value.condition} else {no}}}"
            return self.writing.there(kind, value)
        except CannotCarry as error:
            self.writing.losses.add(place, str(error), error.hint)
            return ""

    def _side(self, kind: str, value: Any) -> Any:
        is_own = value is None or isinstance(value, Named)
        return value if is_own else self.writing.there(kind, value)

    def end(self) -> None:
        """Note what nobody has read."""
        for name in self._unread:
            if name not in _SILENT and self._raw[name] not in (None, "", [], {}):
                message = f"there is no counterpart of {name}"
                self.writing.losses.add(self.at(name), message, key=True)


_FUNCTION_OF = {"string": "text", "integer": "integer", "boolean": ""}


def _as_text(value: Any) -> Any:
    """Return numbers and the like as the text that Heat would send."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return value


def _is_call(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is a function of Heat."""
    return len(value) == 1 and next(iter(value)) in {
        "get_param", "get_attr", "get_resource", "if", "repeat", "yaql", "map_merge",
    }  # fmt: skip


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
