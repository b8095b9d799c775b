# SPDX-License-Identifier: Apache-2.0
"""The edge: from words on a command line to an exit code, with every error told in words.

Only the group that is asked for is imported, so that a command starts at once. Global options may
stand anywhere, as in the ``openstack`` client.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

from stackloom import __version__, plug
from stackloom.cli import commands
from stackloom.cli.command import Group, Invocation
from stackloom.cli.finding import find
from stackloom.cli.options import CLOUD_OPTIONS_HELP, add_common_options, take_cloud_options
from stackloom.errors import StackloomError, UsageError
from stackloom.log import hush

_INTERRUPTED_CODE = 130
_BROKEN_PIPE_CODE = 141
_HELP_WORDS = {"-h", "--help", "help"}


def run_and_leave() -> None:
    """Run one command and end the process at once, without tearing the interpreter down.

    pyreqwest's threads may ask for the interpreter lock while it is being torn down, which aborts
    the process (seen in 5 % of runs with 0.15.1 on Python 3.11). It also saves 10 ms.
    """
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = _BROKEN_PIPE_CODE
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, what its error says, 130 for Ctrl-C."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        # Names may hold letters that the terminal's encoding does not have.
        sys.stdout.reconfigure(errors="replace")
    try:
        return _run(words)
    except StackloomError as error:
        _tell(error)
        return error.exit_code
    except SystemExit as ended:  # argparse, after it has told its help
        return int(ended.code or 0)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return _INTERRUPTED_CODE
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE_CODE
    except Exception as error:  # noqa: BLE001 - the edge: a person gets words, never a traceback
        return _own_fault(error, words)


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        sys.stdout.write(f"stackloom {__version__}\n")
        return 0
    if words[0:1] == ["help"] and len(words) > 1:
        words = [*words[1:], "--help"]
    cloud_options, words = take_cloud_options(words)
    # What stands behind "--" is a command's own affair.
    own = words[: words.index("--")] if "--" in words else words
    places = [place for place, word in enumerate(own) if not word.startswith("-")]
    named = [words[place] for place in places]
    if not named or named[0] == "help":
        sys.stdout.write(_overview())
        asked_for = bool(named) or not words or bool(_HELP_WORDS & set(own))
        return 0 if asked_for else 2
    found = find(named)
    if found.command is None:
        sys.stdout.write(_group_overview(found.name, found.group))
        return 0 if _HELP_WORDS & set(own) else 2
    command = found.command
    used = places[: found.words]
    rest = [word for place, word in enumerate(words) if place not in used]
    parser = _Parser(
        prog=f"stackloom {found.name} {command.name}".rstrip(),
        description=command.help,
        epilog=CLOUD_OPTIONS_HELP,
        allow_abbrev=False,
        formatter_class=_formatter(asked_for=bool(_HELP_WORDS & set(rest))),
    )
    command.arguments(parser)
    add_common_options(parser)
    options = parser.parse_args(rest)
    _set_up_logging(verbose=options.verbose, debug=options.debug, quiet=options.quiet)
    invocation = Invocation(options=options, cloud_options=cloud_options)
    if options.timing:
        from stackloom.cli.timing import timed

        with timed(sys.stderr):
            code = command.run(invocation)
    else:
        code = command.run(invocation)
    sys.stdout.flush()
    return code


def _formatter(*, asked_for: bool) -> type[HelpFormatter]:
    """Return what writes help: where none is asked for, one that does not look for a terminal.

    argparse makes one for every option declared, and looking costs 2 ms of imports.
    """
    return HelpFormatter if asked_for else _Unasked


class _Unasked(HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=80)


class _Parser(ArgumentParser):
    """argparse, with mistakes told as all others are."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=self._hint(message))

    def _hint(self, message: str) -> str:
        """Return the options that one is like which is not there, or where to read about them."""
        from difflib import get_close_matches

        typed = message.removeprefix("unrecognized arguments: ").split()[0].partition("=")[0]
        if typed == message.split(maxsplit=1)[0] or not typed.startswith("--"):
            return f"{self.prog} --help tells how it is used"
        known = [each for each in self._option_string_actions if each.startswith("--")]
        begun = [each for each in known if each.startswith(typed)]
        close = begun or get_close_matches(typed, known, n=3)
        if not close:
            return f"{self.prog} --help tells how it is used"
        return f"did you mean: {', '.join(close)}?"


def _overview() -> str:
    groups = plug.read(commands, "GROUP", Group)
    titles: dict[str, str] = {}
    for name, group in groups.items():
        words = " | ".join(command.name for command in group.commands if command.name)
        titles[f"{name.replace('_', ' ')} {words}".rstrip()] = group.help
    width = max(len(title) for title in titles)
    lines = ["usage: stackloom COMMAND [options]", ""]
    lines += [f"  {title:<{width}}  {help}" for title, help in titles.items()]
    lines += ["", "stackloom COMMAND --help tells the options of one.", ""]
    return "\n".join(lines)


def _group_overview(name: str, group: Group) -> str:
    lines = [f"usage: stackloom {name} COMMAND [options]", ""]
    width = max(14, *(len(command.name) for command in group.commands))
    lines += [f"  {name} {command.name:<{width}} {command.help}" for command in group.commands]
    return "\n".join([*lines, ""])


def _set_up_logging(*, verbose: bool, debug: bool, quiet: bool) -> None:
    """Say how much of what stackloom notes on its way is told; by default, warnings."""
    hush(quiet and not (verbose or debug))
    if verbose or debug:
        import logging

        logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
        level = logging.DEBUG if debug else logging.INFO
        logging.getLogger("stackloom").setLevel(level)


def _tell(error: StackloomError) -> None:
    sys.stdout.flush()
    lines = [f"error: {error}"]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    sys.stderr.write("\n".join(lines) + "\n")


def _own_fault(error: Exception, words: Sequence[str]) -> int:
    """Tell of an error that is stackloom's own; where it happened only with ``--debug``."""
    import traceback

    if "--debug" in words:
        traceback.print_exception(error)
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
    _tell(
        StackloomError(
            f"a mistake in stackloom itself: {type(error).__name__} in {where}",
            hint="please report it, with what --debug prints",
        )
    )
    return 1


if __name__ == "__main__":
    run_and_leave()
