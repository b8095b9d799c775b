# SPDX-License-Identifier: Apache-2.0
"""Tell on the picture of a plan how far a run is with it. Pure.

It needs the picture and what the run has told, and no cloud: a picture that was kept with its plan
will do, however long ago the run was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from stackloom.cloud.mark import Address
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.model import Kinds
from stackloom.scenario.picture.overlay import Picture, Remark, Stage, gravest
from stackloom.scenario.plan import Action

_STAGES = {
    Result.DONE: Stage.DONE,
    Result.FAILED: Stage.FAILED,
    Result.SKIPPED: Stage.SKIPPED,
    Result.STOPPED: Stage.SKIPPED,
}


def with_progress(picture: Picture, remarks: Mapping[str, Remark]) -> Picture:
    """Return the picture of a plan with how far a run is.

    Args:
        remarks: by the address of what a step has begun or ended with, its stage, and the reason
            where it failed; what is not named is still to come.
    """
    told = {
        key: gravest([remark, remarks[key]]) if key in remarks else _waiting(remark, key)
        for key, remark in picture.remarks.items()
    }
    return replace(picture, remarks=told, has_overlay=True)


def by_owners(kinds: Kinds, remarks: Mapping[str, Remark]) -> dict[str, Remark]:
    """Say of what is only a side of something, such as the rules of a group, with that something.

    A picture shows no such side by itself.
    """
    told: dict[str, Remark] = {}
    for address, remark in remarks.items():
        kind, _, name = address.partition(".")
        declaration = kinds[kind].declaration if kind in kinds else None
        whose = declaration.facet_of if declaration else ""
        key = f"{whose}.{name}" if whose else address
        told[key] = gravest([told[key], remark]) if key in told else remark
    return told


def with_outcomes(
    picture: Picture, outcomes: Iterable[Outcome], running: Iterable[Address] = ()
) -> Picture:
    """Return the picture of a plan with how far a run is.

    Args:
        outcomes: of the steps that are over.
        running: what is being worked on.
    """
    remarks = {str(address): Remark(stage=Stage.RUNNING) for address in running}
    for outcome in outcomes:
        key = str(outcome.step.address)
        reason = outcome.error.message if outcome.error else ""
        # Of the two halves of a replacement, a failure is told before what the other one did.
        has_failed = key in remarks and remarks[key].stage is Stage.FAILED
        if outcome.step.action is not Action.KEEP and not has_failed:
            remarks[key] = Remark(stage=_STAGES[outcome.result], reason=reason)
    return with_progress(picture, remarks)


def _waiting(remark: Remark, key: str) -> Remark:
    """Return what is said of something that no step has begun with; what is between has no step."""
    if not remark.change.symbol or " " in key:
        return remark
    return replace(remark, stage=Stage.WAITING)
