# SPDX-License-Identifier: Apache-2.0
"""Carry a plan out in front of a person: ask, show what happens, stop cleanly on Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from stackloom import operations
from stackloom.cli.command import Invocation
from stackloom.cli.course import Course
from stackloom.cli.plan_text import counts_line, outcome_line, plan_lines, summary_line
from stackloom.cli.progress import Progress
from stackloom.errors import Interrupted, UsageError
from stackloom.scenario.events import (
    Event,
    Outcome,
    Result,
    StepAccepted,
    StepEnded,
    StepInDoubt,
    StepStarted,
    event_document,
)
from stackloom.scenario.saved_plan import plan_document

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.scenario.records import Records


def show_plan(invocation: Invocation, planned: operations.Planned) -> None:
    """Tell what will be done, and what may go wrong with it."""
    if getattr(invocation.options, "json", False):
        document = {"event": "planned", **plan_document(planned.shown)}
        invocation.data(json.dumps(document))
    else:
        for line in plan_lines(planned.shown):
            invocation.talk(line)
        invocation.talk(f'scenario "{planned.scenario.name}": {counts_line(planned.plan)}')
    show_warnings(invocation, planned)


def show_warnings(invocation: Invocation, planned: operations.Planned) -> None:
    """Tell what may go wrong."""
    for warning in planned.warnings:
        invocation.talk(planned.scenario.hide(f"warning: {warning}"))


def confirm(invocation: Invocation, question: str) -> bool:
    """Ask, unless ``--yes``; without a terminal there is nobody to ask.

    Raises:
        UsageError: nobody to ask, and no ``--yes``.
    """
    import sys

    if invocation.options.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask on", hint="give --yes to go on without asking"
        )
    invocation.stderr.write(f"{question} [y/N] ")
    invocation.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


async def ask_and_carry_out(
    invocation: Invocation,
    cloud: Cloud,
    planned: operations.Planned,
    records: Records,
    question: str,
) -> int:
    """Show the plan, ask, and carry it out; return the exit code: 1 for a no."""
    show_plan(invocation, planned)
    if not planned.plan.changes:
        return 0
    if not confirm(invocation, question):
        invocation.talk("nothing was changed")
        return 1
    await carry_out(invocation, cloud, planned, records)
    return 0


async def carry_out(
    invocation: Invocation, cloud: Cloud, planned: operations.Planned, records: Records
) -> None:
    """Carry the plan out, a line for each step as it ends.

    The first Ctrl-C lets what is under way end and begins nothing more; the second leaves at once.

    Raises:
        RunFailed: some steps failed.
        Interrupted: stopped by Ctrl-C; says how to go on.
    """
    course = Course(planned.plan, lambda: cloud.requests_sent)
    progress = Progress(invocation, summary=course.summary)
    hide = planned.scenario.hide

    def tell(event: Event) -> None:
        course.note(event)
        show_event(invocation, progress, event, hide)

    executor = operations.executor(cloud, planned, records, tell=tell)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        progress.line("stopping: waiting for what is under way (Ctrl-C again leaves at once)")
        executor.stop()

    loop.add_signal_handler(signal.SIGINT, stop)
    started = time.monotonic()
    sent_before = cloud.requests_sent
    try:
        with progress.running():
            outcomes = await executor.run()
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    seconds = time.monotonic() - started
    requests = cloud.requests_sent - sent_before
    invocation.talk(summary_line(outcomes, seconds=seconds, requests=requests))
    raise_if_not_done(planned.scenario.name, outcomes)


def raise_if_not_done(scenario_name: str, outcomes: tuple[Outcome, ...]) -> None:
    """Raise where not everything was done.

    Raises:
        RunFailed: some steps failed.
        Interrupted: it was stopped; says how to go on.
    """
    operations.raise_if_failed(scenario_name, outcomes)
    if any(outcome.result is Result.STOPPED for outcome in outcomes):
        raise Interrupted(
            f'scenario "{scenario_name}": stopped before the end; nothing is half-made',
            hint="run the same command again to go on",
        )


Hide = Callable[[str], str]


def show_event(invocation: Invocation, progress: Progress, event: Event, hide: Hide) -> None:
    """Tell what happens: a line for each step that has ended, or with ``--json`` for each event."""
    show = _show_json if getattr(invocation.options, "json", False) else _show
    show(invocation, progress, event, hide)


def _show_json(invocation: Invocation, _progress: Progress, event: Event, hide: Hide) -> None:
    invocation.data(hide(json.dumps(event_document(event))))


def _show(_invocation: Invocation, progress: Progress, event: Event, hide: Hide) -> None:
    if isinstance(event, StepStarted):
        progress.begin(str(event.step.address))
    elif isinstance(event, StepInDoubt):
        progress.line(hide(f"  ? {event.address}  {event.reason}; looking at the cloud"))
    elif isinstance(event, StepAccepted):
        progress.begin(str(event.address))
    elif isinstance(event, StepEnded):
        progress.end(str(event.outcome.step.address))
        if line := outcome_line(event.outcome):
            progress.line(hide(line))
