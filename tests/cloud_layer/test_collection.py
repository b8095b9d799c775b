# SPDX-License-Identifier: Apache-2.0
"""All of one kind: filters by the names of our fields, pages only when the loop gets there."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.fakes.cloud import fake_cloud
from tests.fakes.transport import FakeTransport, answer

from stackloom.cloud.collection import (
    AnyCollection,
    AnySyncCollection,
    Collection,
    SyncCollection,
)
from stackloom.cloud.kind import Body, Kind, Progress, State
from stackloom.errors import UsageError


class _BedState(State, frozen=True, kw_only=True):
    wide: bool = msgspec.field(name="garden:wide", default=False)


class _NewBed(Body, frozen=True, kw_only=True):
    name: str


_BED = Kind(
    name="flower_bed",
    plural="beds",
    service="network",
    path="/beds",
    state=_BedState,
    leaves_late=True,
    progress=lambda state: Progress.READY if state.wide else Progress.WAITING,
)
_LIST = "/networking/beds"


@pytest.fixture
def transport() -> FakeTransport:
    """A network with two pages of beds."""
    fake = FakeTransport()
    following = [{"rel": "next", "href": "http://x/beds?marker=b-1"}]
    fake.on(
        "GET",
        _LIST,
        answer(200, {"beds": [{"id": "b-1"}], "beds_links": following}),
        answer(200, {"beds": [{"id": "b-2"}]}),
    )
    return fake


def _beds(transport: FakeTransport, kind: Kind[_BedState] = _BED) -> AnyCollection:
    return Collection(fake_cloud(transport), kind)


def test_filters_have_the_names_of_our_fields(transport: FakeTransport) -> None:
    """They are sent by the names of the API; what is no field goes as it is."""

    async def work() -> list[str]:
        return [each.id async for each in _beds(transport).list(wide=True, tags=["a", "b"])]

    assert asyncio.run(work()) == ["b-1", "b-2"]
    assert transport.lines[1:] == [
        "GET /networking/beds?garden%3Awide=true&tags=a&tags=b&limit=1000",
        "GET /networking/beds?garden%3Awide=true&tags=a&tags=b&limit=1000&marker=b-1",
    ]


def test_a_loop_that_ends_early_asks_for_no_more(transport: FakeTransport) -> None:
    """The second page stays where it is."""

    async def work() -> str:
        async for each in _beds(transport).list():
            return str(each.id)
        raise AssertionError("there is one")

    assert asyncio.run(work()) == "b-1"
    assert transport.lines[1:] == ["GET /networking/beds?limit=1000"]


@pytest.mark.parametrize(
    ("service", "has_pages", "filters", "query"),
    [
        ("network", True, {}, "?limit=1000"),
        ("network", True, {"limit": 7}, "?limit=7"),
        ("network", False, {}, ""),
        ("compute", True, {}, ""),
    ],
)
def test_pages_are_asked_for_where_the_service_has_none_by_itself(
    service: str, has_pages: bool, filters: dict[str, int], query: str
) -> None:
    """Neutron answers a hundred thousand ports at once, Nova gives pages unasked."""
    fake = FakeTransport()
    kind = msgspec.structs.replace(_BED, service=service, has_pages=has_pages)
    root = {"network": "/networking", "compute": "/compute"}[service]
    fake.on("GET", f"{root}/beds", answer(200, {"beds": []}))

    async def work() -> list[str]:
        return [each.id async for each in _beds(fake, kind).list(**filters)]

    assert asyncio.run(work()) == []
    assert fake.lines[1:] == [f"GET {root}/beds{query}"]


@pytest.mark.parametrize("many", [False, True])
def test_what_cannot_be_made_or_changed_is_told(transport: FakeTransport, many: bool) -> None:
    """Nothing is sent."""
    beds = _beds(transport)
    new = _NewBed(name="a")
    with pytest.raises(UsageError, match="beds cannot be made through this API"):
        asyncio.run(beds.create_many([new]) if many else beds.create(new))
    with pytest.raises(UsageError, match="beds cannot be changed through this API"):
        asyncio.run(beds.update("b-1", new))
    assert transport.requests == []


def test_deleting_waits_only_where_it_takes_a_while(transport: FakeTransport) -> None:
    """What is gone with the answer is not looked for."""
    transport.on("DELETE", f"{_LIST}/b-1", answer(204))
    at_once = msgspec.structs.replace(_BED, leaves_late=False)
    asyncio.run(_beds(transport, at_once).delete("b-1", wait=True))
    asyncio.run(_beds(transport).delete("b-1"))
    assert [line for line in transport.lines if "GET" in line] == []


def test_what_is_below_another_object_is_reached_through_it() -> None:
    """With and without an event loop; the id cannot lead elsewhere."""
    leaf = Kind(
        name="leaf",
        plural="leaves",
        service="network",
        parent="garden.flower",
        path="/flowers/{parent}/leaves",
        state=_BedState,
    )
    cloud = fake_cloud(FakeTransport())
    below: AnyCollection = Collection(cloud, leaf)
    assert below.under("f/1").kind.listed_at == "/flowers/f%2F1/leaves"
    for_scripts: AnySyncCollection = SyncCollection(cloud, leaf)
    assert for_scripts.under("f-1").kind.member_path("x") == "/flowers/f-1/leaves/x"
    with pytest.raises(UsageError, match="beds are not below other objects"):
        _beds(FakeTransport()).under("f-1")


def test_what_is_below_another_one_is_asked_for_there(transport: FakeTransport) -> None:
    """Nothing is sent before it is said which."""
    below = msgspec.structs.replace(_BED, path="/gardens/{parent}/beds", parent="network.garden")
    transport.on(
        "GET", "/networking/gardens/g%2F1/beds/b", answer(200, {"flower_bed": {"id": "b"}})
    )
    beds = _beds(transport, below)
    with pytest.raises(UsageError, match="beds are below a garden"):
        asyncio.run(beds.get("b"))
    assert transport.requests == []
    assert asyncio.run(beds.under("g/1").get("b")).id == "b"
