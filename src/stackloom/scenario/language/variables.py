# SPDX-License-Identifier: Apache-2.0
"""The variables of a scenario: what a file declares, and what a person gave for them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

import msgspec

from stackloom.errors import Problem

ENVIRONMENT_PREFIX = "STACKLOOM_VAR_"


class Variable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that is given from outside.

    Attributes:
        type: what it is; not given, whatever the default is.
        default: taken where nothing is given; without one it has to be given.
        description: for people.
        secret: never shown: stars in plans, messages and saved plans.
        one_of: the values that it may have.
        pattern: a regular expression that a text has to match as a whole.
        minimum, maximum: of a number, or of the length of a text, list or map.
    """

    type: Literal["string", "number", "integer", "boolean", "list", "map"] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    default: Any = msgspec.UNSET
    description: str = ""
    secret: bool = False
    one_of: tuple[Any, ...] = ()
    pattern: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Values for variables, and where they came from.

    Attributes:
        values: by name; a text from the command line or environment is read by the type.
        source: how messages call where it came from: ``--var``, or a file.
        are_texts: they were typed, so ``3`` may mean a number.
        may_be_more: some may be meant for other scenarios, such as variables of the environment.
        are_stand_ins: they only let the rest be read; see ``stand_ins``.
    """

    source: str
    values: Mapping[str, Any]
    are_texts: bool = False
    may_be_more: bool = False
    are_stand_ins: bool = False


@dataclass(slots=True)
class Values:
    """What the variables of a scenario are, and everything wrong with them."""

    values: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    """``(variable, message, hint)``."""


def given_by_environment(environment: Mapping[str, str]) -> Given:
    """Return what ``STACKLOOM_VAR_*`` say; names are lower case, or as they are declared."""
    values: dict[str, str] = {}
    for name, value in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX):
            rest = name.removeprefix(ENVIRONMENT_PREFIX)
            values[rest] = value
            values.setdefault(rest.lower(), value)
    return Given(source="the environment", values=values, are_texts=True, may_be_more=True)


def declared(entry: object) -> Variable:
    """Read one declaration; anything that is no mapping is its default.

    Raises:
        msgspec.ValidationError: it is none.
    """
    if isinstance(entry, Mapping):
        return msgspec.convert(dict(entry), Variable)
    return Variable() if entry is None else Variable(default=entry)


def secret_variables(entries: object) -> dict[str, Variable]:
    """Return the secret ones of what stands under ``variables``; what is no variable is left out.

    For whoever has to know them before the rest is read.
    """
    result: dict[str, Variable] = {}
    for name, entry in entries.items() if isinstance(entries, Mapping) else ():
        try:
            variable = declared(entry)
        except msgspec.ValidationError:
            continue  # whoever reads the whole says what is wrong with it
        if variable.secret:
            result[name] = variable
    return result


def stand_ins(variables: Mapping[str, Variable]) -> Given:
    """Return something for each secret that has no value, for whoever reads without secrets.

    No rule of the variable is applied to it, and nothing is hidden for it.
    """
    wanted = {
        name: variable
        for name, variable in variables.items()
        if variable.secret and variable.default is msgspec.UNSET
    }
    values = {name: _stand_in(variable) for name, variable in wanted.items()}
    return Given(source="what is told later", values=values, are_stand_ins=True)


def _stand_in(variable: Variable) -> Any:
    return variable.one_of[0] if variable.one_of else _STAND_INS[_type_of(variable)]


_STAND_INS: Mapping[str, Any] = {
    "boolean": False,
    "integer": 1,
    "number": 1,
    "string": "stand-in",
    "list": [],
    "map": {},
}


def values_of(variables: Mapping[str, Variable], given: list[Given]) -> Values:
    """Settle every variable; of several values for one, the last counts."""
    result = Values()
    for each in given:
        for name in each.values:
            if name not in variables and not each.may_be_more:
                result.problems.append(_unknown(name, each.source, variables))
    for name, variable in variables.items():
        _settle(name, variable, [each for each in given if name in each.values], result)
    return result


def _unknown(name: str, source: str, known: Mapping[str, Variable]) -> tuple[str, str, str]:
    close = get_close_matches(name, known, n=1)
    hint = f'"{close[0]}" is meant?' if close else f"declared are: {', '.join(known) or 'none'}"
    return "", f'{source} gives "{name}", which this scenario does not declare', hint


def _settle(name: str, variable: Variable, given: list[Given], result: Values) -> None:
    source = given[-1] if given else None
    value = source.values[name] if source else variable.default
    if value is msgspec.UNSET:
        hint = f"--var {name}=…, a --var-file, or {ENVIRONMENT_PREFIX}{name.upper()}"
        result.problems.append((name, f'variable "{name}" has no value', hint))
        return
    wanted = _type_of(variable)
    if source and source.are_texts and wanted != "string":
        value = _read(value, wanted)
    where = f"{source.source}: " if source else ""
    shown = "what was given" if variable.secret else json.dumps(value)[:60]
    if source and source.are_stand_ins:
        result.values[name] = value
        return
    for message in _faults(variable, wanted, value, shown):
        result.problems.append((name, f'{where}variable "{name}" {message}', ""))
    result.values[name] = value
    if variable.secret:
        result.secrets += _texts(value)


def _type_of(variable: Variable) -> str:
    if variable.type is not msgspec.UNSET:
        return variable.type
    value = variable.default
    if isinstance(value, bool):
        return "boolean"
    for name, types in _PYTHON_TYPES.items():
        if isinstance(value, types):
            return name
    return "string"


_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "string": str,
    "list": list,
    "map": dict,
}
_ARTICLES = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "list": "a list",
    "map": "a mapping",
}


def _read(text: str, wanted: str) -> Any:
    """Read what was typed for something that is no text: JSON, which numbers and words are."""
    try:
        value = json.loads(text)
    except ValueError:
        words = [each.strip() for each in text.split(",")]
        return words if wanted == "list" else text
    return value


def _faults(variable: Variable, wanted: str, value: Any, shown: str) -> Iterator[str]:
    is_right = isinstance(value, _PYTHON_TYPES[wanted])
    if isinstance(value, bool) and wanted in {"integer", "number"}:
        is_right = False
    if not is_right:
        yield f"should be {_ARTICLES[wanted]}, and is {shown}"
        return
    if variable.one_of and value not in variable.one_of:
        allowed = ", ".join(json.dumps(each) for each in variable.one_of)
        yield f"is {shown}, and may be one of: {allowed}"
    if variable.pattern and isinstance(value, str) and not re.fullmatch(variable.pattern, value):
        yield f"is {shown}, which does not match {variable.pattern}"
    size = value if isinstance(value, int | float) else len(value)
    what = "" if isinstance(value, int | float) else "the length of "
    if variable.minimum is not None and size < variable.minimum:
        yield f"is {shown}; {what}it should be at least {variable.minimum}"
    if variable.maximum is not None and size > variable.maximum:
        yield f"is {shown}; {what}it should be at most {variable.maximum}"


def _texts(value: Any) -> list[str]:
    """Return every text inside a secret value, so that each can be hidden."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)] if value not in {None, "", True, False} else []


def problems_of(values: Values, file: str) -> list[Problem]:
    """Return what is wrong with what was given, for those that stand in no line of the file."""
    return [
        Problem(file=file, line=0, column=0, message=message, hint=hint)
        for name, message, hint in values.problems
        if not name
    ]
