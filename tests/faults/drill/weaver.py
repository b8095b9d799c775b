# SPDX-License-Identifier: Apache-2.0
"""Applies and destroys a scenario on a real cloud, by the same operations as the command line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stackloom import operations
from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.settings import read_settings
from stackloom.cloud.cloud import Cloud, connect
from stackloom.cloud.mark import without_mark
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.loader import Loaded
from stackloom.scenario.observe import list_kinds
from stackloom.transport.client import Answer, Request, Transport
from stackloom.transport.reqwest import ReqwestTransport

Wrap = Callable[[Transport], Transport]
CarryOut = Callable[[], Awaitable[tuple[Outcome, ...]]]
# What cannot be told apart by its name: ports are known by whom they serve.
_SERVED = "device_owner"


@dataclass(slots=True)
class CountingTransport:
    """Passes requests on and writes them down."""

    inner: Transport
    sent: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, request: Request) -> Answer:
        """Send one request."""
        self.sent.append((request.method, request.url))
        return await self.inner.send(request)

    async def close(self) -> None:
        """Give the connections back."""
        await self.inner.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weaver:
    """Works on one scenario in one project.

    Attributes:
        wrap: what stands between it and the network.
    """

    file: Path
    config: CloudConfig
    environment: Mapping[str, str]
    wrap: Wrap = lambda inner: inner

    @classmethod
    def of_environment(
        cls, file: Path, environment: Mapping[str, str] | None = None, *, wrap: Wrap = lambda t: t
    ) -> Weaver:
        """Return one for the cloud that ``OS_*`` name."""
        variables = os.environ if environment is None else environment
        settings = read_settings({}, variables)
        assert settings is not None, "the variables name a cloud"
        config = cloud_config(settings)
        return cls(file=file, config=config, environment=variables, wrap=wrap)

    @property
    def loaded(self) -> Loaded:
        """The scenario."""
        return operations.read_scenario(self.file)

    async def apply(self) -> tuple[Outcome, ...]:
        """Bring it about and return what became of each step."""
        async with self.planned() as (_planned, carry_out):
            return await carry_out()

    @asynccontextmanager
    async def planned(self) -> AsyncIterator[tuple[operations.Planned, CarryOut]]:
        """Plan it, and hand out what carries the plan out."""
        loaded = self.loaded
        async with (
            self.open() as cloud,
            operations.hold(cloud, loaded.scenario.name, self.environment) as records,
        ):
            planned = await operations.plan(cloud, loaded, records=records, check_quota=False)
            yield planned, operations.executor(cloud, planned, records).run

    async def destroy(self) -> tuple[Outcome, ...]:
        """Take it away."""
        name = self.loaded.scenario.name
        async with (
            self.open() as cloud,
            operations.hold(cloud, name, self.environment) as records,
        ):
            planned = await operations.plan_destruction(cloud, name, records=records)
            return await operations.executor(cloud, planned, records).run()

    async def changes(self) -> list[str]:
        """Return what an apply would do now."""
        async with self.open() as cloud:
            planned = await operations.plan(cloud, self.loaded, check_quota=False)
            return [f"{step.action.value} {step.address}" for step in planned.plan.changes]

    async def inventory(self) -> Counter[str]:
        """Count everything in the project by kind and name, whoever made it."""
        names = [kind.name for kind in operations.KINDS.values() if kind.declaration]
        async with self.open() as cloud:
            listed = await list_kinds(cloud, operations.KINDS, names)
        counted: Counter[str] = Counter()
        for name, states in listed.items():
            declaration = operations.KINDS[name].declaration
            for state in states:
                if declaration and (declaration.facet_of or declaration.at_rest(state)):
                    continue
                if name == "security_group" and state.name == "default":
                    continue  # Neutron makes it when it likes
                own_name = without_mark(state.name) if name != "floating_ip" else ""
                label = getattr(state, _SERVED, "") or own_name
                counted[f"{name} {label}".strip()] += 1
        return counted

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Cloud]:
        """Open the cloud."""
        transport = self.wrap(ReqwestTransport(tls=self.config.tls))
        async with connect(self.config, transport=transport, environment=self.environment) as cloud:
            yield cloud


def failures(outcomes: tuple[Outcome, ...]) -> list[str]:
    """Return the messages of what failed."""
    return [
        f"{each.step.address}: {each.error}" for each in outcomes if each.result is Result.FAILED
    ]
