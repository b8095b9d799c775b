# SPDX-License-Identifier: Apache-2.0
"""What a scenario has and tells is shown as the last run or check saw it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.service.desks import MEMBER, NOBODY, READER, URL, Worker, at_desk, plain

from stackloom.service.database.endings import RunEnd, SeenResource
from stackloom.service.operation import resources, runs, scenarios
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import ResourceQuery
from stackloom.service.refusal import Refused
from stackloom.wire.plan import FieldDifference
from stackloom.wire.resource import Output
from stackloom.wire.run import RunCreate
from stackloom.wire.scenario import ScenarioCreate, ScenarioSource

SEEN = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOURCE = ScenarioSource(text="scenario: one\nnetworks: {blue: {}, green: {}}\n")
DIFFERENCE = FieldDifference(field="mtu", have=1500, want=1400, in_place=True)
FOUND = (
    SeenResource(
        address="network.blue",
        kind="network",
        cloud_id="id-1",
        name="blue",
        condition="changed",
        differences=(DIFFERENCE,),
    ),
    SeenResource(
        address="network.green", kind="network", cloud_id=None, name="green", condition="missing"
    ),
    SeenResource(
        address="subnet.old",
        kind="subnet",
        cloud_id="id-3",
        name="old",
        condition="unmanaged",
        needs=("network.blue",),
    ),
)


async def checked(desk: Desk, *outputs: Output, found: tuple[SeenResource, ...] = FOUND) -> UUID:
    """Return a scenario of which a check has seen *found*."""
    scenario = await scenarios.create_scenario(MEMBER, desk, ScenarioCreate(source=SOURCE))
    request = RunCreate(scenario_id=scenario.id, operation="check")
    run = await runs.create_run(MEMBER, desk, request)
    worker = Worker(desk)
    job = await worker.take(run.id)
    end = RunEnd(
        state="succeeded",
        condition="drifted",
        resources=found,
        seen_at=SEEN,
        outputs=outputs or None,
    )
    await worker.end(job, end)
    return scenario.id


def test_resources_are_shown_with_their_drift(database_url: str) -> None:
    """By address, a page at a time."""

    async def work(desk: Desk) -> tuple[UUID, object, object]:
        id = await checked(desk)
        first = await resources.list_resources(READER, desk, id, ResourceQuery(limit=2))
        rest = await resources.list_resources(
            READER, desk, id, ResourceQuery(limit=2, marker="network.green")
        )
        return id, plain(first), plain(rest)

    id, first, rest = at_desk(database_url, work)
    path = f"{URL}/v1/scenarios/{id}/resources?limit=2"
    assert first == {
        "resources": [
            {
                "address": "network.blue",
                "kind": "network",
                "cloud_id": "id-1",
                "name": "blue",
                "condition": "changed",
                "differences": [{"field": "mtu", "have": 1500, "want": 1400, "in_place": True}],
                "needs": [],
                "seen_at": "2026-06-01T12:00:00Z",
            },
            {
                "address": "network.green",
                "kind": "network",
                "cloud_id": None,
                "name": "green",
                "condition": "missing",
                "differences": [],
                "needs": [],
                "seen_at": "2026-06-01T12:00:00Z",
            },
        ],
        "links": [
            {"rel": "self", "href": path},
            {"rel": "next", "href": f"{path}&marker=network.green"},
        ],
    }
    assert rest == {
        "resources": [
            {
                "address": "subnet.old",
                "kind": "subnet",
                "cloud_id": "id-3",
                "name": "old",
                "condition": "unmanaged",
                "differences": [],
                "needs": ["network.blue"],
                "seen_at": "2026-06-01T12:00:00Z",
            }
        ],
        "links": [{"rel": "self", "href": f"{path}&marker=network.green"}],
    }


def test_resources_are_found_by_kind_and_condition(database_url: str) -> None:
    """Both, where both are given."""

    async def work(desk: Desk) -> list[list[str]]:
        id = await checked(desk)
        queries = (
            ResourceQuery(kind="network"),
            ResourceQuery(condition="unmanaged"),
            ResourceQuery(kind="network", condition="missing"),
        )
        pages = [await resources.list_resources(READER, desk, id, each) for each in queries]
        return [[each.address for each in page.resources] for page in pages]

    assert at_desk(database_url, work) == [
        ["network.blue", "network.green"],
        ["subnet.old"],
        ["network.green"],
    ]


def test_outputs_are_shown(database_url: str) -> None:
    """As the last apply left them, also those that are not known."""
    told = (
        Output(name="address", value={"ip": "10.0.0.5"}, is_known=True),
        Output(name="later", value=None, is_known=False),
    )

    async def work(desk: Desk) -> tuple[UUID, object]:
        id = await checked(desk, *told)
        return id, plain(await resources.show_outputs(READER, desk, id))

    id, outputs = at_desk(database_url, work)
    own = f"{URL}/v1/scenarios/{id}"
    assert outputs == {
        "outputs": [
            {"name": "address", "value": {"ip": "10.0.0.5"}, "is_known": True},
            {"name": "later", "value": None, "is_known": False},
        ],
        "links": [{"rel": "self", "href": f"{own}/outputs"}, {"rel": "scenario", "href": own}],
    }


def test_before_the_first_apply_no_outputs_are_known(database_url: str) -> None:
    """Which is said, rather than showing none."""

    async def work(desk: Desk) -> str:
        id = await checked(desk)
        with pytest.raises(Refused) as caught:
            await resources.show_outputs(READER, desk, id)
        return caught.value.code

    assert at_desk(database_url, work) == "outputs.unknown"


def test_without_a_role_nothing_is_shown(database_url: str) -> None:
    """Neither resources nor outputs."""

    async def work(desk: Desk) -> list[str]:
        id, codes = await checked(desk), []
        for call in (
            resources.list_resources(NOBODY, desk, id, ResourceQuery()),
            resources.show_outputs(NOBODY, desk, id),
        ):
            with pytest.raises(Refused) as caught:
                await call
            codes.append(caught.value.code)
        return codes

    assert at_desk(database_url, work) == ["role.missing"] * 2
