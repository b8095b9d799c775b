# SPDX-License-Identifier: Apache-2.0
"""What a job is about: the texts and the name of its scenario, and what is to be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from stackloom import operations
from stackloom.scenario.language.variables import Given
from stackloom.scenario.loader import Loaded
from stackloom.service.database.store import Store
from stackloom.service.jobs.job import Job
from stackloom.wire.plan import Plan
from stackloom.wire.run import Run, RunOperation
from stackloom.wire.scenario import MAIN_FILE, ScenarioSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is planned, carried out or looked at.

    Attributes:
        source: None for a destroy, which needs no text: marks say what there is.
        secrets: the values of secret variables.
    """

    scenario_name: str
    operation: RunOperation
    source: ScenarioSource | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    async def read(self, *, most_values: int) -> Loaded | None:
        """Read the scenario; None where there is nothing to read.

        Raises:
            BadScenario: with every problem that was found.
        """
        if self.source is None:
            return None
        given = [
            Given(source="variables", values=self.source.variables),
            Given(source="secrets", values=self.secrets, are_texts=True),
        ]
        texts = {**self.source.files, MAIN_FILE: self.source.text}
        return await asyncio.to_thread(
            operations.read_texts,
            texts,
            MAIN_FILE,
            given,
            most_values=most_values,
        )


async def subject_of_plan(
    store: Store, job: Job, plan: Plan, secrets: Mapping[str, str]
) -> Subject:
    """Return what a plan is of: a scenario's text, or one that was sent along."""
    source = None
    if plan.operation == "apply" and plan.scenario_id is None:
        source = await store.plans.source(job.id)
    elif plan.operation == "apply" and plan.scenario_id is not None:
        source = (await store.scenarios.revision(plan.scenario_id, plan.revision)).source
    return Subject(
        scenario_name=plan.scenario_name,
        operation=plan.operation,
        source=source,
        secrets=secrets,
    )


async def subject_of_run(store: Store, run: Run, secrets: Mapping[str, str]) -> Subject:
    """Return what a run is of: the text that its scenario had when it was asked for."""
    source = None
    if run.operation != "destroy":
        source = (await store.scenarios.revision(run.scenario_id, run.revision)).source
    return Subject(
        scenario_name=run.scenario_name, operation=run.operation, source=source, secrets=secrets
    )
