# SPDX-License-Identifier: Apache-2.0
"""The pictures of the guide: every example, and what a plan looks like."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from stackloom import operations
from stackloom.cloud.sketch import Box, Leg
from stackloom.scenario.picture.overlay import Change, Picture, Remark, between
from stackloom.scenario.picture.svg import svg

_ROOT = Path(__file__).parents[1]
_EXAMPLES = sorted((_ROOT / "examples").glob("*.yaml"))
_PLANNED = _ROOT / "examples" / "three-tiers.yaml"


def pages() -> dict[str, Callable[[], str]]:
    """Return every file in ``docs/pictures``, and what it should hold."""
    drawn: dict[str, Callable[[], str]] = {
        f"docs/pictures/{path.stem}.svg": partial(_example, path) for path in _EXAMPLES
    }
    return {**drawn, "docs/pictures/plan.svg": _plan}


def _example(path: Path) -> str:
    return svg(operations.topology_of(operations.read_scenario(path).scenario))


def _plan() -> str:
    """Draw a plan that an edit of an example might lead to, with some of each change."""
    example = operations.topology_of(operations.read_scenario(_PLANNED).scenario)
    old = Box(key="server.old", sort="server", label="old", note="m1.tiny", status="ACTIVE")
    leg = Leg(box=old.key, bar="network.front", note="10.70.1.31", key="port-of-old")
    rule = "allow tcp/5432 from app"
    remarks = {
        "network.front": Remark(change=Change.UPDATE, lines=("mtu: 1450 → 1400",)),
        "server.web-1": Remark(change=Change.CREATE),
        between("server.web-1", "network.front", ""): Remark(change=Change.CREATE),
        "security_group.database": Remark(change=Change.UPDATE, lines=(f"rules: + {rule}",)),
        "server.app": Remark(
            change=Change.REPLACE, lines=('image: "cirros" → "debian-13" (forces replacement)',)
        ),
        old.key: Remark(change=Change.DELETE),
        between(old.key, leg.bar, leg.key): Remark(change=Change.DELETE),
    }
    return svg(
        Picture(
            parts=(*example.parts, old, leg),
            title="a plan of three-tiers",
            remarks=remarks,
            has_overlay=True,
            elsewhere=("~ keypair.mine",),
        )
    )
