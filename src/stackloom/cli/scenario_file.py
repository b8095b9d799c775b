# SPDX-License-Identifier: Apache-2.0
"""What commands about scenario files have in common: the file, and values for its variables."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from stackloom.cli.command import Invocation
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.client.sources import Sent
    from stackloom.scenario.language.variables import Given
    from stackloom.scenario.loader import Loaded


def add_file(parser: ArgumentParser, *, help: str = "the scenario") -> None:
    """Add the file and the options that give values to its variables."""
    parser.add_argument("file", help=help)
    add_variables(parser)


def add_variables(parser: ArgumentParser) -> None:
    """Add the options that give values to variables."""
    parser.add_argument(
        "--var",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a value for a variable; may stand several times",
    )
    parser.add_argument(
        "--var-file",
        action="append",
        default=[],
        metavar="FILE",
        help="a YAML file with values for variables",
    )


def add_server(parser: ArgumentParser) -> None:
    """Add the option that lets a service do it."""
    parser.add_argument(
        "--server",
        metavar="URL",
        help="let the stackloom service there do it, with the cloud's token or STACKLOOM_TOKEN",
    )


def load(invocation: Invocation) -> Loaded:
    """Read the file that was named.

    Raises:
        BadScenario: with everything that is wrong with it.
    """
    from stackloom import operations

    return operations.read_scenario(Path(invocation.options.file), given(invocation))


def sent(invocation: Invocation) -> Sent:
    """Read the file that was named, with all that a service has to get of it.

    Raises:
        BadScenario: with everything that is wrong with it.
    """
    from stackloom.client.sources import read_source

    return read_source(Path(invocation.options.file), given(invocation))


def given(invocation: Invocation) -> list[Given]:
    """Return the values for variables: environment, then files, then options; the last counts.

    Raises:
        UsageError: an option that is no NAME=VALUE, a file that cannot be read.
    """
    from stackloom.scenario.document import read_document
    from stackloom.scenario.language.variables import Given, given_by_environment
    from stackloom.scenario.loader import read_text_file

    result = [given_by_environment(invocation.environment)]
    for name in invocation.options.var_file:
        values = read_document(read_text_file(Path(name)), name).values
        if not isinstance(values, dict):
            raise UsageError(f"{name} should be a mapping of variables to values")
        result.append(Given(source=name, values=values))
    typed: dict[str, str] = {}
    for each in invocation.options.var:
        name, sign, value = each.partition("=")
        if not sign:
            raise UsageError(f"--var {each} should be NAME=VALUE")
        typed[name] = value
    return [*result, Given(source="--var", values=typed, are_texts=True)]
