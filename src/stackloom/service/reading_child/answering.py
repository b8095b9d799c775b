# SPDX-License-Identifier: Apache-2.0
"""What a question about texts is answered with; runs in the process that reads, without a cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from stackloom import operations
from stackloom.errors import BadScenario, Problem
from stackloom.scenario.document import Document, read_document
from stackloom.scenario.language.includes import with_includes
from stackloom.scenario.language.variables import (
    Given,
    Variable,
    secret_variables,
)
from stackloom.scenario.loader import Loaded
from stackloom.scenario.picture.format import Format, Look, rendered
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.theme import Theme
from stackloom.service.reading_child.messages import (
    Answer,
    Draw,
    Drawn,
    Invalid,
    Question,
    Validate,
    Validated,
)
from stackloom.wire.scenario import MAIN_FILE, ScenarioSource, Validation

_NO_SECRETS: Mapping[str, str] = {}


def answer(question: Question) -> Answer:
    """Answer one question."""
    if isinstance(question, Validate):
        return Validated(validation=_validated(question))
    try:
        return Drawn(content=_drawn(question))
    except BadScenario as error:
        return Invalid(problems=tuple(error.problems))


def warm_up() -> None:
    """Read and draw something, so that what is made once has been made."""
    text = "scenario: warm\nnetworks: {a: {}}\nsubnets: {a: {network: a, cidr: 10.0.0.0/24}}\n"
    source = ScenarioSource(text=text)
    assert _validated(Validate(source=source, most_values=1_000)).is_valid, "it has no problem"
    _drawn(Draw(source=source, most_values=1_000, format="svg"))


def _validated(question: Validate) -> Validation:
    source = question.source
    outline = _Outline.of(source, question.most_values)
    problems: tuple[Problem, ...] = ()
    name, resources = outline.name, 0
    try:
        scenario = _loaded(source, question.most_values, question.secrets).scenario
        name, resources = scenario.name, len(scenario.specs)
    except BadScenario as error:
        problems = tuple(error.problems)
    problems += outline.secrets_given(source)
    needed = [name for name, each in outline.secrets.items() if each.default is msgspec.UNSET]
    return Validation(
        is_valid=not problems,
        problems=problems,
        name=name,
        resources=resources,
        secrets=tuple(outline.secrets),
        secrets_needed=tuple(needed),
    )


def _loaded(
    source: ScenarioSource, most_values: int, secrets: Mapping[str, str] = _NO_SECRETS
) -> Loaded:
    given = (
        Given(source="variables", values=source.variables),
        Given(source="secrets", values=secrets, are_texts=True),
    )
    texts = {**source.files, MAIN_FILE: source.text}
    return operations.read_texts(
        texts, MAIN_FILE, given, most_values=most_values, with_stand_ins=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """What is known of a scenario before it is worked out.

    Attributes:
        name: as it is written, "" for none.
    """

    document: Document | None = None
    name: str = ""
    secrets: Mapping[str, Variable] = field(default_factory=dict)

    @classmethod
    def of(cls, source: ScenarioSource, most_values: int) -> _Outline:
        """Return it, with nothing in it where the text is none; the loader then says why."""

        def read_text(path: str) -> str:
            return source.files.get(path, "{}")

        try:
            itself = read_document(source.text, MAIN_FILE, most_values=most_values)
            document = with_includes(itself, read_text, most_values=most_values)
        except BadScenario:
            return cls()
        values = document.values if isinstance(document.values, dict) else {}
        name = values.get("scenario")
        return cls(
            document=document,
            name=name if isinstance(name, str) else "",
            secrets=secret_variables(values.get("variables")),
        )

    def secrets_given(self, source: ScenarioSource) -> tuple[Problem, ...]:
        """Return a problem for each secret whose value would be kept with the text."""
        if self.document is None:
            return ()
        hint = "give it with each plan or run: there it is kept sealed, and no longer than needed"
        return tuple(
            self.document.problem(
                ("variables", name), f'the value of the secret "{name}" does not belong here', hint
            )
            for name in self.secrets
            if name in source.variables
        )


def _drawn(question: Draw) -> bytes:
    picture = _picture(question)
    if question.format == "json":
        return msgspec.json.encode(picture)
    look = Look(theme=Theme(question.theme), expand=question.expand)
    return rendered(picture, Format(question.format), look)


def _picture(question: Draw) -> Picture:
    if question.picture is not None:
        return msgspec.json.decode(question.picture, type=Picture)
    assert question.source is not None, "a question has a picture or a source"
    return operations.topology_of(_loaded(question.source, question.most_values).scenario)
