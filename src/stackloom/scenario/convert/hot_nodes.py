# SPDX-License-Identifier: Apache-2.0
"""The values of a Heat template on their way into a scenario, and how a scenario writes them. Pure.

Plain values stay what they are. What Heat works out becomes one of the nodes below, which can be
written in three ways: as a value of the file, inside an expression, or as the name of a resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class CannotCarry(Exception):
    """Something of a template has no counterpart; the message says what, the hint what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Expression:
    """Worked out when the file is read: ``var.mtu``; *is_simple* needs no parentheses."""

    code: str
    is_simple: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """What only the cloud knows: ``server.web.address``. The name may hold ``${count.index}``."""

    kind: str
    name: Pieces
    attribute: str


@dataclass(frozen=True, slots=True)
class Named:
    """A resource of the template."""

    kind: str
    name: Pieces


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """The port that a server has on a network: ``get_attr: [web, addresses, blue, 0, port]``."""

    server: Named
    network: Any


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text that is written for a scenario already."""

    words: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text of parts that are texts and nodes."""

    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two values, by a condition."""

    condition: str
    yes: Any
    no: Any


def text(*parts: Any) -> Pieces:
    """Return a text, with texts that stand beside each other joined and others opened."""
    result: list[Any] = []
    for part in parts:
        for each in part.parts if isinstance(part, Pieces) else (part,):
            if isinstance(each, str) and result and isinstance(result[-1], str):
                result[-1] += each
            elif each != "":
                result.append(each)
    return Pieces(tuple(result))


def written(value: Any) -> Any:  # noqa: PLR0911 - one return for each form
    """Return a value as it stands in a scenario."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, dict):
        return {key: written(each) for key, each in value.items()}
    if isinstance(value, list):
        return [written(each) for each in value]
    if isinstance(value, Pieces):
        return "".join(_inside_text(part) for part in value.parts)
    if isinstance(value, Late | Named):
        return _late(value)
    if isinstance(value, Expression | Choice):
        return f"${{{expression(value)}}}"
    if isinstance(value, Verbatim):
        return value.words
    if isinstance(value, ServerPlace):
        raise CannotCarry("the port of a server's network has no name here")
    return value


def _inside_text(part: Any) -> str:
    if isinstance(part, dict | list):
        return f"${{tojson({expression(part)})}}"
    result = written(part)
    if isinstance(result, str):
        return result
    if isinstance(result, bool):
        return "true" if result else "false"
    return "" if result is None else str(result)


def _late(value: Late | Named) -> str:
    if isinstance(value, Late) and value.attribute == "name":
        return str(written(value.name))
    attribute = value.attribute if isinstance(value, Late) else "id"
    if any(not isinstance(part, str) for part in value.name.parts):
        # A name that is worked out cannot stand inside ${kind.name.attribute}: the text of that is.
        return f"${{{_late_code(value)}}}"
    return f"${{{value.kind}.{written(value.name)}.{attribute}}}"


def _late_code(value: Late | Named) -> str:
    """Return an expression whose value is the text of a late value, which is filled in later."""
    attribute = value.attribute if isinstance(value, Late) else "id"
    if attribute == "name":
        return expression(value.name)
    parts = ["${" + value.kind + ".", *value.name.parts, f".{attribute}}}"]
    return " + ".join(_joined(parts))


def _joined(parts: list[Any]) -> list[str]:
    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return [as_text(each) for each in merged]


def as_text(value: Any) -> str:
    """Return a value inside an expression as the text that it is, or becomes."""
    if isinstance(value, str):
        return quoted(value)
    code = expression(value)
    return code if isinstance(value, Late | Named | Pieces) else f"text({code})"


def expression(value: Any) -> str:  # noqa: PLR0911 - one return for each form
    """Return a value as a part of an expression.

    What only the cloud knows stands there as the text that is filled in later.
    """
    if isinstance(value, Expression):
        return value.code
    if isinstance(value, Choice):
        yes, no = operand(value.yes), operand(value.no)
        return f"{yes} if {value.condition} else {no}"
    if isinstance(value, Late | Named):
        return _late_code(value)
    if isinstance(value, Pieces):
        if len(value.parts) == 1 and isinstance(value.parts[0], str):
            return quoted(value.parts[0].replace("${", "$${"))
        plain = [p.replace("${", "$${") if isinstance(p, str) else p for p in value.parts]
        return " + ".join(_joined(plain)) or '""'
    if isinstance(value, dict):
        pairs = (f"{quoted(str(key))}: {operand(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(operand(each) for each in value) + "]"
    if isinstance(value, str):
        return quoted(value.replace("${", "$${"))
    if isinstance(value, ServerPlace | Verbatim):
        raise CannotCarry("this cannot be a part of something that is worked out")
    return (
        _WORDS.get(value, repr(value)) if value is None or isinstance(value, bool) else repr(value)
    )


_WORDS = {True: "true", False: "false", None: "null"}


def operand(value: Any) -> str:
    """Return a value as a part of a larger expression, in parentheses where it needs them."""
    code = expression(value)
    needs = isinstance(value, Choice) or (isinstance(value, Expression) and not value.is_simple)
    return f"({code})" if needs else code


def quoted(words: str) -> str:
    """Return a text as an expression writes it; a quote ends at the next one, escaped or not."""
    plain = words.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    plain = plain.replace("\r", "\\r")
    if '"' not in plain:
        return f'"{plain}"'
    if "'" not in plain:
        return f"'{plain}'"
    return " + '\"' + ".join(f'"{each}"' for each in plain.split('"'))


def name_text(value: Any) -> str:
    """Return how a scenario names a resource that *value* stands for.

    Raises:
        CannotCarry: it stands for none that has a name.
    """
    if isinstance(value, Named):
        return str(written(value.name))
    if isinstance(value, Choice):
        yes, no = name_code(value.yes), name_code(value.no)
        return f"${{{yes} if {value.condition} else {no}}}"
    if isinstance(value, Late) and value.attribute == "name":
        return str(written(value.name))
    if isinstance(value, str | Pieces | Expression):
        return str(written(value))
    raise CannotCarry("this is no resource that has a name here")


def name_code(value: Any) -> str:
    """Return how a resource is named inside an expression."""
    if isinstance(value, Named):
        return expression(value.name)
    if isinstance(value, Choice):
        return f"({name_code(value.yes)} if {value.condition} else {name_code(value.no)})"
    if value is None:
        return '""'
    return operand(value)
