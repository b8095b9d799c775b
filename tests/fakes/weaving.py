# SPDX-License-Identifier: Apache-2.0
"""Plan, apply and destroy against a fake cloud, without any pause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.session import Session
from stackloom.auth.settings import Settings
from stackloom.cloud.cloud import Cloud
from stackloom.resources import all_kinds
from stackloom.scenario.actions import MOST_IN_BULK, CloudActions, always
from stackloom.scenario.events import Outcome, Tell, tell_nobody
from stackloom.scenario.executor import Executor
from stackloom.scenario.loader import load_text
from stackloom.scenario.model import Scenario, lookups
from stackloom.scenario.observe import list_kinds, look_up, marked_states
from stackloom.scenario.plan import Plan
from stackloom.scenario.planner import Observed, make_plan
from stackloom.transport.client import Transport
from stackloom.transport.exchange import Exchange

# What the fake cloud has; the engine is tested with these however many more kinds there are.
_FAKED = {"flavor", "image", "network", "port", "router", "router_interface", "server", "subnet"}
KINDS = {name: kind for name, kind in all_kinds().items() if name in _FAKED}
# Images are only looked up there.
DECLARED = [kind.name for kind in KINDS.values() if kind.declaration and kind.name != "image"]
BULK = [kind.name for kind in KINDS.values() if kind.bulk]


def config(auth_url: str = "http://cloud.test/v3") -> CloudConfig:
    """Return how to log in to the fake cloud."""
    domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
    values = {"auth_url": auth_url, "username": "demo", "password": "x", "project_name": "demo"}
    return cloud_config(Settings(source="a fake", values={**values, **domains}))


@asynccontextmanager
async def open_cloud(transport: Transport) -> AsyncIterator[Cloud]:
    """Open a cloud whose retries cost no time."""
    async with Cloud(Session(config(), Exchange(transport, sleep=no_pause))) as cloud:
        yield cloud


async def no_pause(_seconds: float) -> None:
    """Let others run, and that is all."""
    await asyncio.sleep(0)


def scenario(text: str) -> Scenario:
    """Read a scenario."""
    return load_text(text, "test.yaml", KINDS).scenario


async def plan(cloud: Cloud, wanted: Scenario) -> Plan:
    """Look at the cloud and plan."""
    listed = await list_kinds(cloud, KINDS, DECLARED)
    found, missing = await look_up(cloud, KINDS, lookups(KINDS, wanted))
    assert not missing, missing
    marked = marked_states(KINDS, listed, wanted.name)
    observed = Observed(
        states=marked.states, doubles=marked.doubles, found=found, strangers=marked.strangers
    )
    return make_plan(KINDS, wanted, observed)


def executor(
    cloud: Cloud,
    wanted: Scenario,
    made: Plan,
    tell: Tell = tell_nobody,
    may_go_on: Callable[[], None] = always,
) -> Executor:
    """Return what carries a plan out."""
    actions = CloudActions(
        cloud, KINDS, wanted, made, tell=tell, may_go_on=may_go_on, sleep=no_pause
    )
    return Executor(
        made, actions, bulk_kinds=BULK, tell=tell, bulk_size=lambda: MOST_IN_BULK, now=lambda: 0.0
    )


async def apply(
    transport: Transport, wanted: Scenario, tell: Tell = tell_nobody
) -> tuple[Outcome, ...]:
    """Plan and carry out; a scenario without specs is destroyed."""
    async with open_cloud(transport) as cloud:
        made = await plan(cloud, wanted)
        return await executor(cloud, wanted, made, tell).run()


async def destroy(transport: Transport, wanted: Scenario) -> tuple[Outcome, ...]:
    """Take everything of a scenario away."""
    return await apply(transport, Scenario(name=wanted.name, specs={}))


async def changes(transport: Transport, wanted: Scenario) -> list[str]:
    """Return what a plan would do now."""
    async with open_cloud(transport) as cloud:
        made = await plan(cloud, wanted)
        return [f"{step.action.value} {step.address}" for step in made.changes]


def results(outcomes: tuple[Outcome, ...]) -> dict[str, str]:
    """Return how each step ended: ``{"create network.blue": "done"}``."""
    return {f"{each.step.action.value} {each.step.address}": each.result.value for each in outcomes}


def failures(outcomes: tuple[Outcome, ...]) -> list[str]:
    """Return the messages of what failed."""
    return [f"{each.step.address}: {each.error}" for each in outcomes if each.error]
