# SPDX-License-Identifier: Apache-2.0
"""Plan, apply, destroy and watch by a service, in front of a person: the lines of the engine's own.

Ctrl-C cancels what the service does, and waits for its end; a second one leaves it alone.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any, TypeVar
from uuid import UUID

from stackloom import operations
from stackloom.cli.command import Invocation
from stackloom.cli.course import Course
from stackloom.cli.output_values import show_outputs
from stackloom.cli.plan_text import summary_line
from stackloom.cli.progress import Progress
from stackloom.cli.remote_plan import Told, nothing_planned, planned_of
from stackloom.cli.running import confirm, raise_if_not_done, show_event, show_plan
from stackloom.client import Client
from stackloom.client.refusals import recorded
from stackloom.client.sources import Sent
from stackloom.errors import (
    BadScenario,
    Conflict,
    Interrupted,
    Problem,
    StackloomError,
    UsageError,
)
from stackloom.wire.event import JobState
from stackloom.wire.plan import Plan, PlanOperation
from stackloom.wire.run import Run
from stackloom.wire.scenario import MAIN_FILE, Scenario, ScenarioSource

T = TypeVar("T")


async def plan_remotely(client: Client, sent: Sent) -> operations.Planned:
    """Have a text planned that the service does not keep, and return the plan."""
    with _at_its_place(sent):
        plan = await _planned(client, sent.source, secrets=sent.secrets)
    return planned_of(plan)


async def apply_remotely(invocation: Invocation, client: Client, sent: Sent) -> int:
    """Have a scenario kept, planned and, once it is wanted, carried out; return the exit code."""
    with _at_its_place(sent):
        scenario = await client.keep_scenario(sent.source)
        plan = await _planned(client, scenario.id, secrets=sent.secrets)
    code = await _ask_and_carry_out(invocation, client, plan, "Apply this?", sent.secrets)
    outputs = sent.loaded.scenario.outputs
    if code == 0 and outputs:
        values = await _outputs(client, scenario, plan, sent.secrets)
        show_outputs(invocation, sent.loaded.scenario, {name: values.get(name) for name in outputs})
    return code


async def destroy_remotely(
    invocation: Invocation, client: Client, name: str, sent: Sent | None
) -> int:
    """Have everything deleted that a scenario has in the cloud; return the exit code.

    Args:
        sent: the scenario, for a service that does not know it yet.
    """
    known = await client.scenarios(name=name)
    if not known and sent:
        with _at_its_place(sent):
            known = [await client.create_scenario(sent.source)]
    scenario = known[0] if known else await client.scenario(name)
    plan = await _planned(client, scenario.id, operation="destroy")
    return await _ask_and_carry_out(invocation, client, plan, "Delete all of this?", {})


async def watch_remotely(invocation: Invocation, client: Client, id: UUID) -> int:
    """Show what a run does until it has ended; return the exit code.

    Leaving does nothing to the run.
    """
    run = await client.run(id)
    if run.plan_id:
        planned = planned_of(await client.planned(run.plan_id))
    else:
        planned = nothing_planned(run.scenario_name)
    await _follow(invocation, client, run, planned, cancel=None)
    return 0


async def _planned(
    client: Client,
    subject: ScenarioSource | UUID,
    *,
    operation: PlanOperation = "apply",
    secrets: Mapping[str, str] | None = None,
) -> Plan:
    """Ask for a plan, and wait for it; Ctrl-C calls it off."""
    plan = await client.plan(subject, operation=operation, secrets=secrets)
    waiting = asyncio.ensure_future(client.until_planned(plan))
    with _ctrl_c(waiting.cancel):
        try:
            return await waiting
        except asyncio.CancelledError:
            await client.cancel_plan(plan.id)
            raise Interrupted(
                f'scenario "{plan.scenario_name}": the plan was called off; nothing was changed'
            ) from None


async def _ask_and_carry_out(
    invocation: Invocation,
    client: Client,
    plan: Plan,
    question: str,
    secrets: Mapping[str, str],
) -> int:
    planned = planned_of(plan)
    show_plan(invocation, planned)
    if not planned.plan.changes:
        return 0
    if not confirm(invocation, question):
        invocation.talk("nothing was changed")
        return 1
    run = await client.apply(plan, secrets=secrets)

    async def cancel() -> None:
        await client.cancel(run.id)

    await _follow(invocation, client, run, planned, cancel=cancel)
    return 0


async def _follow(
    invocation: Invocation,
    client: Client,
    run: Run,
    planned: operations.Planned,
    *,
    cancel: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    """Show what a run does until it has ended.

    Args:
        cancel: what Ctrl-C does first; None where it only leaves.

    Raises:
        RunFailed: some steps failed.
        StackloomError: it failed before the first step; what the engine would have raised.
        Interrupted: it was cancelled, or is left alone.
    """
    told = Told(planned=planned)
    course = Course(planned.plan, None)
    progress = Progress(invocation, summary=course.summary)
    started = time.monotonic()

    async def show() -> None:
        async with aclosing(client.events(run.id)) as events:
            async for event in events:
                if isinstance(event, JobState):
                    _show_state(progress, event)
                elif shown := told.event(event):
                    course.note(shown)
                    show_event(invocation, progress, shown, str)

    with progress.running():
        await _until_left(run, show(), progress, cancel)
    ended = await client.run(run.id)
    seconds = time.monotonic() - started
    invocation.talk(summary_line(told.outcomes, seconds=seconds))
    raise_if_not_done(run.scenario_name, tuple(told.outcomes))
    if ended.state == "cancelled":
        raise Interrupted(f'scenario "{run.scenario_name}": run {run.id} was cancelled')
    if ended.error:
        raise recorded(ended.error)


async def _until_left(
    run: Run,
    showing: Coroutine[Any, Any, None],
    progress: Progress,
    cancel: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    """Await *showing*; the first Ctrl-C cancels the run, where that is wanted, the next leaves.

    Raises:
        StackloomError: what *showing* raised.
        Interrupted: the run is left alone.
    """
    # Not in a task group, which would put what they raise into an exception of its own.
    task = asyncio.ensure_future(showing)
    cancelling: asyncio.Future[None] | None = None

    def pressed() -> None:
        nonlocal cancelling
        if cancel is None or cancelling is not None:
            task.cancel()
            return
        progress.line("stopping: waiting for what is under way (Ctrl-C again leaves it alone)")
        cancelling = asyncio.ensure_future(_cancelled(cancel, progress))

    try:
        with _ctrl_c(pressed):
            await asyncio.wait([task])
    finally:
        for each in filter(None, (task, cancelling)):
            each.cancel()
            await asyncio.wait([each])
    if task.cancelled():
        raise Interrupted(
            f'scenario "{run.scenario_name}": run {run.id} goes on without anybody watching',
            hint=f"to watch it again: stackloom watch {run.id} --server URL",
        )
    task.result()


async def _cancelled(cancel: Callable[[], Coroutine[Any, Any, None]], progress: Progress) -> None:
    """Have the run cancelled; where that cannot be, say so and go on watching."""
    try:
        await cancel()
    except Conflict:
        pass  # it has ended by itself meanwhile, which is shown
    except StackloomError as error:
        progress.line(f"it could not be cancelled: {error}")


def _show_state(progress: Progress, event: JobState) -> None:
    """Say what a person has to know beside the steps: that it waits, and for what."""
    if event.reason and event.state not in {"succeeded", "failed", "cancelled"}:
        progress.line(f"  {event.state}: {event.reason}")


@contextmanager
def _ctrl_c(pressed: Callable[[], object]) -> Iterator[None]:
    """Call *pressed* at each Ctrl-C, for a ``with``."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, pressed)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def _outputs(
    client: Client, scenario: Scenario, plan: Plan, secrets: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the scenario tells; where no run has told it yet, one that changes nothing."""
    try:
        outputs = await client.outputs(scenario.id)
    except Conflict:
        run = await client.apply(plan, secrets=secrets)
        await client.until_ended(run.id)
        outputs = await client.outputs(scenario.id)
    return {output.name: output.value for output in outputs}


@contextmanager
def _at_its_place(sent: Sent) -> Iterator[None]:
    """Let problems name the file as the person did, and not as the service calls it."""
    file = sent.loaded.document.file
    try:
        yield
    except BadScenario as error:
        raise BadScenario([_renamed(each, file) for each in error.problems]) from error
    except UsageError as error:
        error.args = (_named(error.message, file),)
        error.message = _named(error.message, file)
        raise


def _renamed(problem: Problem, file: str) -> Problem:
    return Problem(
        file=file if problem.file == MAIN_FILE else problem.file,
        line=problem.line,
        column=problem.column,
        message=problem.message,
        hint=problem.hint,
    )


def _named(text: str, file: str) -> str:
    lines = text.splitlines()
    return "\n".join(
        file + line.removeprefix(MAIN_FILE) if line.startswith(f"{MAIN_FILE}:") else line
        for line in lines
    )
