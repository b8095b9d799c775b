# SPDX-License-Identifier: Apache-2.0
"""From a file to a scenario, or to everything that is wrong with it, each with file, line, column.

Passes, each over the entries in which the ones before found nothing: the language (includes,
variables, repetition, expressions), shape (JSON Schema), sense (each spec by itself), references
among them, and, where nothing at all is wrong so far, how they stand to each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import expanduser
from typing import Any

import msgspec

from stackloom.cloud.kind import Place, Spec
from stackloom.cloud.mark import Address
from stackloom.errors import BadScenario, Problem, UsageError
from stackloom.scenario.document import MOST_VALUES, Document
from stackloom.scenario.entries import (
    existing_in,
    expanded,
    kinds_by_section,
    late_in_implied,
    outputs_in,
    specs_in,
    with_implied,
)
from stackloom.scenario.findings import Findings
from stackloom.scenario.graph import find_cycle
from stackloom.scenario.language.reading import Inputs, Reading, read
from stackloom.scenario.language.variables import Given
from stackloom.scenario.model import Kinds, Scenario, hidden, needs
from stackloom.scenario.schema import scenario_schema
from stackloom.scenario.sense import (
    late_problems,
    reference_problems,
    sense_problems,
    together_problems,
)
from stackloom.scenario.shape import shape_problems

_NO_INPUTS = Inputs()
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A scenario and the file it stands in, so that later problems can still point into it.

    Attributes:
        variables: what it was read with, without secrets.
        files: the texts that it was read from, by path: a saved plan keeps them.
        folder: where the paths of files to be uploaded begin.
    """

    scenario: Scenario
    document: Document
    places: Mapping[Address, Place]
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""

    def problem(self, address: Address, place: Place, message: str, hint: str = "") -> Problem:
        """Return a problem with a field of one resource, with its place in the file."""
        hide = self.scenario.hide
        where = (*self.places.get(address, ()), *place)
        return self.document.problem(where, hide(message), hide(hint))


def load_file(path: Path, kinds: Kinds, given: Sequence[Given] = ()) -> Loaded:
    """Read a scenario file, and the files that it names.

    Args:
        given: values for its variables.

    Raises:
        UsageError: the file cannot be read.
        BadScenario: with every problem that was found.
    """
    texts: dict[str, str] = {}

    def read_beside(name: str) -> str:
        texts[name] = read_text_file(path.parent / expanduser(name))
        return texts[name]

    text = read_text_file(path)
    inputs = Inputs(given=tuple(given), read_file=read_beside, folder=str(path.parent.absolute()))
    loaded = load_text(text, str(path), kinds, inputs)
    return replace(loaded, files={str(path): text, **texts})


def load_texts(
    texts: Mapping[str, str],
    file: str,
    kinds: Kinds,
    given: Sequence[Given],
    *,
    folder: str,
    most_values: int = MOST_VALUES,
    with_stand_ins: bool = False,
) -> Loaded:
    """Read a scenario from texts that were read before; see ``Loaded.files``.

    Args:
        file: the one that includes the others.
        folder: where the paths of files to be uploaded begin; empty: each such path is a problem.
        most_values: how many values and keys there may be in all texts together.
        with_stand_ins: let something stand for each secret variable that has no value.

    Raises:
        BadScenario: with every problem that was found.
    """

    def read_text(name: str) -> str:
        if name not in texts:
            raise UsageError(
                f"there is no file {name} among the texts that were given",
                hint=f"there are: {', '.join(sorted(texts)[:_MOST_NAMED])}",
            )
        return texts[name]

    inputs = Inputs(
        given=tuple(given),
        read_file=read_text,
        folder=folder,
        most_values=most_values,
        with_stand_ins=with_stand_ins,
    )
    return replace(load_text(texts[file], file, kinds, inputs), files=texts)


def read_text_file(path: Path) -> str:
    """Return what a file says.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}") from error


def load_text(text: str, file: str, kinds: Kinds, inputs: Inputs = _NO_INPUTS) -> Loaded:
    """Read a scenario from text; *file* is what problems call it.

    Raises:
        BadScenario: with every problem that was found.
    """
    findings = Findings()
    reading = read(text, file, inputs, findings, kinds=kinds, sections=kinds_by_section(kinds))
    try:
        return _loaded(reading, kinds, inputs.folder, findings)
    except BadScenario as error:
        # A value that is wrong is told, unless it is a secret.
        raise BadScenario([_hidden(each, reading.secrets) for each in error.problems]) from error


def _hidden(problem: Problem, secrets: Sequence[str]) -> Problem:
    return Problem(
        file=problem.file,
        line=problem.line,
        column=problem.column,
        message=hidden(problem.message, secrets),
        hint=hidden(problem.hint, secrets),
    )


def _loaded(reading: Reading, kinds: Kinds, folder: str, findings: Findings) -> Loaded:
    document = reading.document
    _without_empty_entries(document.values, kinds)
    shape = shape_problems(document, scenario_schema(kinds))
    findings.add(problem for _places, problems in shape for problem in problems)
    for at_fault, _problems in shape:
        _leave_out(document, at_fault, findings, kinds_by_section(kinds))
    specs, places, late = specs_in(document, kinds, folder, findings)
    everything, implied_by = expanded(specs, kinds)
    loaded = Loaded(
        scenario=Scenario(
            name=document.values["scenario"],
            specs=everything,
            existing=existing_in(document, kinds),
            late=late,
            outputs=outputs_in(document),
            secrets=reading.secrets,
        ),
        document=document,
        places=with_implied(document, places, implied_by, kinds),
        variables=reading.variables,
        folder=folder,
    )
    findings.add(late_problems(loaded, kinds, findings))
    whole = replace(loaded.scenario, late=late | late_in_implied(everything, implied_by, late))
    loaded = replace(loaded, scenario=whole)
    _check_references(loaded, _sensible(loaded, specs, kinds, findings), kinds, findings)
    if circle := find_cycle(needs(kinds, loaded.scenario)):
        names = " -> ".join(str(address) for address in [*circle, circle[0]])
        findings.add([loaded.problem(circle[0], (), f"these need each other in a circle: {names}")])
    findings.tell()
    return loaded


def _leave_out(
    document: Document, places: Sequence[Place], findings: Findings, sections: Collection[str]
) -> None:
    """Take the entries at *places* out of a document, so that the rest can be looked at.

    Raises:
        BadScenario: it is not about entries, so there is no rest.
    """
    for place in places:
        section = place[0] if place else None
        if section in sections and len(place) == 1:  # no mapping at all
            document.values.pop(section, None)
        elif section in sections and isinstance(document.values.get(section), dict):
            findings.leave_out(str(place[1]), document.values[section].pop(place[1], None))
        elif len(place) == 1 and section in document.values and section not in _NOT_ENTRIES:
            findings.leave_out(str(section), document.values.pop(section))
        else:
            findings.tell()


_NOT_ENTRIES = ("scenario", "existing", "outputs")


def _sensible(
    loaded: Loaded, written: Mapping[Address, Spec], kinds: Kinds, findings: Findings
) -> Mapping[Address, Spec]:
    """Return the specs that make sense by themselves, and tell what is wrong with the others."""
    sensible = dict(written)
    for address, spec in written.items():
        if problems := list(sense_problems(loaded, address, spec, kinds)):
            findings.add(problems)
            findings.leave_out(address.name, msgspec.to_builtins(sensible.pop(address)))
    return sensible


def _check_references(
    loaded: Loaded, written: Mapping[Address, Spec], kinds: Kinds, findings: Findings
) -> None:
    """Look at how resources stand to each other.

    Raises:
        BadScenario: something is wrong, here or before.
    """
    is_whole = not findings.problems
    rest = loaded
    if not is_whole:  # what was left out implies nothing either
        everything, _ = expanded(written, kinds)
        rest = replace(loaded, scenario=replace(loaded.scenario, specs=everything))
    problems = list(reference_problems(rest, written, kinds, findings))
    findings.add(problems)
    if is_whole:
        findings.add(together_problems(loaded, kinds, problems))
    findings.tell()


def _without_empty_entries(values: Any, kinds: Kinds) -> None:
    """Let ``hub:`` with nothing behind it, and a section that is all comments, mean ``{}``."""
    if not isinstance(values, dict):
        return
    for section in kinds_by_section(kinds).keys() & values.keys():
        if values[section] is None:
            values[section] = {}
        elif isinstance(values[section], dict):
            filled = {name: {} if each is None else each for name, each in values[section].items()}
            values[section] = filled
