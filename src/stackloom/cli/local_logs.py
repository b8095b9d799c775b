# SPDX-License-Identifier: Apache-2.0
"""``local logs``: the end of each log, all of one request, or what is being written."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Invocation
from stackloom.cli.local_name import name_argument

if TYPE_CHECKING:
    from stackloom.local.log_lines import LogLine, Trail

_PAUSE_SECONDS = 0.2


def _arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    parser.add_argument("service", nargs="?", default="", help="only this one")
    parser.add_argument("--lines", type=int, default=50, metavar="N", help="how many, from the end")
    parser.add_argument(
        "--request-id",
        default="",
        metavar="ID",
        help="only this request, and those that it caused in other services, in order of time",
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")


def _logs(invocation: Invocation) -> int:
    from stackloom.errors import UnknownName
    from stackloom.local import lifecycle

    options = invocation.options
    logs = lifecycle.log_files(options.name)
    if options.service and options.service not in logs:
        raise UnknownName(
            f'the local cloud "{options.name}" has no log of "{options.service}"',
            hint=f"it has: {', '.join(logs) or 'none yet'}",
        )
    chosen = {name: path for name, path in logs.items() if options.service in {"", name}}
    if options.follow:
        return _follow(invocation, chosen)
    if options.request_id:
        return _request(invocation, logs, chosen)
    for path in chosen.values():
        if not options.service:
            invocation.talk(f"==> {path}")
        _print_end(invocation, path)
    return 0


def _print_end(invocation: Invocation, path: Path) -> None:
    from collections import deque

    with path.open(encoding="utf-8", errors="replace") as file:
        for line in deque(file, maxlen=max(0, invocation.options.lines)):
            invocation.stdout.write(line)


def _request(invocation: Invocation, logs: Mapping[str, Path], chosen: Mapping[str, Path]) -> int:
    """Print what one request left in all logs; 1 where it left nothing."""
    from stackloom.local import log_lines

    lines = log_lines.read(logs)
    trail = log_lines.Trail(invocation.options.request_id)
    trail.learn(lines)
    found = [line for line in lines if line.program in chosen and trail.takes(line)]
    _print(invocation, found, logs)
    if not found:
        invocation.talk(
            f'no log of the local cloud "{invocation.options.name}" names'
            f" {invocation.options.request_id}; an id is in the X-Openstack-Request-Id of an answer"
        )
    return 0 if found else 1


def _follow(invocation: Invocation, chosen: Mapping[str, Path]) -> int:
    """Print what is there, and then what comes, until Ctrl-C."""
    import time

    from stackloom.local import log_lines

    options = invocation.options
    follower = log_lines.Follower(chosen)
    trail = log_lines.Trail(options.request_id) if options.request_id else None
    try:
        lines = log_lines.read(chosen)
        if trail is not None:
            trail.learn(lines)
            _print(invocation, _of(trail, lines), chosen)
        elif options.lines > 0:
            _print(invocation, lines[-options.lines :], chosen)
        while True:
            _print(invocation, _of(trail, follower.new_lines()), chosen)
            invocation.stdout.flush()
            time.sleep(_PAUSE_SECONDS)
    except KeyboardInterrupt:
        return 0
    finally:
        follower.close()


def _of(trail: Trail | None, lines: Iterable[LogLine]) -> list[LogLine]:
    return [line for line in lines if trail is None or trail.takes(line)]


def _print(invocation: Invocation, lines: Iterable[LogLine], programs: Mapping[str, Path]) -> None:
    """Print the lines, each with its service where there are several."""
    width = max((len(each) for each in programs), default=0)
    for line in lines:
        before = f"{line.program:<{width}}  " if len(programs) > 1 else ""
        invocation.stdout.write(f"{before}{line.text}\n")


LOGS = Command(name="logs", help="Print its logs", arguments=_arguments, run=_logs)
