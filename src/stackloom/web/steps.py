# SPDX-License-Identifier: Apache-2.0
"""The rows of a plan or run: one for each address, with what is done and how far it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stackloom.web.picture import Pin
from stackloom.wire.event import (
    Event,
    StepAccepted,
    StepEnded,
    StepError,
    StepInDoubt,
    StepStarted,
    TakenOver,
)
from stackloom.wire.graph import Graph
from stackloom.wire.plan import FieldDifference, PlanStep

_STAGES = {"done": "done", "failed": "failed", "skipped": "skipped", "stopped": "skipped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One resource in a plan or run.

    Attributes:
        change: ``create``, ``update``, ``replace``, ``delete`` or ``keep``.
        cloud_id: "" while there is none.
        differences: the fields that change.
        reasons: why it changes, and what stands in the way, in words.
        stage: how far a run is with it: ``waiting``, ``running``, ``in doubt``, ``done``,
            ``failed``, ``skipped``; "" where nothing is to be done, or no run is under way.
        error: why it failed.
        blamed: the address that failed before it, where it was skipped for that.
    """

    address: str
    change: str
    cloud_id: str = ""
    differences: tuple[FieldDifference, ...] = ()
    reasons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    stage: str = ""
    seconds: float | None = None
    error: StepError | None = None
    blamed: str = ""

    @property
    def kind(self) -> str:
        """The kind of resource: ``router`` of ``router.hub``."""
        return self.address.partition(".")[0]

    @property
    def name(self) -> str:
        """What the scenario calls it: ``hub`` of ``router.hub``."""
        return self.address.partition(".")[2]


def rows_of_plan(steps: Iterable[PlanStep]) -> tuple[Row, ...]:
    """Return a row for each address, changes first; the two halves of a replacement are one."""
    rows: dict[str, Row] = {}
    for step in steps:
        row = _row(step)
        before = rows.get(step.address)
        rows[step.address] = _joined(before, row) if before else row
    return tuple(sorted(rows.values(), key=lambda row: row.change == "keep"))


def _row(step: PlanStep) -> Row:
    reasons = [f"because {step.because} is replaced"] if step.because else []
    if step.leaves_with:
        reasons.append(f"goes with {step.leaves_with}")
    reasons += [f"blocked by {each}" for each in step.blocked_by]
    return Row(
        address=step.address,
        change="replace" if step.replaces else step.action,
        cloud_id=step.id or "",
        differences=step.differences,
        reasons=tuple(reasons),
        needs=step.needs,
    )


def _joined(one: Row, other: Row) -> Row:
    return replace(
        one,
        # A double that is deleted beside the one that stays says nothing about that one.
        change=other.change if one.change in {"delete", "keep"} else one.change,
        cloud_id=one.cloud_id or other.cloud_id,
        differences=tuple(dict.fromkeys((*one.differences, *other.differences)))
        if not one.differences or not other.differences
        else one.differences,
        reasons=tuple(dict.fromkeys((*one.reasons, *other.reasons))),
        needs=tuple(dict.fromkeys((*one.needs, *other.needs))),
    )


def rows_of_run(planned: Iterable[Row], events: Iterable[Event]) -> tuple[Row, ...]:
    """Return the rows of a plan as far as its run is; steps that no plan told of come last."""
    rows = {
        row.address: row if row.change == "keep" else replace(row, stage="waiting")
        for row in planned
    }
    for event in events:
        if isinstance(event, TakenOver):
            rows = {address: _begun_again(row) for address, row in rows.items()}
        elif isinstance(event, StepStarted | StepInDoubt | StepAccepted | StepEnded):
            action = event.action if not isinstance(event, StepAccepted) else "create"
            row = rows.get(event.address) or Row(address=event.address, change=action)
            rows[event.address] = _after(row, event)
    return tuple(rows.values())


def _begun_again(row: Row) -> Row:
    return replace(row, stage="waiting") if row.stage in {"running", "in doubt"} else row


def _after(row: Row, event: StepStarted | StepInDoubt | StepAccepted | StepEnded) -> Row:
    if isinstance(event, StepStarted):
        return replace(row, stage="running", error=None, blamed="")
    if isinstance(event, StepInDoubt):
        return replace(row, stage="in doubt")
    if isinstance(event, StepAccepted):
        return replace(row, cloud_id=event.cloud_id)
    if event.action == "keep":
        return replace(row, cloud_id=event.cloud_id or row.cloud_id)
    return replace(
        row,
        stage=_STAGES[event.result],
        seconds=event.seconds,
        cloud_id=event.cloud_id or row.cloud_id,
        error=event.error,
        blamed=event.blamed or "",
    )


def pins_of(rows: Iterable[Row]) -> list[Pin]:
    """Return what is pinned to the picture: the error of each step that failed."""
    return [
        Pin(
            address=row.address,
            reason=_reason(row.error) if row.error else "failed",
            request_id=row.error.request_id if row.error else "",
        )
        for row in rows
        if row.stage == "failed"
    ]


def _reason(error: StepError) -> str:
    if error.status:
        return f"{error.status} from {error.service}" if error.service else str(error.status)
    return error.code.rpartition(".")[2].replace("-", " ")


def rows_of_graph(graph: Graph) -> tuple[Row, ...]:
    """Return the rows of a run whose plan nobody keeps, as its picture tells of them."""
    rows = [
        Row(address=key, change=remark.change, reasons=remark.lines)
        for key, remark in graph.remarks.items()
        if " " not in key
    ]
    return tuple(sorted(rows, key=lambda row: row.change == "keep"))
