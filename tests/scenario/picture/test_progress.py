# SPDX-License-Identifier: Apache-2.0
"""How far a run is, told on the picture of its plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from stackloom.cloud.kind import Spec
from stackloom.cloud.mark import Address
from stackloom.errors import Conflict
from stackloom.resources import all_kinds
from stackloom.resources.compute._server_spec import ServerSpec
from stackloom.resources.compute.server import ServerState
from stackloom.resources.network.network import NetworkSpec, NetworkState
from stackloom.scenario.events import Outcome, Result
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage, between
from stackloom.scenario.picture.planned import plan_picture
from stackloom.scenario.picture.progress import by_owners, with_outcomes, with_progress
from stackloom.scenario.plan import Action, Plan, Step

KINDS = all_kinds()
KEEP, CREATE, DELETE = Action.KEEP, Action.CREATE, Action.DELETE


def _step(
    address: str, action: Action, spec: Spec | None = None, state: Any = None, **more: Any
) -> Step:
    kind, _, name = address.partition(".")
    return Step(address=Address(kind, name), action=action, spec=spec, state=state, **more)


def _server(*networks: str) -> ServerSpec:
    return ServerSpec(image="cirros", flavor="m1.tiny", networks=networks)


def _picture(steps: Iterable[Step]) -> Picture:
    return plan_picture(KINDS, Plan(scenario="s", steps=tuple(steps)))


BLUE = _step("network.blue", KEEP, NetworkSpec(), NetworkState(id="n-1", name="blue"))
GREEN = _step("network.green", CREATE, NetworkSpec())


def test_a_run_is_told_on_the_picture_of_its_plan() -> None:
    """What is done, under way, failed, not begun and still to come; what is kept says nothing."""
    steps = [
        BLUE,
        GREEN,
        *(_step(f"server.v{number}", CREATE, _server("green")) for number in range(4)),
    ]
    refused = Conflict("it is in use", method="POST", url="http://x", status=409)
    picture = with_outcomes(
        _picture(steps),
        [
            Outcome(step=steps[0], result=Result.DONE),
            Outcome(step=steps[1], result=Result.DONE),
            Outcome(step=steps[2], result=Result.FAILED, error=refused),
            Outcome(step=steps[3], result=Result.SKIPPED),
        ],
        running=[steps[4].address],
    )
    told = {key: picture.remark(key) for key in ("network.blue", "network.green")}
    told |= {key: picture.remark(key) for key in (f"server.v{number}" for number in range(4))}
    create = Change.CREATE
    assert told == {
        "network.blue": Remark(),
        "network.green": Remark(change=create, stage=Stage.DONE),
        "server.v0": Remark(change=create, stage=Stage.FAILED, reason="it is in use"),
        "server.v1": Remark(change=create, stage=Stage.SKIPPED),
        "server.v2": Remark(change=create, stage=Stage.RUNNING),
        "server.v3": Remark(change=create, stage=Stage.WAITING),
    }
    assert picture.remark(between("server.v3", "network.green", "")) == Remark(change=create)


def test_a_failed_half_of_a_replacement_is_told_before_the_other() -> None:
    """Deleted and not made again is not done."""
    old = ServerState(id="v-1", name="alice", status="ACTIVE")
    steps = [
        _step("server.alice", DELETE, state=old, replaces=True),
        _step("server.alice", CREATE, _server(), replaces=True),
    ]
    outcomes = [
        Outcome(step=steps[1], result=Result.FAILED),
        Outcome(step=steps[0], result=Result.DONE),
    ]
    picture = with_outcomes(_picture(steps), outcomes)
    assert picture.remark("server.alice") == Remark(change=Change.REPLACE, stage=Stage.FAILED)


def test_a_picture_that_was_kept_tells_of_a_run_without_a_cloud() -> None:
    """What is read back is what was kept, whole; a run is told on it by addresses alone."""
    kept = msgspec.json.encode(_picture([BLUE, GREEN, _step("server.v", CREATE, _server("green"))]))
    picture = msgspec.json.decode(kept, type=Picture)
    assert msgspec.json.encode(picture) == kept
    failed = Remark(stage=Stage.FAILED, reason="it is in use")
    told = with_progress(picture, {"network.green": failed, "network.blue": Remark()})
    assert told.remarks == {
        "network.blue": Remark(),
        "network.green": Remark(change=Change.CREATE, stage=Stage.FAILED, reason="it is in use"),
        "server.v": Remark(change=Change.CREATE, stage=Stage.WAITING),
        "server.v network.green ": Remark(change=Change.CREATE),
    }
    assert told.parts == picture.parts


def test_a_side_of_something_is_told_with_that() -> None:
    """A group whose rules have failed has failed, whichever of the two is told first."""
    done, failed = Remark(stage=Stage.DONE), Remark(stage=Stage.FAILED, reason="too many")
    both = {"security_group.web": done, "security_group_rules.web": failed}
    for remarks in (both, dict(reversed(both.items()))):
        assert by_owners(KINDS, remarks) == {"security_group.web": failed}
    alone = {"network.a": done, "unheard.of": failed}
    assert by_owners(KINDS, alone) == alone
