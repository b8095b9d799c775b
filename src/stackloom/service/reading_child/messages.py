# SPDX-License-Identifier: Apache-2.0
"""What is said to the process that reads, and what it says back.

A message is a header, with the number of the question and the length of the rest, and the rest:
questions are JSON, which alone has integers of any size, answers MessagePack, which has bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Literal

import msgspec

from stackloom.errors import Problem
from stackloom.wire.scenario import ScenarioSource, Validation

PictureFormat = Literal["json", "svg", "png", "mermaid", "dot", "text"]
PictureTheme = Literal["auto", "light", "dark"]

HEADER = Struct("!II")
# A machine on which others are at work gives a process less than the time that passes.
WALL_SECONDS_A_CPU_SECOND = 3


class Validate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What is wrong with these texts?

    Attributes:
        secrets: values of secret variables; one that has none is no problem.
        most_values: how many values they may have, aliases written out.
    """

    source: ScenarioSource
    secrets: Mapping[str, str] = {}
    most_values: int


class Draw(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What does this look like?

    Attributes:
        picture: JSON of ``scenario.picture.overlay.Picture``; None to draw *source*.
    """

    source: ScenarioSource | None = None
    picture: bytes | None = None
    most_values: int
    format: PictureFormat
    theme: PictureTheme = "auto"
    expand: bool = False


Question = Validate | Draw


class Validated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What was found."""

    validation: Validation


class Drawn(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A picture."""

    content: bytes


class Invalid(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It cannot be drawn: the texts have problems."""

    problems: tuple[Problem, ...]


class TooMuch(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It was given up: there is not enough of *what*, such as ``memory``."""

    what: Literal["memory", "stack", "room"]


class Died(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The process that was asked has ended without an answer.

    Attributes:
        signal: that ended it; 0 for none.
    """

    signal: int


Answer = Validated | Drawn | Invalid | TooMuch | Died
_QUESTIONS = msgspec.json.Decoder(Question)
_ANSWERS = msgspec.msgpack.Decoder(Answer)


def question_bytes(number: int, question: Question) -> bytes:
    """Return a question as it is sent."""
    data = msgspec.json.encode(question)
    return HEADER.pack(number, len(data)) + data


def read_question(data: bytes) -> Question:
    """Return a question that has arrived."""
    question: Question = _QUESTIONS.decode(data)
    return question


def answer_bytes(number: int, answer: Answer) -> bytes:
    """Return an answer as it is sent."""
    data = msgspec.msgpack.encode(answer)
    return HEADER.pack(number, len(data)) + data


def read_answer(data: bytes) -> Answer:
    """Return an answer that has arrived."""
    answer: Answer = _ANSWERS.decode(data)
    return answer
