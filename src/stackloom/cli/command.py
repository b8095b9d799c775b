# SPDX-License-Identifier: Apache-2.0
"""What a command is, and what it is given when it runs."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TextIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of the command line.

    Attributes:
        options: everything that was parsed, global options included.
        environment: the variables, ``os.environ`` outside of tests.
    """

    options: Namespace
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    def data(self, text: str) -> None:
        """Write what was asked for to stdout."""
        self.stdout.write(text + "\n")
        self.stdout.flush()

    def talk(self, text: str) -> None:
        """Tell a person something on stderr, unless ``--quiet``."""
        if not self.options.quiet:
            self.stderr.write(text + "\n")
            self.stderr.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Attributes:
        name: its word after the group's; empty where the group is the command.
        help: one line, beginning with a verb.
        arguments: adds its own to a parser.
        run: carries it out and returns the exit code.
    """

    name: str = ""
    help: str
    arguments: Callable[[ArgumentParser], None] = lambda _parser: None
    run: Callable[[Invocation], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Commands that begin with the same word: the noun, as in ``openstack network list``."""

    help: str
    commands: tuple[Command, ...]

    @property
    def by_name(self) -> dict[str, Command]:
        """The commands by their word."""
        return {command.name: command for command in self.commands}
