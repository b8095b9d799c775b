# SPDX-License-Identifier: Apache-2.0
"""``convert``: a Heat template as a scenario, a scenario as a Heat template or as Terraform."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_variables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stackloom.errors import Problem

_TARGETS = ("scenario", "hot", "terraform")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="a Heat template, or a scenario")
    parser.add_argument(
        "--to", choices=_TARGETS, help="what to write; a scenario, where FILE is a Heat template"
    )
    add_variables(parser)
    parser.add_argument("--name", help="what the scenario is to be called; by default as the file")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there; else to stdout")


def _convert(invocation: Invocation) -> int:
    from pathlib import Path

    from stackloom.scenario.convert.hot_template import is_template
    from stackloom.scenario.document import read_document
    from stackloom.scenario.loader import read_text_file

    options = invocation.options
    path = Path(options.file)
    text = read_text_file(path)
    is_hot = is_template(read_document(text, options.file).values)
    if is_hot:
        written, lost = _from_template(invocation, path, text)
    else:
        written, lost = _from_scenario(invocation)
    for problem in lost:
        invocation.talk(str(problem))
    if is_hot:
        _tell_what_is_wrong(invocation, path, written)
    _write(invocation, written)
    return 0


def _from_template(invocation: Invocation, path: Path, text: str) -> tuple[str, Sequence[Problem]]:
    from stackloom.errors import UsageError
    from stackloom.operations import KINDS
    from stackloom.scenario.convert.from_hot import from_hot, scenario_name
    from stackloom.scenario.convert.scenario_text import as_yaml

    options = invocation.options
    if options.to not in {None, "scenario"}:
        raise UsageError(
            f"{options.file} is a Heat template, and becomes a scenario",
            hint="convert it first, and then the scenario with --to",
        )
    if options.var or options.var_file:
        raise UsageError(
            "--var and --var-file give values to a scenario's variables",
            hint="a template's parameters become variables; give their values to plan and apply",
        )
    name = scenario_name(options.name or path.stem)
    converted = from_hot(text, str(path), KINDS, name=name)
    return as_yaml(converted.document), converted.lost


def _tell_what_is_wrong(invocation: Invocation, path: Path, text: str) -> None:
    """Read what was written once more: what Heat let pass may be refused here.

    Variables without a value end that early; whoever gives them will be told.
    """
    from stackloom.errors import BadScenario
    from stackloom.operations import KINDS
    from stackloom.scenario.language.reading import Inputs
    from stackloom.scenario.loader import load_text, read_text_file

    beside = Inputs(
        read_file=lambda name: read_text_file(path.parent / name), folder=str(path.parent)
    )
    name = invocation.options.output or "what was written"
    try:
        load_text(text, name, KINDS, beside)
    except BadScenario as error:
        for problem in error.problems:
            if not problem.message.endswith("has no value"):
                invocation.talk(str(problem))


def _from_scenario(invocation: Invocation) -> tuple[str, Sequence[Problem]]:
    from stackloom.cli.scenario_file import load
    from stackloom.errors import UsageError
    from stackloom.operations import KINDS
    from stackloom.scenario.convert.to_hot import to_hot
    from stackloom.scenario.convert.to_terraform import to_terraform

    options = invocation.options
    if options.to in {None, "scenario"}:
        raise UsageError(
            f"{options.file} is no Heat template: it has no heat_template_version",
            hint="of a scenario, say --to hot or --to terraform",
        )
    if options.name:
        raise UsageError("--name is for what becomes a scenario; this is one, with a name")
    loaded = load(invocation)
    return to_hot(loaded, KINDS) if options.to == "hot" else to_terraform(loaded, KINDS)


def _write(invocation: Invocation, text: str) -> None:
    from pathlib import Path

    from stackloom.cli.new_file import write_new

    output = invocation.options.output
    if not output:
        invocation.data(text.rstrip())
        return
    write_new(Path(output), text)
    invocation.talk(f"wrote {output}")


GROUP = Group(
    help="Read a Heat template; write a scenario as one, or as Terraform",
    commands=(
        Command(help="Convert between Heat, Terraform and scenarios", arguments=_arguments,
                run=_convert),
    ),
)  # fmt: skip
