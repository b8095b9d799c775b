# SPDX-License-Identifier: Apache-2.0
"""From text to a document in which nothing is left to work out but what only the cloud knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from stackloom.errors import BadScenario, Problem, UsageError
from stackloom.scenario.document import MOST_VALUES, Document, read_document
from stackloom.scenario.findings import Findings
from stackloom.scenario.language.expressions import Scope
from stackloom.scenario.language.functions import FUNCTIONS, BadValue
from stackloom.scenario.language.includes import ReadFile, no_files, with_includes
from stackloom.scenario.language.repetition import worked_out
from stackloom.scenario.language.variables import (
    Given,
    Values,
    Variable,
    declared,
    problems_of,
    stand_ins,
    values_of,
)

_VARIABLE_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a file is read with.

    Attributes:
        given: values for its variables, the last of several for one counts.
        read_file: what ``include`` and ``file()`` read by.
        folder: where the paths of files to be uploaded begin; empty: there are none.
        most_values: how many values and keys there may be in all files together.
        with_stand_ins: let something stand for each secret variable that has no value.
    """

    given: tuple[Given, ...] = ()
    read_file: ReadFile = no_files
    folder: str = ""
    most_values: int = MOST_VALUES
    with_stand_ins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document that is worked out.

    Attributes:
        secrets: what must not be shown: the values of secret variables.
        variables: the values of the others, by name.
    """

    document: Document
    secrets: tuple[str, ...] = field(repr=False, default=())
    variables: Mapping[str, Any] = field(default_factory=dict)


def read(
    text: str,
    file: str,
    inputs: Inputs,
    findings: Findings,
    *,
    kinds: Collection[str],
    sections: Collection[str],
) -> Reading:
    """Read a text with everything that it includes, repeats and works out.

    Args:
        kinds: the first words of what only the cloud knows.
        sections: where entries may be repeated.
        findings: are told of entries that cannot be worked out, which are left out.

    Raises:
        BadScenario: with everything that is wrong, where nothing can be worked out.
    """
    most = inputs.most_values
    itself = read_document(text, file, most_values=most)
    document = with_includes(itself, inputs.read_file, most_values=most)
    if not isinstance(document.values, dict):
        return Reading(document=document)
    variables = _variables(document, findings)
    given = [stand_ins(variables)] if inputs.with_stand_ins else []
    values = values_of(variables, [*given, *inputs.given])
    findings.add(_problems(document, values))
    findings.tell()
    inside = {k: v for k, v in document.values.items() if k != "variables"}
    bare = replace(document, values=inside)
    scope = Scope(
        values={"var": values.values},
        kinds=kinds,
        functions={**FUNCTIONS, "file": _file_function(inputs.read_file)},
    )
    name = worked_out(replace(bare, values={"name": inside.get("scenario")}), scope, (), findings)
    scope = scope.with_values(scenario={"name": name.values["name"]})
    hidden = {name for name, variable in variables.items() if variable.secret}
    return Reading(
        document=worked_out(bare, scope, sections, findings),
        secrets=tuple(values.secrets),
        variables={name: value for name, value in values.values.items() if name not in hidden},
    )


def _variables(document: Document, findings: Findings) -> dict[str, Variable]:
    entries = document.values.get("variables") or {}
    result: dict[str, Variable] = {}
    if not isinstance(entries, Mapping):
        raise BadScenario([document.problem(("variables",), "this should be a mapping")])
    for name, entry in entries.items():
        place = ("variables", name)
        if not _VARIABLE_NAME.fullmatch(name):
            message = f'"{name}" cannot be the name of a variable'
            hint = "lower case letters, digits and underscores, beginning with a letter"
            findings.add([document.problem(place, message, hint, key=True)])
            continue
        try:
            result[name] = declared(entry)
        except msgspec.ValidationError as error:
            findings.add([document.problem(place, f"this is no variable: {error}")])
    return result


def _problems(document: Document, values: Values) -> list[Problem]:
    return problems_of(values, document.file) + [
        document.problem(("variables", name), message, hint, key=True)
        for name, message, hint in values.problems
        if name
    ]


def _file_function(read_file: ReadFile) -> Any:
    def contents(path: str) -> str:
        try:
            # What stands in it is not worked out: a script has "${HOME}" of its own.
            return read_file(path).replace("${", "$${")
        except UsageError as error:
            raise BadValue(error.message) from error

    return contents
