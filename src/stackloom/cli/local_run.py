# SPDX-License-Identifier: Apache-2.0
"""``local run``: a cloud for the length of one command."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Invocation
from stackloom.cli.quantities import seconds

if TYPE_CHECKING:
    from stackloom.local.access import Access

_NOT_FOUND_CODE = 127  # as shells end
_NOT_RUN_CODE = 126


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", default="", metavar="NAME", help="not given, a random one")
    parser.add_argument("--release", metavar="RELEASE", help="such as 2026.2")
    parser.add_argument(
        "--with",
        dest="with_services",
        action="append",
        metavar="SERVICE",
        help="a service beside those of every cloud; may be repeated, or list several with commas",
    )
    parser.add_argument(
        "--latency", type=seconds, metavar="TIME", help="answer like a cloud so far away: 150ms"
    )
    parser.add_argument(
        "--user",
        choices=("demo", "admin", "admin-system"),
        default="demo",
        help="whom OS_* log in; demo is a plain member",
    )
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="behind --: what to run")


def _run(invocation: Invocation) -> int:
    """Run the command; its exit code is ours."""
    import shutil
    from contextlib import ExitStack
    from functools import partial

    from stackloom.cli.local_progress import local_report
    from stackloom.local import foreground, lifecycle, throwaway
    from stackloom.local.latency import Latency

    options = invocation.options
    command: list[str] = options.command
    if shutil.which(command[0]) is None:
        invocation.stderr.write(f'error: there is no program "{command[0]}"\n')
        return _NOT_FOUND_CODE
    name = options.name or throwaway.new_name("run")
    with_services = [
        service for each in options.with_services or () for service in each.split(",") if service
    ]
    latency = None if options.latency is None else Latency(seconds=options.latency)
    with ExitStack() as stack:
        # The report is over before the command begins: the terminal is the command's own.
        with local_report(invocation) as report:
            bring_up = partial(
                lifecycle.up,
                release=options.release,
                with_services=with_services or None,
                latency=latency,
                report=report,
            )
            found = stack.enter_context(throwaway.throw_away(name, bring_up))
        variables = _variables(found, options.user, invocation.environment)
        try:
            return foreground.run(command, variables)
        except OSError as error:
            invocation.stderr.write(f'error: "{command[0]}" cannot be run: {error.strerror}\n')
            return _NOT_RUN_CODE


def _variables(access: Access, user: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the command's variables: ours, with this cloud in place of any other."""
    own = {name: value for name, value in environment.items() if not name.startswith("OS_")}
    return {
        **own,
        **access.environment(user),
        "OS_CLIENT_CONFIG_FILE": str(access.clouds_yaml),
        "STACKLOOM_CLOUD": access.name,
    }


RUN = Command(
    name="run",
    help="Run a command with a cloud of its own",
    arguments=_arguments,
    run=_run,
)
