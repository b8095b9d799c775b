# SPDX-License-Identifier: Apache-2.0
"""A scenario as the editor's form has it: from the form, into the form, onto the wire. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import yaml

from stackloom.errors import Problem
from stackloom.web.rights import Form, last, rights_of
from stackloom.wire.plan import Credential
from stackloom.wire.scenario import Check, Revision, Scenario, ScenarioSource

STARTER: Final = """\
scenario: my-first
networks:
  blue: {cidr: 10.10.1.0/24}
  green: {cidr: 10.10.2.0/24}
routers:
  hub: {connects: [blue, green]}
"""
VARIABLES_FILE: Final = "variables"
# It is read where the page is made, so it may not take long.
_MOST_CHARACTERS: Final = 65_536
_DEEPEST: Final = 50
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A further text, by the path under which the scenario names it."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the fields of the editor, right or wrong.

    Attributes:
        variables: YAML, a mapping.
        tags: with commas between them.
        check_seconds: "" for no checks.
        credential: to look with, and to plan with; where the visitor's token cannot be handed on.
        etag: of what was read; "" for a new scenario.
    """

    text: str
    files: tuple[File, ...] = ()
    variables: str = ""
    tags: str = ""
    check_seconds: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    credential: Credential | None = None
    etag: str = ""

    @property
    def wanted_tags(self) -> tuple[str, ...]:
        """The tags, one by one."""
        return tuple(tag.strip() for tag in self.tags.split(",") if tag.strip())

    @property
    def check(self) -> Check | None:
        """How often to look for drift; None for never."""
        if not self.check_seconds.isascii() or not self.check_seconds.isdigit():
            return None
        return Check(
            every_seconds=int(self.check_seconds),
            webhook_url=self.webhook_url or None,
            webhook_secret=self.webhook_secret or None,
            credential=self.credential,
        )

    def source(self) -> tuple[ScenarioSource, tuple[Problem, ...]]:
        """Return the texts, and what is wrong with the values of its variables."""
        variables, problems = _variables(self.variables)
        files = {file.path: file.text for file in self.files if file.path}
        return ScenarioSource(text=self.text, files=files, variables=variables), problems


def of_form(form: Form) -> Draft:
    """Return what a form was filled in with."""
    pairs = zip(form.get("file_path", ()), form.get("file_text", ()), strict=False)
    return Draft(
        text=last(form, "text"),
        files=tuple(
            File(path=path.strip(), text=text) for path, text in pairs if path.strip() or text
        ),
        variables=last(form, "variables"),
        tags=last(form, "tags"),
        check_seconds=last(form, "check_seconds"),
        webhook_url=last(form, "webhook_url").strip(),
        webhook_secret=last(form, "webhook_secret"),
        credential=rights_of(form)[1],
        etag=last(form, "etag"),
    )


def of_scenario(scenario: Scenario, revision: Revision, etag: str) -> Draft:
    """Return what the service has."""
    source, check = revision.source, scenario.check
    variables = dict(source.variables)
    return Draft(
        text=source.text,
        files=tuple(File(path=path, text=text) for path, text in sorted(source.files.items())),
        variables=yaml.safe_dump(variables, sort_keys=True) if variables else "",
        tags=", ".join(scenario.tags),
        check_seconds=str(check.every_seconds) if check else "",
        webhook_url=(check.webhook_url or "") if check else "",
        etag=etag,
    )


def _variables(text: str) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    if len(text) > _MOST_CHARACTERS:
        return {}, (_problem(0, 0, f"longer than {_MOST_CHARACTERS} characters"),)
    try:
        if problem := _trap(text):
            return {}, (problem,)
        given = yaml.load(text, Loader=_Loader) if text.strip() else {}  # noqa: S506 - a safe one
        # What YAML has and JSON has not, such as a date, is taken as it was written.
        given = msgspec.json.decode(msgspec.json.encode(given))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        # What ends too early is told one line beyond the end.
        line = min(line, text.count("\n") + 1)
        return {}, (_problem(line, column, str(error.problem or error)),)
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        return {}, (_problem(0, 0, str(error)),)
    if not isinstance(given, dict):
        return {}, (_problem(1, 1, "not a mapping of names to values"),)
    return given, ()


def _trap(text: str) -> Problem | None:
    """Return what would make reading this YAML long: a few lines can be as large as one likes.

    Raises:
        YAMLError: it is none.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            return _problem(line, 1, "aliases are not for here")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return _problem(line, 1, f"nested more than {_DEEPEST} times")
    return None


def _problem(line: int, column: int, message: str) -> Problem:
    return Problem(
        file=VARIABLES_FILE,
        line=line,
        column=column,
        message=message,
        hint="one a line, as in web_servers: 3",
    )
