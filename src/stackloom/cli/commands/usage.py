# SPDX-License-Identifier: Apache-2.0
"""``usage``: what projects have used of Nova in a time."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.kind_at_hand import ask
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_list,
    write_one,
)
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

_PATH = "/v2.1/os-simple-tenant-usage"
_USUAL_TIME = timedelta(weeks=4)
# Ours by Nova's names: nova/api/openstack/compute/simple_tenant_usage.py, 34.0.0.
_TITLES = {
    "total_vcpus_usage": "CPU Hours",
    "total_local_gb_usage": "Disk GB-Hours",
    "total_memory_mb_usage": "RAM MB-Hours",
}


def _time_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--start", type=_day, metavar="DATE", help="2026-01-31; 4 weeks ago if not")
    parser.add_argument("--end", type=_day, metavar="DATE", help="tomorrow if not given")


def _day(word: str) -> datetime:
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        raise UsageError(f'"{word}" is no date', hint="such as 2026-01-31") from None


def _time(options: Namespace) -> dict[str, str]:
    """Return the query for the time that is meant.

    Raises:
        UsageError: it ends before it begins.
    """
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    end = options.end or now + timedelta(days=1)
    start = options.start or now - _USUAL_TIME
    if start >= end:
        raise UsageError(f"from {start.date()} to {end.date()} is no time")
    return {"start": start.isoformat(), "end": end.isoformat()}


def _row(usage: Mapping[str, Any]) -> dict[str, object]:
    """Return what was used; nothing is told of a project that has used nothing."""
    row: dict[str, object] = {"Servers": len(usage.get("server_usages", ()))}
    return row | {title: round(usage.get(name, 0.0), 2) for name, title in _TITLES.items()}


async def _asked(cloud: Cloud, path: str, query: Mapping[str, str]) -> Any:
    import msgspec

    # 2.40 has pages, and a limit of its own on what one holds.
    answer = await cloud.request("compute", "GET", path, query=query, microversion="2.1")
    return msgspec.json.decode(answer.body)


def _show_arguments(parser: ArgumentParser) -> None:
    add_named(parser, "project", "of this one; the own one if left out")
    _time_arguments(parser)
    add_output_options(parser, SHOW_FORMATS)


def _show(invocation: Invocation) -> int:
    options = invocation.options
    query = _time(options)

    async def work(cloud: Cloud) -> dict[str, object]:
        named = await find_id(cloud, "identity.project", options.project, options.project_domain)
        project = named or (await cloud.token()).project_id
        if not project:
            raise UsageError("this token has no project", hint="name one: --project")
        told = await _asked(cloud, f"{_PATH}/{project}", query)
        return {"Project": project, **_row(told["tenant_usage"])}

    invocation.talk(f"from {query['start']} to {query['end']}")
    write_one(invocation, ask(invocation, work))
    return 0


def _list_arguments(parser: ArgumentParser) -> None:
    _time_arguments(parser)
    add_output_options(parser, LIST_FORMATS)


def _list(invocation: Invocation) -> int:
    query = {**_time(invocation.options), "detailed": "1"}

    async def work(cloud: Cloud) -> list[list[object]]:
        told = await _asked(cloud, _PATH, query)
        return [[each["tenant_id"], *_row(each).values()] for each in told["tenant_usages"]]

    invocation.talk(f"from {query['start']} to {query['end']}")
    write_list(invocation, ("Project", "Servers", *_TITLES.values()), ask(invocation, work))
    return 0


GROUP = Group(
    help="What projects have used of Nova",
    commands=(
        Command(
            name="list",
            help="List what each project has used (administrators)",
            arguments=_list_arguments,
            run=_list,
        ),
        Command(
            name="show",
            help="Show what one project has used",
            arguments=_show_arguments,
            run=_show,
        ),
    ),
)
