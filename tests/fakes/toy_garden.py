# SPDX-License-Identifier: Apache-2.0
"""A garden in memory that carries out plans of toy kinds: what the planner decided comes true."""

from __future__ import annotations

import msgspec
from tests.fakes.toy_kinds import (
    TOY_KINDS,
    BedSpec,
    BedState,
    GardenerSpec,
    GardenerState,
    PlantSpec,
    PlantState,
)

from stackloom.cloud.kind import Spec, State
from stackloom.cloud.mark import Address, Mark
from stackloom.scenario.plan import Action, Found, Plan, Step
from stackloom.scenario.planner import KnownIds, Observed

TOOLS = {("tool", "spade"): Found(id="tool-1", name="spade")}


class ToyGarden:
    """Knows the states of one scenario, and refuses what a cloud would refuse."""

    def __init__(self) -> None:
        self.states: dict[Address, State] = {}
        self._made = 0

    def observed(self) -> Observed:
        """Return what the planner gets to see."""
        return Observed(states=dict(self.states), found=TOOLS)

    def carry_out(self, plan: Plan) -> None:
        """Do every step in the order of the plan."""
        for step in plan.steps:
            self._do(step)

    def _do(self, step: Step) -> None:
        if step.action is Action.DELETE:
            self._refuse_if_in_use(step.state.id)
            name, _, _id = step.address.name.partition("@")
            del self.states[Address(step.address.kind, name)]
        elif step.action is Action.CREATE:
            assert step.address not in self.states, f"{step.address} is there already"
            assert step.spec is not None
            self._made += 1
            id = f"{step.address.kind}-{self._made}"
            self.states[step.address] = self._state(id, step.spec)
        elif step.action is Action.UPDATE:
            assert step.spec is not None
            assert all(each.in_place for each in step.differences)
            # Compared again, for some ids are known only now, as the cloud's actions do it.
            declaration = TOY_KINDS[step.address.kind].declaration
            assert declaration is not None
            ids = KnownIds({address: state.id for address, state in self.states.items()}, TOOLS)
            mark = Mark("garden", step.address)
            found = declaration.compare(step.address, step.spec, step.state, mark, ids)
            changes = {each.field: each.want for each in found}
            self.states[step.address] = msgspec.structs.replace(step.state, **changes)

    def _refuse_if_in_use(self, id: str) -> None:
        for state in self.states.values():
            used = state.bed_ids if isinstance(state, GardenerState) else ()
            assert id not in used, f"{id} is in use"
            assert not (isinstance(state, PlantState) and state.bed_id == id), f"{id} is in use"

    def _state(self, id: str, spec: Spec) -> State:
        if isinstance(spec, BedSpec):
            return BedState(id=id, size=spec.size, soil=spec.soil)
        if isinstance(spec, PlantSpec):
            return PlantState(id=id, bed_id=self._bed(spec.bed), sort=spec.sort)
        assert isinstance(spec, GardenerSpec)
        return GardenerState(id=id, bed_ids=tuple(self._bed(name) for name in spec.beds))

    def _bed(self, name: str) -> str:
        return self.states[Address("bed", name)].id
