# SPDX-License-Identifier: Apache-2.0
"""``local status``, ``list``, ``url`` and ``open``: what is there, and where."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Invocation
from stackloom.cli.local_name import cloud_that_is_up, name_argument
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list, write_one

if TYPE_CHECKING:
    from stackloom.local.status import CloudStatus, Happening, ServiceStatus

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
_LIST_TITLES = ("Name", "State", "URL", "Memory (MiB)", "Uptime (s)")
_WEB_PAGE = "horizon"


def _arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    add_output_options(parser, LIST_FORMATS)


def _status(invocation: Invocation) -> int:
    """Show a row a service; the exit code is 0 only where all of them run."""
    from stackloom.local.status import status

    found = status(invocation.options.name)
    if invocation.options.format in {"json", "yaml"}:
        write_one(invocation, _all_of(found))
        return _code(found)
    write_list(invocation, _STATUS_TITLES, [_row(each) for each in found.services])
    text = f'the local cloud "{found.name}" is {found.state}'
    if found.supervisor_pid:
        text += f": {found.memory_mib:.0f} MiB in all, supervisor {found.supervisor_pid}"
    invocation.talk(f"{text}, in {found.directory}")
    for happening in found.happenings:
        if happening.program != "supervisor":
            invocation.talk(f"  {_moment(happening)}  {happening.program}: {happening.what}")
    return _code(found)


def _code(found: CloudStatus) -> int:
    return 0 if found.state == "up" else 1


def _row(row: ServiceStatus) -> tuple[object, ...]:
    return (
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


def _all_of(found: CloudStatus) -> dict[str, object]:
    """Return everything for programs; keys as in ``local.status``."""
    import dataclasses

    return {
        "name": found.name,
        "state": found.state,
        "url": found.url or None,
        "directory": str(found.directory),
        "supervisor_pid": found.supervisor_pid or None,
        "memory_mib": found.memory_mib,
        "uptime_seconds": found.uptime_seconds,
        "services": [
            {
                **dataclasses.asdict(row),
                "pid": row.pid or None,
                "last_error": row.last_error or None,
            }
            for row in found.services
        ],
        "happenings": [
            {"time": _moment(each), "program": each.program, "what": each.what}
            for each in found.happenings
        ],
    }


def _moment(happening: Happening) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(happening.time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _list_arguments(parser: ArgumentParser) -> None:
    add_output_options(parser, LIST_FORMATS)


def _list(invocation: Invocation) -> int:
    from stackloom.local.status import names, status

    clouds = [status(name) for name in names()]
    rows = [
        (each.name, each.state, each.url or None, each.memory_mib, each.uptime_seconds)
        for each in clouds
    ]
    write_list(invocation, _LIST_TITLES, rows)
    return 0


def _url_arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    parser.add_argument(
        "service", nargs="?", default="keystone", help="name or type; not given, Keystone"
    )


def _url(invocation: Invocation) -> int:
    from stackloom.errors import UnknownName

    wanted = invocation.options.service
    by_word = _url_by_word(invocation)
    if wanted not in by_word:
        raise UnknownName(
            f'the local cloud "{invocation.options.name}" has no service "{wanted}"',
            hint=f"it has: {', '.join(by_word)}",
        )
    invocation.data(by_word[wanted])
    return 0


def _open(invocation: Invocation) -> int:
    """Open Horizon in a browser, and print where it is."""
    import webbrowser

    from stackloom.errors import UnknownName

    url = _url_by_word(invocation).get(_WEB_PAGE)
    if url is None:
        raise UnknownName(
            f'the local cloud "{invocation.options.name}" has no web page: Horizon is not in it',
            hint="stackloom local up --with horizon brings it up, where the release has it",
        )
    invocation.data(url)
    if not webbrowser.open(url):
        invocation.talk("there is no browser to open it in; open it yourself")
    return 0


def _url_by_word(invocation: Invocation) -> dict[str, str]:
    """Return the URL of each service, by its name and by its type."""
    from stackloom.local.status import status

    cloud = cloud_that_is_up(invocation)
    rows = status(cloud.name).services
    by_name = {row.service: row.url for row in rows}
    return {**by_name, **{row.service_type: row.url for row in rows if row.service_type}}


STATUS = Command(name="status", help="Show its services", arguments=_arguments, run=_status)
LIST = Command(name="list", help="Show all local clouds", arguments=_list_arguments, run=_list)
URL = Command(name="url", help="Print a service's URL", arguments=_url_arguments, run=_url)
OPEN = Command(name="open", help="Open its web page", arguments=name_argument, run=_open)
