# SPDX-License-Identifier: Apache-2.0
"""``complete``: completion in the shell, with the names of what the cloud has."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser

from stackloom.cli.command import Command, Group, Invocation


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--shell",
        choices=("bash", "zsh", "fish"),
        default="bash",
        help="print what it reads: source <(stackloom complete --shell bash)",
    )
    # What the shells' scripts ask: the words so far, the last one unfinished.
    parser.add_argument("words", nargs="*", help=SUPPRESS)


def _run(invocation: Invocation) -> int:
    from stackloom.cli.completion import SCRIPTS, candidates

    options = invocation.options
    if options.words:
        for each in candidates(options.words, invocation):
            invocation.data(each)
    else:
        invocation.data(SCRIPTS[options.shell].rstrip("\n"))
    return 0


GROUP = Group(
    help="Completion in bash, zsh and fish",
    commands=(
        Command(
            help="Print the script that teaches a shell to complete",
            arguments=_arguments,
            run=_run,
        ),
    ),
)
