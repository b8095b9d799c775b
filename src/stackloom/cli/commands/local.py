# SPDX-License-Identifier: Apache-2.0
"""``local``: a real OpenStack on this machine."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.local_run import RUN
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list

_STATUS_TITLES = (
    "Service",
    "Version",
    "State",
    "URL",
    "PID",
    "Memory (MiB)",
    "Uptime (s)",
    "Restarts",
    "Last Error",
)


def _name_argument(parser: ArgumentParser) -> None:
    parser.add_argument("--name", default="local", metavar="NAME", help="which one, if several")


def _up(invocation: Invocation) -> int:
    from stackloom.cli.local_progress import local_report
    from stackloom.local import lifecycle

    with local_report(invocation) as report:
        found = asyncio.run(lifecycle.up(name=invocation.options.name, report=report))
    invocation.talk(f"Keystone: {found.auth_url}")
    invocation.talk('for other tools: eval "$(stackloom local env)"')
    return 0


def _down(invocation: Invocation) -> int:
    from stackloom.cli.local_progress import local_report
    from stackloom.local import lifecycle

    with local_report(invocation) as report:
        was_up = asyncio.run(lifecycle.down(name=invocation.options.name, report=report))
    if not was_up:
        invocation.talk(f'the local cloud "{invocation.options.name}" was not up')
    return 0


def _reset(invocation: Invocation) -> int:
    from stackloom.cli.local_progress import local_report
    from stackloom.local import lifecycle

    with local_report(invocation) as report:
        asyncio.run(lifecycle.reset(name=invocation.options.name, report=report))
    return 0


def _status_arguments(parser: ArgumentParser) -> None:
    _name_argument(parser)
    add_output_options(parser, LIST_FORMATS)


def _status(invocation: Invocation) -> int:
    """Show a row a service; the exit code is 0 only where all of them run."""
    from stackloom.local.status import status

    found = status(invocation.options.name)
    rows = [
        (
            row.service,
            row.version,
            row.state,
            row.url,
            row.pid or None,
            row.memory_mib,
            row.uptime_seconds,
            row.restarts,
            row.last_error or None,
        )
        for row in found.services
    ]
    write_list(invocation, _STATUS_TITLES, rows)
    text = f'the local cloud "{found.name}" is {found.state}'
    if found.supervisor_pid:
        text += f": {found.memory_mib:.0f} MiB in all, supervisor {found.supervisor_pid}"
    invocation.talk(f"{text}, in {found.directory}")
    return 0 if found.state == "up" else 1


def _logs_arguments(parser: ArgumentParser) -> None:
    _name_argument(parser)
    parser.add_argument("service", nargs="?", default="", help="only this one")
    parser.add_argument("--lines", type=int, default=50, metavar="N", help="how many, from the end")


def _logs(invocation: Invocation) -> int:
    from collections import deque

    from stackloom.errors import UnknownName
    from stackloom.local import lifecycle

    options = invocation.options
    logs = lifecycle.log_files(options.name)
    if options.service and options.service not in logs:
        raise UnknownName(
            f'the local cloud "{options.name}" has no log of "{options.service}"',
            hint=f"it has: {', '.join(logs) or 'none yet'}",
        )
    for name, path in logs.items():
        if options.service in {"", name}:
            if not options.service:
                invocation.talk(f"==> {path}")
            with path.open(encoding="utf-8", errors="replace") as file:
                for line in deque(file, maxlen=max(0, options.lines)):
                    invocation.stdout.write(line)
    return 0


def _env_arguments(parser: ArgumentParser) -> None:
    _name_argument(parser)
    parser.add_argument(
        "--user",
        choices=("demo", "admin", "admin-system"),
        default="demo",
        help="demo is a plain member; admin-system has a system-scoped token",
    )


def _env(invocation: Invocation) -> int:
    from shlex import quote

    from stackloom.errors import NotReady
    from stackloom.local.access import access

    name = invocation.options.name
    found = access(name)
    if found is None:
        raise NotReady(f'the local cloud "{name}" is not up', hint="start it: stackloom local up")
    # What an earlier eval of another user has left must not mix with this one.
    unset = ("OS_CLOUD", "OS_PROJECT_NAME", "OS_PROJECT_DOMAIN_NAME", "OS_SYSTEM_SCOPE")
    variables = found.environment(invocation.options.user)
    invocation.data(f"unset {' '.join(each for each in unset if each not in variables)}")
    for key, value in variables.items():
        invocation.data(f"export {key}={quote(value)}")
    return 0


GROUP = Group(
    help="A real OpenStack on this machine",
    commands=(
        Command(name="up", help="Bring it up", arguments=_name_argument, run=_up),
        Command(name="down", help="Stop it, keep its data", arguments=_name_argument, run=_down),
        Command(name="status", help="Show its services", arguments=_status_arguments, run=_status),
        Command(
            name="logs", help="Print the end of its logs", arguments=_logs_arguments, run=_logs
        ),
        Command(name="env", help="Print OS_* to eval", arguments=_env_arguments, run=_env),
        RUN,
        Command(name="reset", help="Renew its data", arguments=_name_argument, run=_reset),
    ),
)
