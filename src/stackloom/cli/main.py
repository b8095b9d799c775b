# SPDX-License-Identifier: Apache-2.0
"""The edge: from words on a command line to an exit code, with every error told in words.

Only the group that is asked for is imported, so that a command starts at once. Global options may
stand anywhere, as in the ``openstack`` client.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from difflib import get_close_matches

from stackloom import __version__, plug
from stackloom.cli import commands
from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.options import add_global_options, takes_value
from stackloom.errors import StackloomError, UsageError

_BROKEN_PIPE_CODE = 141
_HELP_WORDS = {"-h", "--help", "help"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, what its error says, 130 for Ctrl-C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except StackloomError as error:
        _tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE_CODE


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        sys.stdout.write(f"stackloom {__version__}\n")
        return 0
    places = _command_words(words)
    named = [words[place] for place in places]
    if not named or named[0] == "help":
        sys.stdout.write(_overview())
        asked_for = bool(named) or not words or bool(_HELP_WORDS & set(words))
        return 0 if asked_for else 2
    group = _group(named[0])
    command = _command(named[0], group, named[1:2])
    if command is None:
        sys.stdout.write(_group_overview(named[0], group))
        return 0 if _HELP_WORDS & set(words) else 2
    used = places[: 2 if command.name else 1]
    rest = [word for place, word in enumerate(words) if place not in used]
    parser = ArgumentParser(
        prog=f"stackloom {named[0]} {command.name}".rstrip(), allow_abbrev=False
    )
    parser.description = command.help
    command.arguments(parser)
    add_global_options(parser)
    options = parser.parse_args(rest)
    _set_up_logging(verbose=options.verbose, debug=options.debug)
    code = command.run(Invocation(options=options))
    sys.stdout.flush()
    return code


def _command_words(words: Sequence[str]) -> list[int]:
    """Return the places of the words that are neither options nor the values of global ones."""
    places: list[int] = []
    skip = False
    for place, word in enumerate(words):
        if skip or word.startswith("-"):
            skip = not skip and takes_value(word)
        else:
            places.append(place)
            skip = False
    return places


def _group(name: str) -> Group:
    known = {each.replace("_", "-"): each for each in plug.module_names(commands)}
    if name not in known:
        raise UsageError(f'there is no command "{name}"', hint=_did_you_mean(name, list(known)))
    return plug.read_one(commands, known[name], "GROUP", Group)


def _command(group_name: str, group: Group, named: Sequence[str]) -> Command | None:
    """Return the command, None where the group was named alone."""
    by_name = group.by_name
    if "" in by_name:
        return by_name[""]
    if not named:
        return None
    if named[0] not in by_name:
        message = f'there is no command "{group_name} {named[0]}"'
        raise UsageError(message, hint=_did_you_mean(named[0], list(by_name)))
    return by_name[named[0]]


def _did_you_mean(word: str, known: list[str]) -> str:
    if close := get_close_matches(word, known, n=3):
        return f"did you mean: {', '.join(close)}?"
    return f"there are: {', '.join(known)}"


def _overview() -> str:
    groups = plug.read(commands, "GROUP", Group)
    lines = ["usage: stackloom COMMAND [options]", ""]
    for name, group in groups.items():
        words = " | ".join(command.name for command in group.commands if command.name)
        title = f"{name.replace('_', '-')} {words}".rstrip()
        lines.append(f"  {title:<42} {group.help}")
    lines += ["", "stackloom COMMAND --help tells the options of one.", ""]
    return "\n".join(lines)


def _group_overview(name: str, group: Group) -> str:
    lines = [f"usage: stackloom {name} COMMAND [options]", ""]
    lines += [f"  {name} {command.name:<14} {command.help}" for command in group.commands]
    return "\n".join([*lines, ""])


def _set_up_logging(*, verbose: bool, debug: bool) -> None:
    level = logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("stackloom").setLevel(level)


def _tell(error: StackloomError) -> None:
    sys.stdout.flush()
    lines = [f"error: {error}"]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    sys.stderr.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
