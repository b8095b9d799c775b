# SPDX-License-Identifier: Apache-2.0
"""``local``: a real OpenStack on this machine."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.local_logs import LOGS
from stackloom.cli.local_name import cloud_that_is_up, name_argument
from stackloom.cli.local_run import RUN
from stackloom.cli.local_status import LIST, OPEN, STATUS, URL
from stackloom.cli.quantities import seconds


def _up_arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    parser.add_argument("--release", metavar="RELEASE", help="such as 2026.2")
    parser.add_argument(
        "--with",
        dest="with_services",
        action="append",
        metavar="SERVICE",
        help="a service beside those of every cloud; may be repeated, or list several with commas",
    )
    parser.add_argument(
        "--port-base", type=int, metavar="N", help="the first of its ports; not given, free ones"
    )
    parser.add_argument(
        "--quotas",
        choices=("generous", "openstack"),
        help="generous: nothing runs out; openstack: as OpenStack has them of itself",
    )
    parser.add_argument(
        "--latency",
        type=seconds,
        metavar="TIME",
        help="answer like a cloud so far away, such as 150ms, until it goes down",
    )
    parser.add_argument(
        "--jitter", type=seconds, default=0.0, metavar="TIME", help="the latency, give or take"
    )


def _up(invocation: Invocation) -> int:
    import asyncio

    from stackloom.cli.local_progress import local_report
    from stackloom.errors import UsageError
    from stackloom.local import lifecycle
    from stackloom.local.latency import Latency

    options = invocation.options
    if options.jitter and options.latency is None:
        raise UsageError("--jitter says how much --latency varies", hint="give both")
    latency = Latency(seconds=options.latency or 0.0, jitter_seconds=options.jitter)
    with_services = [
        service for each in options.with_services or () for service in each.split(",") if service
    ]
    with local_report(invocation) as report:
        found = asyncio.run(
            lifecycle.up(
                name=options.name,
                release=options.release,
                with_services=None if options.with_services is None else with_services,
                port_base=options.port_base,
                quotas=options.quotas,
                latency=None if options.latency is None else latency,
                report=report,
            )
        )
    invocation.talk(f"Keystone: {found.auth_url}")
    named = "" if options.name == "local" else f" --name {options.name}"
    invocation.talk(f'for other tools: eval "$(stackloom local env{named})"')
    return 0


def _down(invocation: Invocation) -> int:
    import asyncio

    from stackloom.cli.local_progress import local_report
    from stackloom.local import lifecycle

    with local_report(invocation) as report:
        was_up = asyncio.run(lifecycle.down(name=invocation.options.name, report=report))
    if not was_up:
        invocation.talk(f'the local cloud "{invocation.options.name}" was not up')
    return 0


def _reset(invocation: Invocation) -> int:
    import asyncio

    from stackloom.cli.local_progress import local_report
    from stackloom.local import lifecycle

    with local_report(invocation) as report:
        asyncio.run(lifecycle.reset(name=invocation.options.name, report=report))
    return 0


def _env_arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    parser.add_argument(
        "--user",
        choices=("demo", "admin", "admin-system"),
        default="demo",
        help="demo is a plain member; admin-system has a system-scoped token",
    )


def _env(invocation: Invocation) -> int:
    from shlex import quote

    found = cloud_that_is_up(invocation)
    # What an earlier eval of another user has left must not mix with this one.
    unset = ("OS_CLOUD", "OS_PROJECT_NAME", "OS_PROJECT_DOMAIN_NAME", "OS_SYSTEM_SCOPE")
    variables = found.environment(invocation.options.user)
    invocation.data(f"unset {' '.join(each for each in unset if each not in variables)}")
    for key, value in variables.items():
        invocation.data(f"export {key}={quote(value)}")
    return 0


def _purge_arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--name", default="local", metavar="NAME", help="which one, if several")
    which.add_argument(
        "--all", action="store_true", help="every cloud, and what was installed for them"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def _purge(invocation: Invocation) -> int:
    import asyncio

    from stackloom.cli.local_progress import local_report
    from stackloom.cli.running import confirm
    from stackloom.local import lifecycle
    from stackloom.local.status import names

    options = invocation.options
    if options.all:
        named = ", ".join(names()) or "none"
        question = f"Remove every local cloud ({named}) and all that was installed for them?"
    elif options.name in names():
        question = f'Remove the local cloud "{options.name}", its data and its passwords?'
    else:
        invocation.talk(f'there is no local cloud "{options.name}"')
        return 0
    if not confirm(invocation, question):
        invocation.talk("nothing was removed")
        return 1
    with local_report(invocation) as report:
        if options.all:
            asyncio.run(lifecycle.purge_all(report=report))
        else:
            asyncio.run(lifecycle.purge(name=options.name, report=report))
    return 0


GROUP = Group(
    help="A real OpenStack on this machine",
    commands=(
        Command(name="up", help="Bring it up", arguments=_up_arguments, run=_up),
        Command(name="down", help="Stop it, keep its data", arguments=name_argument, run=_down),
        STATUS,
        LIST,
        LOGS,
        Command(name="env", help="Print OS_* to eval", arguments=_env_arguments, run=_env),
        URL,
        OPEN,
        RUN,
        Command(name="reset", help="Renew its data", arguments=name_argument, run=_reset),
        Command(
            name="purge", help="Remove it, data and all", arguments=_purge_arguments, run=_purge
        ),
    ),
)
