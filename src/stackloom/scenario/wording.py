# SPDX-License-Identifier: Apache-2.0
"""A plan as people read it: names in the place of ids, and descriptions without marks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from stackloom.cloud.kind import Difference
from stackloom.cloud.mark import without_mark
from stackloom.scenario.plan import Plan


def in_words(plan: Plan) -> Plan:
    """Return *plan* with its differences in words; what would then not differ stays as it is."""
    names = {step.state.id: step.address.name for step in plan.steps if step.state is not None}
    names |= {found.id: found.name or name for (_, name), found in plan.found.items()}
    steps = tuple(
        replace(step, differences=tuple(_worded(each, names) for each in step.differences))
        for step in plan.steps
    )
    return replace(plan, steps=steps)


def _worded(difference: Difference, names: Mapping[str, str]) -> Difference:
    have, want = _named(difference.have, names), _named(difference.want, names)
    if difference.field == "description":
        have, want = _unmarked(have), _unmarked(want)
    if have == want:
        return difference
    return msgspec.structs.replace(difference, have=have, want=want)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        # An id of its own beside its fields, such as that of a rule, says nothing.
        told = {
            key: each
            for key, each in value.items()
            if key != "id" or not isinstance(each, str) or each in names
        }
        return {key: _named(each, names) for key, each in told.items()}
    if isinstance(value, list | tuple):
        return [_named(each, names) for each in value]
    return value


def _unmarked(value: Any) -> Any:
    return without_mark(value) if isinstance(value, str) else value
