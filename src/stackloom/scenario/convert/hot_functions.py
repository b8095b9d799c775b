# SPDX-License-Identifier: Apache-2.0
"""Heat's functions, worked out as far as they can be, and the rest as expressions. Pure.

Source: heat/engine/hot/functions.py, heat/engine/cfn/functions.py and heat/engine/conditions.py,
2026.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from stackloom.cloud.kind import Place
from stackloom.scenario.convert.hot_nodes import (
    CannotCarry,
    Choice,
    Expression,
    Pieces,
    as_text,
    expression,
    operand,
    quoted,
    text,
    written,
)
from stackloom.scenario.convert.losses import Losses

_INDEXABLE = re.compile(r"[A-Za-z0-9_-]+")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


class Lookup(Protocol):
    """What the functions ask about resources."""

    def resource(self, id: str) -> Any:
        """Return the node that stands for a resource; raises ``CannotCarry``."""

    def attribute(self, id: str, path: Sequence[Any]) -> Any:
        """Return the node that stands for an attribute; raises ``CannotCarry``."""


class Functions:
    """Works values of a template out.

    Args:
        variables: the variable of each parameter.
        conditions: as they stand in the template, by name.
    """

    def __init__(
        self, variables: Mapping[str, str], conditions: Mapping[str, Any], losses: Losses
    ) -> None:
        self._variables = variables
        self._conditions = conditions
        self._losses = losses
        self._holders: dict[str, Any] = {}
        self._open: list[str] = []
        self.lookup: Lookup

    def with_holders(self, holders: Mapping[str, Any]) -> Functions:
        """Return the same where some words inside texts stand for something: ``%index%``."""
        other = Functions(self._variables, self._conditions, self._losses)
        other._holders = {**self._holders, **holders}
        other.lookup = self.lookup
        return other

    def carried(self, value: Any, place: Place) -> Any:
        """Return a value with what cannot be carried over left out, and noted."""
        if isinstance(value, dict) and not self._function(value):
            pairs = ((self._plain(key), key, each) for key, each in value.items())
            kept = {name: self._kept(each, (*place, key)) for name, key, each in pairs}
            return {name: each for name, each in kept.items() if each is not _LOST}
        if isinstance(value, list):
            each_kept = [self._kept(each, (*place, index)) for index, each in enumerate(value)]
            return [each for each in each_kept if each is not _LOST]
        return self.value(value)

    def _kept(self, value: Any, place: Place) -> Any:
        try:
            return self.carried(value, place)
        except CannotCarry as error:
            self._losses.add(place, str(error), error.hint)
            return _LOST

    def _plain(self, key: Any) -> str:
        return str(written(self._held(str(key))))

    def value(self, value: Any) -> Any:
        """Return a value worked out.

        Raises:
            CannotCarry: something in it has no counterpart.
        """
        if isinstance(value, str):
            return self._held(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            if work := self._function(value):
                [(name, argument)] = value.items()
                try:
                    return work(self, argument)
                except (LookupError, TypeError, ValueError, AttributeError) as error:
                    raise CannotCarry(f"{name} is given what it does not take") from error
            return {self._plain(key): self.value(each) for key, each in value.items()}
        return value

    def _function(self, value: Mapping[str, Any]) -> Callable[[Functions, Any], Any] | None:
        if len(value) != 1:
            return None
        [name] = value
        if name in _NOT_CARRIED or (name.startswith("Fn::") and name not in _FUNCTIONS):
            message = f"there is no counterpart of {name}"
            raise CannotCarry(message, "write the result in its place")
        return _FUNCTIONS.get(name)

    def _held(self, words: str) -> Any:
        """Return a text with what its placeholders stand for."""
        return _substituted(words, self._holders) if self._holders else words

    # --- parameters and resources -----------------------------------------------------------------

    def _get_param(self, argument: Any) -> Any:
        name, *path = argument if isinstance(argument, list) else [argument]
        if name == "OS::stack_name":
            return Expression("scenario.name", is_simple=True)
        if name not in self._variables:
            raise CannotCarry(
                f'there is no parameter "{name}"'
                if "::" not in str(name)
                else f"{name} is not known to a scenario"
            )
        code = f"var.{self._variables[name]}"
        steps = [self.value(each) for each in path]
        if all(isinstance(s, str | int) and _INDEXABLE.fullmatch(str(s)) for s in steps):
            return Expression(".".join([code, *map(str, steps)]), is_simple=True)
        return Expression(code + "".join(f"[{expression(s)}]" for s in steps), is_simple=True)

    def _get_resource(self, argument: Any) -> Any:
        return self.lookup.resource(str(argument))

    def _ref(self, argument: Any) -> Any:
        is_parameter = argument in self._variables
        return self._get_param(argument) if is_parameter else self._get_resource(argument)

    def _get_attr(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) < 2:
            raise CannotCarry("get_attr wants a resource and an attribute")
        return self.lookup.attribute(str(argument[0]), [self.value(each) for each in argument[1:]])

    def _get_file(self, argument: Any) -> Any:
        if "://" in str(argument) and not str(argument).startswith("file://"):
            raise CannotCarry(f"{argument} is not on this machine", "fetch it, and name the file")
        return Expression(f"file({quoted(str(argument).removeprefix('file://'))})", is_simple=True)

    # --- texts ------------------------------------------------------------------------------------

    def _str_replace(self, argument: Any) -> Any:
        template, replacements = self.value(argument["template"]), self.value(argument["params"])
        if not isinstance(replacements, dict):
            raise CannotCarry("str_replace with params that are worked out")
        if isinstance(template, str | Pieces):
            return _substituted(template, replacements)
        code = operand(template)
        for word, by in sorted(replacements.items(), key=lambda pair: -len(pair[0])):
            code = f"replace({code}, {quoted(word)}, {as_text(by)})"
        return Expression(code, is_simple=True)

    def _fn_replace(self, argument: Any) -> Any:
        return self._str_replace({"params": argument[0], "template": argument[1]})

    def _list_join(self, argument: Any) -> Any:
        separator, *lists = [self.value(each) for each in argument]
        if all(isinstance(each, list) for each in lists):
            items = [item for each in lists for item in each]
            parts = [part for item in items for part in (separator, item)][1:]
            return _simplest(text(*parts))
        code = " + ".join(operand(each) for each in lists)
        return Expression(f"join({expression(separator)}, {code})", is_simple=True)

    def _str_split(self, argument: Any) -> Any:
        separator, whole, *index = [self.value(each) for each in argument]
        if isinstance(separator, str) and isinstance(whole, str):
            pieces: Any = whole.split(separator)
            return pieces[int(index[0])] if index else pieces
        code = f"split({expression(separator)}, {expression(whole)})"
        at = f"[{int(index[0])}]" if index else ""
        return Expression(code + at, is_simple=True)

    def _base64(self, argument: Any) -> Any:
        # Heat leaves it as it is, for Nova's client encodes user data by itself.
        return self.value(argument)

    # --- lists and maps ---------------------------------------------------------------------------

    def _list_concat(self, argument: Any) -> Any:
        lists = [self.value(each) for each in argument]
        if all(isinstance(each, list) for each in lists):
            return [item for each in lists for item in each]
        return Expression(" + ".join(operand(each) for each in lists))

    def _map_merge(self, argument: Any) -> Any:
        maps = [self.value(each) for each in argument]
        if not all(isinstance(each, dict) for each in maps):
            raise CannotCarry("map_merge of maps that are worked out", "write one map in its place")
        return {key: each for one in maps for key, each in one.items()}

    def _select(self, argument: Any) -> Any:
        index, items = self.value(argument[0]), self.value(argument[1])
        if isinstance(items, list) and str(index).isdecimal():
            return items[int(index)]
        if isinstance(items, dict) and isinstance(index, str):
            return items[index]
        at = int(index) if str(index).isdecimal() else expression(index)
        return Expression(f"{operand(items)}[{at}]", is_simple=True)

    def _repeat(self, argument: Any) -> Any:
        """Write a template once for each: out in full, or as a list that is worked out."""
        sources = {word: self.value(each) for word, each in argument["for_each"].items()}
        results = [self]
        for word, items in sources.items():
            if isinstance(items, list):
                results = [each.with_holders({word: item}) for each in results for item in items]
            elif len(sources) > 1:
                raise CannotCarry("repeat over several lists that are worked out")
            else:
                name = re.sub(r"\W+", "_", word).strip("_") or "each_one"
                inner = self.with_holders({word: Expression(name, is_simple=True)})
                made = operand(inner.value(argument["template"]))
                return Expression(f"[{made} for {name} in {operand(items)}]", is_simple=True)
        return [each.value(argument["template"]) for each in results]

    # --- conditions -------------------------------------------------------------------------------

    def _if(self, argument: Any) -> Any:
        condition, yes, *no = argument
        return Choice(self.condition(condition), self.value(yes), self.value(no[0]) if no else None)

    def condition(self, value: Any) -> str:
        """Return a condition as an expression; a word is the name of one.

        Raises:
            CannotCarry: it has no counterpart.
        """
        if isinstance(value, str):
            if value not in self._conditions:
                raise CannotCarry(f'there is no condition "{value}"')
            if value in self._open:
                raise CannotCarry(f'the condition "{value}" needs itself')
            self._open.append(value)
            code = self.condition(self._conditions[value])
            self._open.pop()
            return code
        if isinstance(value, dict) and len(value) == 1:
            [(name, argument)] = value.items()
            if name == "not":
                return f"not {self._side(argument)}"
            if name in {"and", "or"}:
                if not isinstance(argument, list) or not argument:
                    raise CannotCarry(f"{name} wants a list of conditions")
                return f" {name} ".join(self._side(each) for each in argument)
        return expression(self.value(value))

    def _side(self, value: Any) -> str:
        """Return a condition as a part of a larger one."""
        code = self.condition(value)
        return code if re.fullmatch(r"[\w.]+|\([^()]*\)", code) else f"({code})"

    def _equals(self, argument: Any) -> Any:
        left, right = (self.value(each) for each in argument)
        return Expression(f"{operand(left)} == {operand(right)}")

    def _contains(self, argument: Any) -> Any:
        one, many = (self.value(each) for each in argument)
        return Expression(f"{operand(one)} in {operand(many)}")


_LOST = object()


def _substituted(template: str | Pieces, by_word: Mapping[str, Any]) -> Any:
    """Return a text with words replaced, the longest first and each once."""
    words = sorted((word for word in by_word if word), key=len, reverse=True)
    if not words:
        return template
    pattern = re.compile("|".join(map(re.escape, words)))
    parts: list[Any] = []
    for part in template.parts if isinstance(template, Pieces) else (template,):
        if not isinstance(part, str):
            parts.append(part)
            continue
        place = 0
        for match in pattern.finditer(part):
            parts += [part[place : match.start()], by_word[match[0]]]
            place = match.end()
        parts.append(part[place:])
    return _simplest(text(*parts))


def _simplest(joined: Pieces) -> Any:
    """Return a text of one part as that part."""
    if not joined.parts:
        return ""
    return joined.parts[0] if len(joined.parts) == 1 else joined


_NOT_CARRIED = frozenset(
    {"digest", "yaql", "map_replace", "filter", "make_url", "resource_facade", "list_concat_unique"}
)
_FUNCTIONS: Mapping[str, Callable[[Functions, Any], Any]] = {
    "get_param": Functions._get_param,
    "get_resource": Functions._get_resource,
    "get_attr": Functions._get_attr,
    "get_file": Functions._get_file,
    "Ref": Functions._ref,
    "Fn::GetAtt": Functions._get_attr,
    "str_replace": Functions._str_replace,
    "str_replace_strict": Functions._str_replace,
    "str_replace_vstrict": Functions._str_replace,
    "Fn::Replace": Functions._fn_replace,
    "list_join": Functions._list_join,
    "Fn::Join": Functions._list_join,
    "str_split": Functions._str_split,
    "Fn::Split": Functions._str_split,
    "Fn::Base64": Functions._base64,
    "list_concat": Functions._list_concat,
    "map_merge": Functions._map_merge,
    "Fn::Select": Functions._select,
    "repeat": Functions._repeat,
    "if": Functions._if,
    "equals": Functions._equals,
    "contains": Functions._contains,
}
