# SPDX-License-Identifier: Apache-2.0
"""What is to happen, or has happened, to what a picture shows: data beside the parts. Pure.

A remark is found by the key of a part. What lies between two, a leg without a key of its own or a
volume on a server, has the key ``between(...)`` of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from stackloom.cloud.sketch import Leg, Part
from stackloom.scenario.picture.topology import Placed


class Change(Enum):
    """What a plan does to one thing; the value is the word for it."""

    KEEP = "keep"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"

    @property
    def symbol(self) -> str:
        """The sign that plans use for it everywhere; "" for what stays as it is."""
        return {"keep": "", "create": "+", "update": "~", "replace": "±", "delete": "-"}[self.value]


class Stage(Enum):
    """How far a run is with one thing; the value is the word for it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


# When several are said of one thing, the gravest is shown.
_GRAVITY = (Change.KEEP, Change.UPDATE, Change.CREATE, Change.REPLACE, Change.DELETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What happens to one thing.

    Attributes:
        lines: the fields that differ and why: ``("mtu: 1500 → 1400",)``.
        stage: how far a run is with it; None where none is under way.
        reason: what went wrong, in the cloud's words.
    """

    change: Change = Change.KEEP
    lines: tuple[str, ...] = ()
    stage: Stage | None = None
    reason: str = ""


UNCHANGED = Remark()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is to be drawn, before it is arranged.

    Attributes:
        title: what it is a picture of.
        remarks: by the key of a part, or of what lies between two.
        elsewhere: changes of what has no place in a picture: ``("+ keypair.mine",)``.
        has_overlay: changes are told, so that "nothing changes" can be told from "not compared".
        notices: what is missing from it and why: ``("floating IPs could not be listed (403)",)``.
    """

    parts: tuple[Part, ...]
    title: str = ""
    remarks: Mapping[str, Remark] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    has_overlay: bool = False
    notices: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Change, int]:
        """How many resources change in each way; what lies between two is none."""
        told = (Change.CREATE, Change.UPDATE, Change.REPLACE, Change.DELETE)
        changes = [remark.change for key, remark in self.remarks.items() if " " not in key]
        counts = {change: changes.count(change) for change in told}
        return {change: number for change, number in counts.items() if number}

    def remark(self, key: str) -> Remark:
        """Return what happens to the bar, box or note with this key."""
        return self.remarks.get(key, UNCHANGED)

    def remark_on_leg(self, leg: Leg) -> Remark:
        """Return what happens to a leg, be it said of its port or of itself."""
        keys = (leg.key, leg.port, between(leg.box, leg.bar, leg.key))
        return gravest(map(self.remark, keys))

    def remark_on_badge(self, placed: Placed) -> Remark:
        """Return what happens to a badge where it is, be it said of the thing or of its use."""
        key = placed.badge.key
        return gravest([self.remark(key), *(self.remark(between(on, key)) for on in placed.on)])


def between(*keys: str) -> str:
    """Return the key of what lies between others; no key of a part has a blank in it."""
    return " ".join(keys)


def gravest(remarks: Iterable[Remark]) -> Remark:
    """Return one remark that says what all of them say."""
    given = [remark for remark in remarks if remark != UNCHANGED]
    if len(given) < 2:
        return given[0] if given else UNCHANGED
    stages = [remark.stage for remark in given if remark.stage]
    return Remark(
        change=max((remark.change for remark in given), key=_GRAVITY.index),
        lines=tuple(dict.fromkeys(line for remark in given for line in remark.lines)),
        stage=Stage.FAILED if Stage.FAILED in stages else stages[0] if stages else None,
        reason=next((remark.reason for remark in given if remark.reason), ""),
    )
