# SPDX-License-Identifier: Apache-2.0
"""The service for programs with an event loop: one method for each thing that it can be asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.client.asking import Query
from stackloom.client.connection import Connection
from stackloom.client.following import following
from stackloom.client.subjects import Source, id_of, ready, seen, source_of
from stackloom.client.watching import OtherEvent
from stackloom.errors import BadScenario, UnknownName
from stackloom.wire.caller import Whoami
from stackloom.wire.event import Event
from stackloom.wire.plan import Credential, Plan, PlanCreate, PlanOperation, PlanPage, PlanState
from stackloom.wire.resource import Output, OutputPage, Resource, ResourcePage
from stackloom.wire.run import (
    Nothing,
    Retry,
    Run,
    RunAction,
    RunCreate,
    RunOperation,
    RunPage,
    RunState,
)
from stackloom.wire.scenario import (
    Check,
    Condition,
    Revision,
    RevisionPage,
    Scenario,
    ScenarioCreate,
    ScenarioPage,
    ScenarioReplace,
    Validation,
)


class Client(Connection):
    """Asks a service; an ``async with``, whose arguments are those of ``Connection``.

    Every method raises what ``errors`` has: ``NotFound``, ``Conflict``, ``BadScenario``, ...;
    ``CloudError.kind`` is the service's code, ``plan.not-ready``.
    """

    async def whoami(self) -> Whoami:
        """Return who asks, for which project, and what they may."""
        return await self._asking.ask(Whoami, "GET", "/v1/token")

    # --- scenarios --------------------------------------------------------------------------------

    async def scenarios(
        self,
        *,
        name: str | None = None,
        tags: Sequence[str] = (),
        condition: Condition | None = None,
    ) -> list[Scenario]:
        """Return the scenarios of the project; *tags* are those that they all have."""
        query = {"name": name, "tags": list(tags) or None, "condition": condition}
        return await self._asking.all(
            "/v1/scenarios", query, ScenarioPage, lambda page: page.scenarios
        )

    async def scenario(self, name_or_id: str | UUID) -> Scenario:
        """Return one scenario.

        Raises:
            UnknownName, NotFound: there is none of this name, or with this id.
        """
        id = id_of(name_or_id)
        if id is not None:
            return await self._asking.ask(Scenario, "GET", f"/v1/scenarios/{id}")
        name = str(name_or_id)
        found = await self.scenarios(name=name)
        if not found:
            there = ", ".join(each.name for each in await self.scenarios()) or "none"
            raise UnknownName(
                f'the service has no scenario "{name}" in this project',
                hint=f"scenarios that it has: {there}",
            )
        return found[0]

    async def create_scenario(
        self, source: Source, *, tags: Sequence[str] = (), check: Check | None = None
    ) -> Scenario:
        """Have the service keep a scenario; its name is the one in the text.

        Args:
            check: look for drift again and again.

        Raises:
            BadScenario: with every problem of the texts.
            Conflict: there is one of this name.
        """
        body = ScenarioCreate(source=source_of(source), tags=tuple(tags), check=check)
        return await self._asking.ask(
            Scenario, "POST", "/v1/scenarios", body=body, is_repeatable=True
        )

    async def replace_scenario(
        self,
        scenario: Scenario,
        source: Source,
        *,
        tags: Sequence[str] | None = None,
        check: Check | UnsetType | None = UNSET,
    ) -> Scenario:
        """Give a scenario other texts; tags and check stay unless they are given.

        Args:
            scenario: as it was seen last.

        Raises:
            Conflict: somebody else has changed it since.
            BadScenario: with every problem of the texts.
        """
        body = ScenarioReplace(
            source=source_of(source),
            tags=scenario.tags if tags is None else tuple(tags),
            check=scenario.check if check is UNSET else check,
        )
        return await self._asking.ask(
            Scenario, "PUT", f"/v1/scenarios/{scenario.id}", body=body, headers=seen(scenario)
        )

    async def keep_scenario(self, source: Source) -> Scenario:
        """Have the service keep these texts under the name in them, new or in place of others.

        Raises:
            BadScenario: with every problem of the texts.
        """
        validation = await self.validate(source)
        if not validation.is_valid:
            raise BadScenario(list(validation.problems))
        known = await self.scenarios(name=validation.name)
        if not known:
            return await self.create_scenario(source)
        newest = await self.revision(known[0].id, known[0].revision)
        if newest.source == source_of(source):
            return known[0]
        return await self.replace_scenario(known[0], source)

    async def delete_scenario(self, scenario: Scenario, *, destroy: bool = False) -> Run | None:
        """Have the service forget a scenario.

        Args:
            scenario: as it was seen last.
            destroy: what it has in the cloud first; the run that does it is given back.

        Raises:
            Conflict: it has something in the cloud, or somebody else has changed it since.
        """
        path = f"/v1/scenarios/{scenario.id}"
        query = {"destroy": True} if destroy else None
        body = await self._asking.ask(bytes, "DELETE", path, query=query, headers=seen(scenario))
        return msgspec.json.decode(body, type=Run) if body else None

    async def validate(self, source: Source) -> Validation:
        """Return everything that is wrong with a scenario, without keeping it or asking a cloud."""
        return await self._asking.ask(
            Validation, "POST", "/v1/scenarios/validate", body=source_of(source)
        )

    async def revisions(self, scenario: UUID) -> list[Revision]:
        """Return the texts that a scenario has had, the newest first."""
        path = f"/v1/scenarios/{scenario}/revisions"
        return await self._asking.all(
            path, {}, RevisionPage, lambda page: page.revisions, lambda each: each.number
        )

    async def revision(self, scenario: UUID, number: int) -> Revision:
        """Return one text of a scenario."""
        path = f"/v1/scenarios/{scenario}/revisions/{number}"
        return await self._asking.ask(Revision, "GET", path)

    async def resources(
        self, scenario: UUID, *, kind: str | None = None, condition: str | None = None
    ) -> list[Resource]:
        """Return what a scenario has in the cloud, as its last run or check saw it."""
        return await self._asking.all(
            f"/v1/scenarios/{scenario}/resources",
            {"kind": kind, "condition": condition},
            ResourcePage,
            lambda page: page.resources,
            lambda each: each.address,
        )

    async def outputs(self, scenario: UUID) -> tuple[Output, ...]:
        """Return what a scenario tells, as of its last apply.

        Raises:
            Conflict: there was none so far.
        """
        path = f"/v1/scenarios/{scenario}/outputs"
        return (await self._asking.ask(OutputPage, "GET", path)).outputs

    async def graph(
        self,
        scenario: UUID | None,
        format: str = "svg",
        *,
        overlay: str | None = None,
        theme: str | None = None,
        expand: bool = False,
    ) -> bytes:
        """Return the picture of a scenario, or of all that the project has in the cloud.

        Args:
            scenario: None for the project.
            format: ``json``, ``svg``, ``png``, ``mermaid`` or ``dot``.
            overlay: ``plan:ID``, ``run:ID`` or ``drift``: what is shown on it.
        """
        path = f"/v1/scenarios/{scenario}/graph" if scenario else "/v1/project/graph"
        query = {"format": format, "overlay": overlay, "theme": theme, "expand": expand or None}
        # What it is, is asked for by *format*; what a refusal is, is JSON.
        return await self._asking.ask(bytes, "GET", path, query=query, headers={"Accept": "*/*"})

    async def draw(
        self,
        source: Source,
        format: str = "svg",
        *,
        theme: str | None = None,
        expand: bool = False,
    ) -> bytes:
        """Return the picture of a text that the service need not keep; see ``graph``."""
        query = {"format": format, "theme": theme, "expand": expand or None}
        body, headers = source_of(source), {"Accept": "*/*"}
        return await self._asking.ask(
            bytes, "POST", "/v1/scenarios/draw", query=query, body=body, headers=headers
        )

    # --- plans ------------------------------------------------------------------------------------

    async def plan(
        self,
        subject: Source | UUID,
        *,
        operation: PlanOperation = "apply",
        revision: int | None = None,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Plan:
        """Ask for a plan; ``until_planned`` waits for it.

        Args:
            subject: a text that the service need not keep, or the id of a scenario. Only the plan
                of a scenario can be carried out.
            revision: of the scenario; the newest where it is not given.
            secrets: values of its secret variables.
            credential: with which it is to be made, where the token cannot hand rights on.

        Raises:
            BadScenario: with every problem of the texts.
        """
        is_kept = isinstance(subject, UUID)
        body = PlanCreate(
            scenario_id=subject if isinstance(subject, UUID) else None,
            source=None if isinstance(subject, UUID) else source_of(subject),
            operation=operation,
            revision=revision if is_kept else None,
            secrets=secrets or {},
            credential=credential,
        )
        return await self._asking.ask(Plan, "POST", "/v1/plans", body=body, is_repeatable=True)

    async def planned(self, plan: UUID) -> Plan:
        """Return a plan as it is by now."""
        return await self._asking.ask(Plan, "GET", f"/v1/plans/{plan}")

    async def until_planned(self, plan: Plan) -> Plan:
        """Wait until a plan is ready, and return it with all its steps.

        Raises:
            StackloomError: it could not be made; as planning here would raise it.
            Conflict: it was cancelled, or has expired.
        """
        async with aclosing(self.plan_events(plan.id)) as events:
            async for _ in events:
                pass
        return ready(await self.planned(plan.id))

    async def plans(
        self, *, scenario: UUID | None = None, state: PlanState | None = None
    ) -> list[Plan]:
        """Return the plans of the project, without their steps."""
        query = {"scenario_id": scenario, "state": state}
        return await self._asking.all("/v1/plans", query, PlanPage, lambda page: page.plans)

    async def cancel_plan(self, plan: UUID) -> None:
        """Call a plan off."""
        await self._asking.ask(type(None), "DELETE", f"/v1/plans/{plan}")

    # --- runs -------------------------------------------------------------------------------------

    async def apply(
        self,
        subject: Plan | UUID,
        *,
        auto_approve: bool = True,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Run:
        """Have a plan carried out, or whatever a scenario needs by now.

        Args:
            subject: a plan that is ready, be it of an apply or a destroy; or the id of a scenario.
            auto_approve: of a scenario: do not wait for ``approve`` once it is planned.

        Raises:
            Moved: the plan no longer says what would be done.
        """
        if isinstance(subject, Plan):
            body = RunCreate(plan_id=subject.id, secrets=secrets or {}, credential=credential)
            return await self._start(body)
        return await self._start_scenario(subject, "apply", auto_approve, secrets, credential)

    async def destroy(
        self,
        name_or_id: str | UUID,
        *,
        auto_approve: bool = True,
        credential: Credential | None = None,
    ) -> Run:
        """Have everything deleted that a scenario has in the cloud; the scenario stays."""
        scenario = await self.scenario(name_or_id)
        return await self._start_scenario(scenario.id, "destroy", auto_approve, None, credential)

    async def check(
        self,
        name_or_id: str | UUID,
        *,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Run:
        """Have a scenario compared with the cloud; what differs comes as events."""
        scenario = await self.scenario(name_or_id)
        return await self._start_scenario(scenario.id, "check", False, secrets, credential)

    async def _start_scenario(
        self,
        scenario: UUID,
        operation: RunOperation,
        auto_approve: bool,
        secrets: Mapping[str, str] | None,
        credential: Credential | None,
    ) -> Run:
        body = RunCreate(
            scenario_id=scenario,
            operation=operation,
            auto_approve=auto_approve,
            secrets=secrets or {},
            credential=credential,
        )
        return await self._start(body)

    async def _start(self, body: RunCreate) -> Run:
        return await self._asking.ask(Run, "POST", "/v1/runs", body=body, is_repeatable=True)

    async def run(self, run: UUID) -> Run:
        """Return a run as it is by now."""
        return await self._asking.ask(Run, "GET", f"/v1/runs/{run}")

    async def runs(
        self, *, scenario: UUID | None = None, state: RunState | None = None
    ) -> list[Run]:
        """Return the runs of the project."""
        query = {"scenario_id": scenario, "state": state}
        return await self._asking.all("/v1/runs", query, RunPage, lambda page: page.runs)

    async def approve(self, run: UUID) -> Run:
        """Let a run that has been planned go on."""
        return await self._act(run, RunAction(approve=Nothing()))

    async def cancel(self, run: UUID) -> Run:
        """Let a run stop: what is under way is ended, nothing more is begun."""
        return await self._act(run, RunAction(cancel=Nothing()))

    async def retry(
        self,
        run: UUID,
        *,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Run:
        """Repeat a run that has ended; return the new one."""
        again = Retry(secrets=secrets or {}, credential=credential)
        return await self._act(run, RunAction(retry=again))

    async def _act(self, run: UUID, action: RunAction) -> Run:
        path = f"/v1/runs/{run}/actions"
        return await self._asking.ask(Run, "POST", path, body=action, is_repeatable=True)

    async def until_ended(self, run: UUID) -> Run:
        """Wait until a run has ended, and return it."""
        async with aclosing(self.events(run)) as events:
            async for _ in events:
                pass
        return await self.run(run)

    # --- events -----------------------------------------------------------------------------------

    def events(self, run: UUID, after: int = 0) -> AsyncGenerator[Event | OtherEvent, None]:
        """Return the events of a run as they happen, until it has ended, over lines that break.

        Args:
            after: the ``seq`` of the last event that was seen.

        Raises:
            Unreachable: the service has been away for a minute.
        """
        path = f"/v1/runs/{run}/events"
        return following(self._asking, path, number="seq", after=after, patience=self._patience)

    def plan_events(self, plan: UUID, after: int = 0) -> AsyncGenerator[Event | OtherEvent, None]:
        """Return the events of a plan as they happen, until it is made; see ``events``."""
        path = f"/v1/plans/{plan}/events"
        return following(self._asking, path, number="seq", after=after, patience=self._patience)

    def project_events(
        self, after: int = 0, *, scenario: UUID | None = None
    ) -> AsyncGenerator[Event | OtherEvent, None]:
        """Return the events of the whole project, or of one scenario, for ever; see ``events``.

        Args:
            after: the ``position`` of the last event that was seen.
        """
        path = "/v1/events" + (f"?scenario_id={scenario}" if scenario else "")
        return following(
            self._asking, path, number="position", after=after, patience=self._patience
        )

    # --- what the cloud lists: ``limit``, ``marker``, ``name``, ``status`` as arguments -----------

    async def networks(self, **query: object) -> list[dict[str, Any]]:
        """Return the project's networks, as Neutron says them, from the service's short memory."""
        return await self._listed("networks", query)

    async def servers(self, **query: object) -> list[dict[str, Any]]:
        """Return the project's servers, as Nova says them; see ``networks``."""
        return await self._listed("servers", query)

    async def images(self, **query: object) -> list[dict[str, Any]]:
        """Return the project's images, as Glance says them; see ``networks``."""
        return await self._listed("images", query)

    async def flavors(self, **query: object) -> list[dict[str, Any]]:
        """Return the flavors, as Nova says them; see ``networks``."""
        return await self._listed("flavors", query)

    async def _listed(self, name: str, query: Query) -> list[dict[str, Any]]:
        answer = await self._asking.ask(dict[str, Any], "GET", f"/v1/{name}", query=query)
        listed: list[dict[str, Any]] = answer[name]
        return listed
