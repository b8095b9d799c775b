# SPDX-License-Identifier: Apache-2.0
"""What a service says of plans and runs, as the engine says it, to be shown the same way. Pure.

Secrets are stars already: nothing has to be hidden here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stackloom.client.refusals import step_error
from stackloom.client.watching import OtherEvent
from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import Address
from stackloom.operations import Planned
from stackloom.scenario import events as engine
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.model import Scenario
from stackloom.scenario.plan import Action, Plan, Step, StepKey
from stackloom.wire import event as wire
from stackloom.wire.plan import FieldDifference, PlanStep
from stackloom.wire.plan import Plan as WirePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """As much of a state as a plan says."""

    id: str


def planned_of(plan: WirePlan) -> Planned:
    """Return a plan that is ready, as the engine has it."""
    deleted = {step.address for step in plan.steps if step.action == "delete"}
    steps = tuple(_step(step, deleted) for step in plan.steps)
    return Planned(
        scenario=Scenario(name=plan.scenario_name, specs={}),
        plan=Plan(scenario=plan.scenario_name, steps=steps),
        warnings=plan.warnings,
    )


def nothing_planned(scenario_name: str) -> Planned:
    """Return a plan without steps, for a run whose plan nobody can ask for."""
    return Planned(
        scenario=Scenario(name=scenario_name, specs={}),
        plan=Plan(scenario=scenario_name, steps=()),
    )


def _step(step: PlanStep, deleted: set[str]) -> Step:
    # A delete waits for deletes; what is made waits for what is made.
    deletes = step.action == "delete"
    return Step(
        address=Address.read(step.address),
        action=Action(step.action),
        state=_Known(id=step.id) if step.id else None,
        differences=tuple(map(_difference, step.differences)),
        needs=frozenset(
            StepKey(Address.read(each), deletes=deletes and each in deleted) for each in step.needs
        ),
        after_deletes=step.after_deletes,
        replaces=step.replaces,
        because=Address.read(step.because) if step.because else None,
        leaves_with=StepKey(Address.read(step.leaves_with), deletes=True)
        if step.leaves_with
        else None,
        blocked_by=step.blocked_by,
    )


def _difference(difference: FieldDifference) -> Difference:
    return Difference(
        field=difference.field,
        have=difference.have,
        want=difference.want,
        in_place=difference.in_place,
    )


@dataclass(slots=True, kw_only=True)
class Told:
    """Turns the events of one run into the engine's, and keeps what became of its steps."""

    planned: Planned
    outcomes: list[Outcome] = field(default_factory=list)
    _step_by_key: dict[StepKey, Step] = field(init=False)

    def __post_init__(self) -> None:
        self._step_by_key = {}
        for step in self.planned.plan.steps:
            self._step_by_key.setdefault(step.key, step)

    def event(self, event: wire.Event | OtherEvent) -> engine.Event | None:
        """Return what the engine would have told; None for what only a service tells."""
        if isinstance(event, wire.StepStarted):
            return engine.StepStarted(step=self._step(event.address, event.action))
        if isinstance(event, wire.StepInDoubt):
            return engine.StepInDoubt(
                address=Address.read(event.address),
                action=Action(event.action),
                reason=event.reason,
            )
        if isinstance(event, wire.StepAccepted):
            return engine.StepAccepted(address=Address.read(event.address), id=event.cloud_id)
        if isinstance(event, wire.StepEnded):
            return self._ended(event)
        if isinstance(event, wire.TakenOver):
            self.outcomes.clear()  # whoever has taken over tells what is done anew
        return None

    def _ended(self, event: wire.StepEnded) -> engine.StepEnded:
        outcome = Outcome(
            step=self._step(event.address, event.action),
            result=Result(event.result),
            id=event.cloud_id or "",
            error=step_error(event.error) if event.error else None,
            blamed=Address.read(event.blamed) if event.blamed else None,
            seconds=event.seconds,
        )
        self.outcomes.append(outcome)
        return engine.StepEnded(outcome=outcome)

    def _step(self, text: str, action: str) -> Step:
        """Return a step of the plan; a run that was taken over may have others too."""
        key = StepKey(Address.read(text), deletes=action == "delete")
        known = self._step_by_key.get(key)
        return known or Step(address=key.address, action=Action(action))
