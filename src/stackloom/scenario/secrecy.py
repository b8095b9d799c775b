# SPDX-License-Identifier: Apache-2.0
"""A plan as it may be shown: stars for secrets, and for what they are about to replace. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from stackloom.cloud.kind import Difference
from stackloom.scenario.plan import Plan

STARS = "***"


def showable(plan: Plan, hide: Callable[[str], str]) -> Plan:
    """Return *plan* with nothing secret in its differences.

    What the cloud has in the place of a secret was a secret too, perhaps one of yesterday.

    Args:
        hide: puts stars in the place of secrets in a text.
    """
    steps = tuple(
        replace(step, differences=tuple(_showable(each, hide) for each in step.differences))
        for step in plan.steps
    )
    return replace(plan, steps=steps)


def _showable(difference: Difference, hide: Callable[[str], str]) -> Difference:
    have, want = _starred(difference.have, difference.want, hide)
    return msgspec.structs.replace(difference, have=have, want=want)


def _starred(have: Any, want: Any, hide: Callable[[str], str]) -> tuple[Any, Any]:
    if isinstance(want, Mapping):
        pairs = {
            key: _starred(have.get(key) if isinstance(have, Mapping) else None, each, hide)
            for key, each in want.items()
        }
        wanted = {key: pair[1] for key, pair in pairs.items()}
        if not isinstance(have, Mapping):
            return have, wanted
        return {k: pairs[k][0] if k in pairs else v for k, v in have.items()}, wanted
    text = want if isinstance(want, str) else msgspec.json.encode(want).decode()
    if hide(text) == text:
        return have, want
    return (have if have is None else STARS), STARS
