# SPDX-License-Identifier: Apache-2.0
"""What a person can ask for, one function each; command line, service and tests call these.

It introduces the rooms to each other: the kinds to the planner, a cloud to the actions.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import State
from stackloom.cloud.mark import Address
from stackloom.cloud.sketch import Part
from stackloom.errors import BadScenario, RunFailed, UnknownName
from stackloom.resources import all_kinds
from stackloom.scenario.actions import CloudActions
from stackloom.scenario.drawing import draw
from stackloom.scenario.events import Outcome, Result, Tell, tell_nobody
from stackloom.scenario.executor import Executor
from stackloom.scenario.loader import Loaded, load_file
from stackloom.scenario.model import Scenario, lookups, references
from stackloom.scenario.observe import (
    Marked,
    list_kinds,
    look_up,
    marked_states,
    own_project,
    scenarios_in,
)
from stackloom.scenario.plan import Plan
from stackloom.scenario.planner import Observed, make_plan
from stackloom.scenario.records import RecordedActions, Records, hold_records, records_directory

log = logging.getLogger(__name__)

KINDS = all_kinds()
_DECLARED = tuple(kind.name for kind in KINDS.values() if kind.declaration)
# How long a service may still be at work on a request whose sender was killed; asked about only
# after a run that was.
UNDER_WAY_SECONDS = 20.0
LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the scenario that it weaves."""

    scenario: Scenario
    plan: Plan


def read_scenario(path: Path) -> Loaded:
    """Read a scenario file, or raise everything that is wrong with it."""
    return load_file(path, KINDS)


async def plan(cloud: Cloud, loaded: Loaded, *, records: Records | None = None) -> Planned:
    """Compare a scenario with the cloud: one request a kind, and one for each name to find.

    Args:
        records: what an earlier run may still have under way, which is waited for; None to only
            look.

    Raises:
        BadScenario: images, flavors or networks that it names are not there; says where it does.
    """
    scenario = loaded.scenario
    wanted = lookups(KINDS, scenario)
    found, missing = await look_up(cloud, KINDS, wanted)
    if missing:
        raise _not_found(loaded, missing)
    marked = await _marked(cloud, scenario.name, records)
    observed = Observed(
        states=marked.states, doubles=marked.doubles, found=found, strangers=marked.strangers
    )
    return Planned(scenario=scenario, plan=make_plan(KINDS, scenario, observed))


async def plan_destruction(
    cloud: Cloud, scenario_name: str, *, records: Records | None = None
) -> Planned:
    """Plan to take away everything that carries the marks of a scenario, and nothing else."""
    marked = await _marked(cloud, scenario_name, records)
    empty = Scenario(name=scenario_name, specs={})
    observed = Observed(states=marked.states, doubles=marked.doubles, strangers=marked.strangers)
    return Planned(scenario=empty, plan=make_plan(KINDS, empty, observed))


@asynccontextmanager
async def hold(
    cloud: Cloud, scenario_name: str, environment: Mapping[str, str]
) -> AsyncIterator[Records]:
    """Be the only command on this machine that works on a scenario, for an ``async with``.

    Raises:
        Busy: another one does.
    """
    key = f"{cloud.config.auth_url} {await own_project(cloud)}"
    directory = records_directory(environment)
    with hold_records(directory, cloud_key=key, scenario=scenario_name) as records:
        yield records


async def _marked(cloud: Cloud, scenario_name: str, records: Records | None) -> Marked:
    """Return what carries the scenario's marks, once nothing of an earlier run is under way."""
    while True:
        listed = await list_kinds(cloud, KINDS, _DECLARED)
        marked = marked_states(KINDS, listed, scenario_name)
        if records is None:
            return marked
        oldest = time.time() - UNDER_WAY_SECONDS
        begun = [a for a, since in records.unfinished.items() if since > oldest]
        if all(address in marked.states for address in begun):
            records.forget()
            return marked
        log.info("waiting for what an interrupted run began: %s", ", ".join(map(str, begun)))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def executor(
    cloud: Cloud, planned: Planned, records: Records, *, tell: Tell = tell_nobody
) -> Executor:
    """Return what carries a plan out when its ``run()`` is awaited."""
    plain = CloudActions(cloud, KINDS, planned.scenario, planned.plan, tell=tell)
    actions = RecordedActions(plain, records)
    bulk = [kind.name for kind in KINDS.values() if kind.bulk]
    return Executor(planned.plan, actions, bulk_kinds=bulk, tell=tell)


def raise_if_failed(scenario_name: str, outcomes: tuple[Outcome, ...]) -> None:
    """Raise ``RunFailed`` if a step failed; what waited for it is counted, not repeated."""
    failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
    skipped = sum(outcome.result is Result.SKIPPED for outcome in outcomes)
    if failed:
        counted = f"{len(failed)} of {len(outcomes)} steps failed"
        behind = f", and {skipped} behind them did not begin" if skipped else ""
        raise RunFailed(
            f'scenario "{scenario_name}": {counted}{behind}',
            outcomes=outcomes,
            hint="what was made stays and is known; after mending the cause, run the command again",
        )


async def resources(cloud: Cloud, scenario_name: str) -> dict[Address, State]:
    """Return what the cloud has of a scenario.

    Raises:
        UnknownName: nothing there carries its marks; names the scenarios that have some.
    """
    listed = await list_kinds(cloud, KINDS, _DECLARED)
    states = marked_states(KINDS, listed, scenario_name).states
    if not states:
        there = ", ".join(scenarios_in(KINDS, listed)) or "none"
        raise UnknownName(
            f'nothing in this project carries the marks of scenario "{scenario_name}"',
            hint=f"scenarios found here: {there}",
        )
    return dict(states)


async def topology(cloud: Cloud, scenario_name: str) -> list[Part]:
    """Return what a scenario looks like in the cloud, from the cloud's own answers.

    Raises:
        UnknownName: nothing there carries its marks; names the scenarios that have some.
    """
    parts: list[Part] = []
    for address, state in sorted((await resources(cloud, scenario_name)).items()):
        parts += KINDS[address.kind].sketch(state)
    return parts


def topology_of(scenario: Scenario) -> list[Part]:
    """Return what a scenario will look like, from its file alone."""
    parts: list[Part] = []
    for address, spec in scenario.specs.items():
        declaration = KINDS[address.kind].declaration
        assert declaration is not None, "only declared kinds are read"
        parts += declaration.sketch(address, spec, scenario.specs)
    return parts


def picture(parts: list[Part], *, plain: bool = False) -> str:
    """Draw a topology in characters."""
    return draw(parts, plain=plain)


def _not_found(loaded: Loaded, missing: Mapping[tuple[str, str], UnknownName]) -> BadScenario:
    problems = []
    for address, spec in loaded.scenario.specs.items():
        for reference in references(KINDS, address, spec):
            error: Any = missing.get((reference.kind, reference.name))
            if error is not None and not reference.declared:
                problems.append(loaded.problem(address, reference.place, error.message, error.hint))
    return BadScenario(problems)
