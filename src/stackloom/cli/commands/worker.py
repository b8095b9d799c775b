# SPDX-License-Identifier: Apache-2.0
"""``worker``: works on the jobs of a service, on as many machines as wanted."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.service_settings import (
    add_service_options,
    add_worker_metrics_option,
    check_extra,
    service_environment,
    service_settings,
)


def _arguments(parser: ArgumentParser) -> None:
    add_service_options(parser, "--database")
    add_worker_metrics_option(parser)


def _work(invocation: Invocation) -> int:
    check_extra()
    import os

    from stackloom.errors import UsageError
    from stackloom.service.logging import set_up_logging
    from stackloom.service.machine.process import run_until_signal
    from stackloom.service.machine.worker import serve_worker
    from stackloom.service.settings_rules import check_settings

    settings = service_settings(invocation).usable()
    if not settings.database.url:
        raise UsageError(
            "a worker needs the PostgreSQL of its service",
            hint="--database postgresql://…, or [database] url; stackloom serve has a worker",
        )
    check_settings(settings, is_api=False)
    set_up_logging(settings.log)
    os.environ.update(service_environment(invocation))  # for the processes that it starts
    run_until_signal(serve_worker, settings)
    return 0


GROUP = Group(
    help="Work on the jobs of a service",
    commands=(
        Command(
            help="Work on jobs until SIGTERM or Ctrl-C; others then take over what is under way",
            arguments=_arguments,
            run=_work,
        ),
    ),
)
