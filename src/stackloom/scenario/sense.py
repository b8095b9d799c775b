# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a scenario that is well-formed, seen without a cloud. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackloom.cloud.kind import Place, Spec
from stackloom.cloud.mark import Address
from stackloom.errors import Problem
from stackloom.scenario.attributes import Late, attribute_names, late_values_in
from stackloom.scenario.model import Kinds, references
from stackloom.scenario.shape import meant

if TYPE_CHECKING:
    from stackloom.scenario.findings import Findings
    from stackloom.scenario.loader import Loaded

# neutron_lib/db/constants.py, DESCRIPTION_FIELD_SIZE, 2026.2.
LONGEST_DESCRIPTION = 255
# To find what was meant takes time with every name there is.
_MOST_HINTS = 50


def sense_problems(loaded: Loaded, address: Address, spec: Spec, kinds: Kinds) -> Iterator[Problem]:
    """Yield what is wrong with a spec by itself."""
    declaration = kinds[address.kind].declaration
    assert declaration is not None, "only declared kinds are read"
    for fault in declaration.faults(spec):
        yield loaded.problem(address, fault.place, fault.message, fault.hint)
    yield from _description_problems(loaded, address, spec)
    specs = loaded.scenario.specs
    for implied, implied_spec in declaration.expand(address, spec, specs):
        if specs[implied] != implied_spec:
            message = f"this implies {implied}, which stands for something else already"
            yield loaded.problem(address, (), message, "leave one of the two out, or rename")


def _description_problems(loaded: Loaded, address: Address, spec: Spec) -> Iterator[Problem]:
    """Check that the person's own words and the mark both fit into a description."""
    words = getattr(spec, "description", "")
    too_long = len(loaded.scenario.mark(address).beside(words)) - LONGEST_DESCRIPTION
    if words and too_long > 0:
        message = f"this description is {too_long} letters too long: the mark has to fit in as well"
        yield loaded.problem(address, ("description",), message)


def together_problems(loaded: Loaded, kinds: Kinds, told: Sequence[Problem]) -> Iterator[Problem]:
    """Check how resources stand to each other; of what is wrong already nothing more is said."""
    places = {(problem.line, problem.column) for problem in told}
    for kind in kinds.values():
        if kind.declaration is None:
            continue
        for address, fault in kind.declaration.faults_together(loaded.scenario.specs):
            problem = loaded.problem(address, fault.place, fault.message, fault.hint)
            if (problem.line, problem.column) not in places:
                yield problem


def _place_inside(value: object, name: str) -> Place | None:
    """Return where inside plain values a text stands."""
    if value == name:
        return ()
    steps: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, each in steps:
        if (inside := _place_inside(each, name)) is not None:
            return (step, *inside)
    return None


def _value_at(values: Any, place: Place) -> Any:
    for step in place:
        if not isinstance(values, dict) or step not in values:
            return None
        values = values[step]
    return values


def reference_problems(
    loaded: Loaded, written: Mapping[Address, Spec], kinds: Kinds, findings: Findings
) -> Iterator[Problem]:
    """Yield what is named and is not there, nor would come from what is left out."""
    specs = {**loaded.scenario.specs, **loaded.scenario.existing}
    told: set[str] = set()
    names_by_kind: dict[str, list[str]] = {}
    for address in specs:
        names_by_kind.setdefault(address.kind, []).append(address.name)
    for address, spec in loaded.scenario.specs.items():
        for reference in references(kinds, address, spec):
            if reference.declared and reference.address not in specs:
                if findings.may_have_brought(reference.name):
                    continue
                known = names_by_kind.get(reference.kind, [])
                message = f'there is no {reference.kind} "{reference.name}" in this scenario'
                hint = meant(reference.name, sorted(known)) if len(told) < _MOST_HINTS else ""
                place = reference.place
                if address not in written:  # then its fields have no place of their own
                    if message in told:
                        continue
                    around = _value_at(loaded.document.values, loaded.places[address])
                    place = _place_inside(around, reference.name) or place
                told.add(message)
                yield loaded.problem(address, place, message, hint)


def late_problems(loaded: Loaded, kinds: Kinds, findings: Findings) -> Iterator[Problem]:
    """Yield what is wanted of the cloud and cannot be told, nor could of what is left out."""
    scenario = loaded.scenario
    for address, wanted in scenario.late.items():
        for late in wanted:
            yield from _late_problem(loaded, kinds, findings, loaded.places[address], late)
    for name, output in scenario.outputs.items():
        for late in late_values_in(output.value):
            yield from _late_problem(loaded, kinds, findings, ("outputs", name), late)


def _late_problem(
    loaded: Loaded, kinds: Kinds, findings: Findings, around: Place, late: Late
) -> Iterator[Problem]:
    known = {**loaded.scenario.specs, **loaded.scenario.existing}
    value = _value_at(loaded.document.values, around)
    place = (*around, *(_place_inside(value, str(late)) or ()))
    kind = late.address.kind
    if late.address not in known and findings.may_have_brought(late.address.name):
        return
    if late.address not in known:
        names = sorted(address.name for address in known if address.kind == kind)
        message = f'{late}: there is no {kind} "{late.address.name}" in this scenario'
        yield loaded.document.problem(place, message, meant(late.address.name, names))
        return
    attributes = attribute_names(kinds[kind])
    if late.attribute not in attributes:
        message = f'{late}: a {kind} has no "{late.attribute}"'
        yield loaded.document.problem(place, message, meant(late.attribute, attributes))
