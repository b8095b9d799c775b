# SPDX-License-Identifier: Apache-2.0
"""``${...}`` inside the texts of a file: what it stands for, without a cloud. Pure.

An expression is a small part of Python's own syntax, read by Python's own parser and worked out by
the few rules below: nothing else can be reached from it. ``$${`` stands for a plain ``${``. What
only the cloud knows, ``${server.web.address}``, stays in the text for ``scenario/attributes.py``.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from stackloom.scenario.language.functions import (
    FUNCTIONS,
    MOST_REPETITIONS,
    BadValue,
    Function,
    as_text,
)

_START = re.compile(r"(?<!\$)\$\{")
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z0-9_-]+)+")
_LONGEST_TEXT = 1_000_000
_DEEPEST = 30


class BadExpression(Exception):
    """An expression that cannot be worked out.

    Attributes:
        hint: what was meant, perhaps.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an expression can name.

    Attributes:
        values: ``var``, ``each``, ``count``, ``scenario``, each with what is inside.
        kinds: the first words of what only the cloud knows.
        functions: by name.
    """

    values: Mapping[str, Any]
    kinds: Collection[str] = ()
    functions: Mapping[str, Function] = field(default_factory=lambda: FUNCTIONS)

    def with_values(self, **more: Any) -> Scope:
        """Return a scope that knows more."""
        values = {**self.values, **more}
        return Scope(values=values, kinds=self.kinds, functions=self.functions)


def interpolated(text: str, scope: Scope) -> Any:
    """Return *text* with its expressions worked out; one that is the whole text keeps its type.

    Raises:
        BadExpression: one of them has no value.
    """
    pieces = _pieces(text)
    if len(pieces) == 1 and pieces[0][0]:
        return evaluated(pieces[0][1], scope)
    result = "".join(
        as_text(evaluated(piece, scope)) if is_expression else piece
        for is_expression, piece in pieces
    )
    if len(result) > _LONGEST_TEXT:
        raise BadExpression(f"this becomes longer than {_LONGEST_TEXT:,} letters")
    return result


def _pieces(text: str) -> list[tuple[bool, str]]:
    """Split a text into plain pieces and expressions: ``[(is expression, piece)]``."""
    pieces: list[tuple[bool, str]] = []
    place = 0
    while start := _START.search(text, place):
        if start.start() > place:
            pieces.append((False, text[place : start.start()]))
        end = _end_of_expression(text, start.end())
        pieces.append((True, text[start.end() : end].strip()))
        place = end + 1
    if place < len(text) or not pieces:
        pieces.append((False, text[place:]))
    return pieces


def _end_of_expression(text: str, start: int) -> int:
    """Return where the closing brace stands; braces inside quotes or pairs do not count."""
    depth, quote = 0, ""
    for place in range(start, len(text)):
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}":
            if depth == 0:
                return place
            depth -= 1
    raise BadExpression("a ${ without its }", "write $${ for a plain ${")


def evaluated(expression: str, scope: Scope) -> Any:
    """Work one expression out.

    Raises:
        BadExpression: it has no value.
    """
    if _PATH.fullmatch(expression):
        return _at_path(expression, scope)
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        hint = "write $${ for a plain ${"
        raise BadExpression(f"${{{expression}}} cannot be read", hint) from error
    return _Evaluation(scope).value(tree.body, 0)


def _at_path(path: str, scope: Scope) -> Any:
    first, *others = path.split(".")
    if first in scope.kinds:
        if len(others) < 2:
            kind_path = f"{first}.NAME.ATTRIBUTE"
            raise BadExpression(f"${{{path}}} names no attribute", f"such as ${{{kind_path}}}")
        return f"${{{path}}}"
    value = _named(first, scope)
    for other in others:
        value = _member(value, other)
    return value


def _named(name: str, scope: Scope) -> Any:
    if name in scope.values:
        return scope.values[name]
    known = sorted([*scope.values, *scope.kinds])
    raise BadExpression(f'"{name}" is not known here', _meant(name, known))


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        raise BadExpression(f'there is no "{name}" here', _meant(name, sorted(value)))
    if isinstance(value, list) and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    raise BadExpression(f'"{name}" cannot be asked of {as_text(value)[:40]}')


def _meant(name: str, known: Collection[str]) -> str:
    if close := get_close_matches(name, known, n=1):
        return f'"{close[0]}" is meant?'
    return f"known are: {', '.join(known)}; write $${{ for a plain ${{" if known else ""


_OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_NUMBERS_ONLY = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


class _Evaluation:
    """Walks the tree of one expression."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def value(self, node: ast.AST, depth: int) -> Any:
        """Return what a part of the expression stands for."""
        if depth > _DEEPEST:
            raise BadExpression("this expression is nested too deeply")
        work = getattr(self, f"_{type(node).__name__.lower()}", None)
        if work is None:
            raise BadExpression(f"{ast.unparse(node)} cannot stand in an expression")
        try:
            return work(node, depth + 1)
        except BadExpression:
            raise
        except (BadValue, ValueError, ArithmeticError, LookupError) as error:
            raise BadExpression(f"{ast.unparse(node)}: {error}") from error
        except (TypeError, AttributeError) as error:
            raise BadExpression(f"{ast.unparse(node)}: these values do not go together") from error

    def _constant(self, node: ast.Constant, _depth: int) -> Any:
        if not isinstance(node.value, str | int | float | bool | None):
            raise BadExpression(f"{ast.unparse(node)} cannot stand in an expression")
        return node.value

    def _name(self, node: ast.Name, _depth: int) -> Any:
        words = {"true": True, "false": False, "null": None}
        if node.id in words:
            return words[node.id]
        if node.id in self._scope.kinds:
            raise BadExpression(
                f"what only the cloud knows of a {node.id} is known when it is applied, too late "
                "to work with",
                f"it can stand by itself: ${{{node.id}.NAME.ATTRIBUTE}}",
            )
        return _named(node.id, self._scope)

    def _attribute(self, node: ast.Attribute, depth: int) -> Any:
        return _member(self.value(node.value, depth), node.attr)

    def _subscript(self, node: ast.Subscript, depth: int) -> Any:
        value, key = self.value(node.value, depth), self.value(node.slice, depth)
        if isinstance(key, str):
            return _member(value, key)
        return value[key]

    def _list(self, node: ast.List, depth: int) -> Any:
        return [self.value(each, depth) for each in node.elts]

    def _listcomp(self, node: ast.ListComp, depth: int) -> Any:
        """Work out ``["lan-" + name for name in var.names]``: one name, one list."""
        [source] = node.generators
        if not isinstance(source.target, ast.Name):
            raise BadExpression(f"{ast.unparse(node)}: one name after for")
        result = []
        for each in self.value(source.iter, depth):
            inner = _Evaluation(self._scope.with_values(**{source.target.id: each}))
            if all(inner.value(condition, depth) for condition in source.ifs):
                result.append(inner.value(node.elt, depth))
        if len(result) > MOST_REPETITIONS:
            raise BadExpression(f"{ast.unparse(node)}: more than {MOST_REPETITIONS:,} values")
        return result

    def _dict(self, node: ast.Dict, depth: int) -> Any:
        pairs = zip(node.keys, node.values, strict=True)
        return {
            as_text(self.value(key, depth)): self.value(value, depth) for key, value in pairs if key
        }

    def _ifexp(self, node: ast.IfExp, depth: int) -> Any:
        return self.value(node.body if self.value(node.test, depth) else node.orelse, depth)

    def _boolop(self, node: ast.BoolOp, depth: int) -> Any:
        is_and = isinstance(node.op, ast.And)
        result: Any = is_and
        for each in node.values:
            result = self.value(each, depth)
            if bool(result) is not is_and:
                break
        return result

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Any:
        value = self.value(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return not value
        return -value if isinstance(node.op, ast.USub) else +value

    def _binop(self, node: ast.BinOp, depth: int) -> Any:
        work = _OPERATORS.get(type(node.op))
        if work is None:
            raise BadExpression(f"{ast.unparse(node)}: there is no such operator here")
        left, right = self.value(node.left, depth), self.value(node.right, depth)
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if isinstance(node.op, _NUMBERS_ONLY) and not numbers:
            raise BadExpression(f"{ast.unparse(node)}: this works on numbers")
        return work(left, right)

    def _compare(self, node: ast.Compare, depth: int) -> Any:
        left = self.value(node.left, depth)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other, depth)
            if type(sign) not in _OPERATORS:
                raise BadExpression(f"{ast.unparse(node)}: there is no such operator here")
            if not _OPERATORS[type(sign)](left, right):
                return False
            left = right
        return True

    def _call(self, node: ast.Call, depth: int) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if name not in self._scope.functions:
            hint = _meant(name, sorted(self._scope.functions))
            raise BadExpression(f'there is no function "{name}"', hint)
        if node.keywords:
            raise BadExpression(f"{name}() takes its values by place, without names")
        return self._scope.functions[name](*[self.value(each, depth) for each in node.args])
