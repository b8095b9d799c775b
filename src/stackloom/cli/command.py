# SPDX-License-Identifier: Apache-2.0
"""What a command is, and what it is given when it runs."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import TextIO

import msgspec

from stackloom.cli.options import CloudOptions


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the command line.

    Attributes:
        options: everything that was parsed, without ``--os-*``.
        cloud_options: those.
        environment: the variables, ``os.environ`` outside of tests.
    """

    options: Namespace
    cloud_options: CloudOptions = msgspec.field(default_factory=CloudOptions)
    environment: Mapping[str, str] = msgspec.field(default_factory=lambda: os.environ)
    stdout: TextIO = msgspec.field(default_factory=lambda: sys.stdout)
    stderr: TextIO = msgspec.field(default_factory=lambda: sys.stderr)

    def data(self, text: str) -> None:
        """Write what was asked for to stdout."""
        self.stdout.write(text + "\n")
        self.stdout.flush()

    def talk(self, text: str) -> None:
        """Tell a person something on stderr, unless ``--quiet``."""
        if not self.options.quiet:
            self.stderr.write(text + "\n")
            self.stderr.flush()


class Command(msgspec.Struct, frozen=True, kw_only=True):
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


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Commands that begin with the same word: the noun, as in ``openstack network list``."""

    help: str
    commands: tuple[Command, ...]

    @property
    def by_name(self) -> dict[str, Command]:
        """The commands by their word."""
        return {command.name: command for command in self.commands}
