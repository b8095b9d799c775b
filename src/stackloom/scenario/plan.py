# SPDX-License-Identifier: Apache-2.0
"""A plan: every step that an apply or destroy will take, and what waits for what. Data, no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from stackloom.cloud.kind import Difference, Spec
from stackloom.cloud.mark import Address


class Action(Enum):
    """What a step does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, order=True)
class StepKey:
    """Names a step: a replaced resource has two, its delete and its create."""

    address: Address
    deletes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, or to leave as it is.

    Attributes:
        spec: what is asked for; None for a delete.
        state: what the cloud has; None for a create.
        differences: why it is updated, or replaced.
        needs: the steps that have to end well before this one begins.
        after_deletes: it waits for every delete of its kind as well. Said once rather than as a
            need of each on each, which for 10,000 of both would be 10^8.
        replaces: it is one half of a replacement.
        because: the address whose replacement forces this one, if its own fields do not.
        leaves_with: the step whose deletion takes this one away as well, so that it sends nothing.
        blocked_by: what others have on it that would go with it, in words; it is not begun then.
    """

    address: Address
    action: Action
    spec: Spec | None = None
    state: Any = None  # the state of whichever kind the address names
    differences: tuple[Difference, ...] = ()
    needs: frozenset[StepKey] = frozenset()
    after_deletes: bool = False
    replaces: bool = False
    because: Address | None = None
    leaves_with: StepKey | None = None
    blocked_by: tuple[str, ...] = ()

    @property
    def key(self) -> StepKey:
        """What other steps call it."""
        return StepKey(self.address, self.action is Action.DELETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something of the cloud that a spec names and the scenario does not make."""

    id: str
    name: str
    # Of whichever kind was looked for; the id alone tells two apart.
    state: Any = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps of a run, in an order in which each comes after those it needs.

    Attributes:
        found: what specs name outside the scenario, by ``(kind, name)``.
    """

    scenario: str
    steps: tuple[Step, ...]
    found: Mapping[tuple[str, str], Found] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[Step, ...]:
        """The steps that change something in the cloud."""
        return tuple(step for step in self.steps if step.action is not Action.KEEP)

    @property
    def counts(self) -> dict[str, int]:
        """How many resources are created, updated, replaced, deleted and kept."""
        counted: Counter[str] = Counter()
        for step in self.steps:
            if not step.replaces:
                counted[step.action.value] += 1
            elif step.action is Action.CREATE:
                counted["replace"] += 1
        return {name: counted[name] for name in ("create", "update", "replace", "delete", "keep")}
