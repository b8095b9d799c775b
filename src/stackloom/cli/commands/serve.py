# SPDX-License-Identifier: Apache-2.0
"""``serve``: the service, everything that it needs, on one machine."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.service_settings import (
    add_behind_proxy_option,
    add_service_options,
    check_extra,
    service_environment,
    service_settings,
)


def _arguments(parser: ArgumentParser) -> None:
    add_service_options(parser, "--database", "--listen", "--grpc-listen", "--metrics-listen")
    add_behind_proxy_option(parser)
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help="start no worker here: stackloom worker works elsewhere",
    )


def _serve(invocation: Invocation) -> int:
    check_extra()
    import asyncio

    from stackloom.service.logging import set_up_logging
    from stackloom.service.machine.serve import Serving, serve

    settings = service_settings(invocation).usable()
    set_up_logging(settings.log)
    asyncio.run(
        serve(
            Serving(
                settings=settings,
                environment=service_environment(invocation),
                has_worker=not invocation.options.no_worker,
                tell=invocation.data,
            )
        )
    )
    return 0


GROUP = Group(
    help="Start the service: REST, gRPC, the page, jobs, and a database of its own",
    commands=(
        Command(
            help="Start the service, and print its address; SIGTERM or Ctrl-C ends it",
            arguments=_arguments,
            run=_serve,
        ),
    ),
)
