# SPDX-License-Identifier: Apache-2.0
"""List, find, get, create: how many requests each costs, and what is told when it fails."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import msgspec
import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import fake_cloud
from tests.fakes.transport import FakeTransport, answer, body_of, query_of, raw_answer

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Call, Kind, State
from stackloom.cloud.verbs import (
    call,
    create,
    decode_document,
    decode_one,
    delete,
    find,
    get,
    list_states,
    the_one,
    update,
)
from stackloom.errors import BadAnswer, CloudError, Conflict, Forbidden, NotFound, UnknownName
from stackloom.transport.client import Answer, Request

_BED = Kind(
    name="flower_bed",
    plural="flower_beds",
    service="network",
    path="/beds",
    list_path="/beds/detail",
    microversion="2.1",
    state=State,
)
_TOOL = Kind(
    name="tool", plural="tools", service="network", path="/tools", state=State, name_query=""
)
_LIST = "/networking/beds/detail"


def _beds(*names: str, following: object = None) -> Answer:
    document: dict[str, object] = {
        "flower_beds": [{"id": f"id-{name}", "name": name} for name in names]
    }
    if following:
        document["flower_beds_links"] = [{"rel": "next", "href": following}]
    return answer(200, document)


@pytest.fixture
def transport() -> FakeTransport:
    """A network without anything on it yet."""
    return FakeTransport()


@pytest.fixture
def cloud(transport: FakeTransport) -> Cloud:
    """A cloud on that network."""
    return fake_cloud(transport)


def _listed(cloud: Cloud, query: dict[str, str] | None = None) -> list[str | None]:
    async def run() -> list[str | None]:
        return [state.name async for state in list_states(cloud, _BED, query)]

    return asyncio.run(run())


def _without_log_in(transport: FakeTransport) -> list[str]:
    return [line for line in transport.lines if not line.endswith("/auth/tokens")]


# --- list -----------------------------------------------------------------------------------------


def test_a_list_is_one_request(cloud: Cloud, transport: FakeTransport) -> None:
    """A list that fits on a page costs one request, with the kind's microversion."""
    transport.on("GET", _LIST, _beds("a", "b"))
    assert _listed(cloud) == ["a", "b"]
    assert _without_log_in(transport) == [f"GET {_LIST}"]
    assert transport.requests[-1].headers["OpenStack-API-Version"] == "network 2.1"


def test_a_list_goes_on_to_its_last_page(cloud: Cloud, transport: FakeTransport) -> None:
    """The query of the next page is laid over our own, whose filter stays."""
    transport.on(
        "GET",
        _LIST,
        _beds("a", following="http://wrong/x?limit=1&marker=id-a"),
        _beds("b", following="http://wrong/x?limit=1&marker=id-b"),
        _beds("c"),
    )
    assert _listed(cloud, {"name": "x", "limit": "1"}) == ["a", "b", "c"]
    assert [query_of(each) for each in transport.sent("GET", _LIST)] == [
        {"name": "x", "limit": "1"},
        {"name": "x", "limit": "1", "marker": "id-a"},
        {"name": "x", "limit": "1", "marker": "id-b"},
    ]


def test_a_page_is_handed_on_before_the_next_is_asked_for(
    cloud: Cloud, transport: FakeTransport
) -> None:
    """Who stops early does not pay for all pages."""
    transport.on("GET", _LIST, _beds("a", following="x?marker=id-a"))

    async def run() -> str | None:
        async for state in list_states(cloud, _BED):
            return state.name
        return None

    assert asyncio.run(run()) == "a"
    assert len(transport.sent("GET", _LIST)) == 1


def test_pages_that_go_round_are_told(cloud: Cloud, transport: FakeTransport) -> None:
    """A service that repeats its link would be asked for ever."""
    first = _beds("a", following="x?marker=1")
    second = _beds("b", following="x?marker=2")
    transport.on("GET", _LIST, first, second, first)
    with pytest.raises(BadAnswer) as caught:
        _listed(cloud)
    assert caught.value.message == "the list of flower_beds repeats a page: /beds/detail"
    assert len(transport.sent("GET", _LIST)) == 3


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (
            answer(200, {"others": []}),
            'the list of flower_beds has no "flower_beds"',
        ),
        (
            answer(200, {"flower_beds": [{"name": "x"}]}),
            (
                "the list of flower_beds cannot be read: "
                "Object missing required field `id` - at `$[0]`"
            ),
        ),
        (
            answer(200, {"flower_beds": [], "next": 5}),
            "the link to more flower_beds cannot be read: Expected `str | null`, got `int`",
        ),
        (
            raw_answer(200, b"<html>hello"),
            (
                "the answer is not JSON (JSON is malformed: invalid character (byte 0)); "
                "it begins: '<html>hello'"
            ),
        ),
        (
            raw_answer(200, b""),
            "the answer is not JSON (Input data was truncated); it begins: ''",
        ),
    ],
)
def test_what_is_no_list_is_told(
    cloud: Cloud, transport: FakeTransport, reply: Answer, message: str
) -> None:
    """A page that is not what the API promises is told with what is wrong with it."""
    transport.on("GET", _LIST, reply)
    with pytest.raises(BadAnswer) as caught:
        _listed(cloud)
    assert caught.value.message == message


# --- find -----------------------------------------------------------------------------------------


def test_a_name_is_found_with_one_request(cloud: Cloud, transport: FakeTransport) -> None:
    """Where the service filters by name the usual case costs one request."""
    transport.on("GET", _LIST, _beds("a"))
    assert asyncio.run(find(cloud, _BED, "a")) == State(id="id-a", name="a")
    assert _without_log_in(transport) == [f"GET {_LIST}?name=a"]


def test_what_is_no_name_is_tried_as_an_id(cloud: Cloud, transport: FakeTransport) -> None:
    """An id costs a second request; also one with characters of its own in a path."""
    transport.on("GET", _LIST, _beds())
    transport.on(
        "GET", "/networking/beds/a%2F7", answer(200, {"flower_bed": {"id": "a/7", "name": "a"}})
    )
    assert asyncio.run(find(cloud, _BED, "a/7")) == State(id="a/7", name="a")


def test_a_filter_that_is_not_exact_is_checked(cloud: Cloud, transport: FakeTransport) -> None:
    """What the service adds beyond the name is passed over."""
    transport.on("GET", _LIST, _beds("a", "ab"))
    assert asyncio.run(find(cloud, _BED, "a")).id == "id-a"


def test_without_a_filter_the_list_is_looked_through(
    cloud: Cloud, transport: FakeTransport
) -> None:
    """Name or id are found in the whole list, with one request."""
    tools = {"tools": [{"id": "1", "name": "rake"}, {"id": "2", "name": "hoe"}]}
    transport.on("GET", "/networking/tools", answer(200, tools))
    assert asyncio.run(find(cloud, _TOOL, "hoe")).id == "2"
    assert asyncio.run(find(cloud, _TOOL, "1")).name == "rake"
    with pytest.raises(UnknownName):
        asyncio.run(find(cloud, _TOOL, "spade"))
    assert _without_log_in(transport) == ["GET /networking/tools"] * 3


def test_what_is_not_there_is_told_with_where_to_look(
    cloud: Cloud, transport: FakeTransport
) -> None:
    """Neither name nor id: the message says so, the hint which command lists them."""
    transport.on("GET", _LIST, _beds())
    transport.on("GET", "/networking/beds/z", answer(404))
    with pytest.raises(UnknownName) as caught:
        asyncio.run(find(cloud, _BED, "z"))
    assert caught.value.message == 'flower bed "z" is not there, or not visible to this project'
    assert caught.value.hint == "stackloom flower bed list shows what is"


def test_two_of_one_name_are_told_with_their_ids() -> None:
    """Names are not identity; who has two is asked which."""
    with pytest.raises(UnknownName) as caught:
        the_one(_BED, "a", [State(id="1", name="a"), State(id="2", name="a")])
    assert caught.value.message == '2 flower_beds are called "a": 1, 2'
    assert caught.value.hint == "give the id"


def test_a_failure_other_than_not_found_is_not_hidden(
    cloud: Cloud, transport: FakeTransport
) -> None:
    """Who may not look is told that, not that nothing is there."""
    transport.on("GET", _LIST, _beds())
    transport.on("GET", "/networking/beds/z", answer(403))
    with pytest.raises(Forbidden):
        asyncio.run(find(cloud, _BED, "z"))


# --- one ------------------------------------------------------------------------------------------


def test_one_is_got_by_its_id(cloud: Cloud, transport: FakeTransport) -> None:
    """A GET of its path; what is not there is an error."""
    transport.on("GET", "/networking/beds/1", answer(200, {"flower_bed": {"id": "1"}}))
    transport.on("GET", "/networking/beds/2", answer(404))
    assert asyncio.run(get(cloud, _BED, "1")) == State(id="1")
    with pytest.raises(NotFound):
        asyncio.run(get(cloud, _BED, "2"))


def test_one_is_made_with_a_post(cloud: Cloud, transport: FakeTransport) -> None:
    """What is asked for stands under the kind's name, and so does what comes back."""
    made = {"flower_bed": {"id": "1", "name": "a"}}
    transport.on("POST", "/networking/beds", answer(201, made))
    assert asyncio.run(create(cloud, _BED, {"name": "a"})) == State(id="1", name="a")
    assert body_of(transport.requests[-1]) == {"flower_bed": {"name": "a"}}


def test_a_call_is_sent_as_it_is(cloud: Cloud, transport: FakeTransport) -> None:
    """What a kind describes goes out with method, path, body and the kind's microversion."""
    transport.on("PUT", "/networking/beds/1", answer(200))
    asyncio.run(call(cloud, _BED, Call(method="PUT", path="/beds/1", body={"a": 1})))
    request: Request = transport.requests[-1]
    assert body_of(request) == {"a": 1}
    assert request.headers["OpenStack-API-Version"] == "network 2.1"


def test_a_call_may_be_for_another_service(cloud: Cloud, transport: FakeTransport) -> None:
    """Without the microversion of the kind's own, of which that one knows nothing."""
    kind = msgspec.structs.replace(_BED, service="compute", microversion="2.47")
    transport.on("PUT", "/networking/ports/1", answer(200, {}))
    asyncio.run(call(cloud, kind, Call(method="PUT", path="/ports/1", service="network")))
    sent = transport.sent("PUT", "/networking/ports/1")[0]
    assert "OpenStack-API-Version" not in sent.headers


@pytest.mark.parametrize(
    "document", [{"flower_bed": {"id": "1", "name": "a"}}, {"id": "1", "name": "a"}]
)
def test_one_stands_under_its_name_or_alone(document: object) -> None:
    """Glance sends its objects bare, the others under a key."""
    assert decode_one(_BED, answer(200, document)) == State(id="1", name="a")


def test_one_that_cannot_be_read_is_told() -> None:
    """An object without an id is not one."""
    with pytest.raises(BadAnswer) as caught:
        decode_one(_BED, answer(200, {"flower_bed": {"name": "a"}}))
    assert caught.value.message == (
        "the flower_bed that came back cannot be read: Object missing required field `id`"
    )


def test_an_answer_that_is_no_object_is_told_with_its_beginning() -> None:
    """Sixty bytes are enough to see whose page it is."""
    with pytest.raises(CloudError) as caught:
        decode_document(raw_answer(200, b"x" * 100))
    assert caught.value.message.endswith(f"it begins: {'x' * 60!r}")
    assert caught.value.hint == "something between here and the service answers in its place"


_SHED = Kind(
    name="shed",
    plural="sheds",
    service="network",
    path="/sheds",
    state=State,
    in_token=lambda token: (token.project_id, "demo"),
)


@pytest.mark.parametrize("given", ["demo", "p-1"])
def test_who_may_not_list_finds_the_own_one(
    cloud: Cloud, transport: FakeTransport, given: str
) -> None:
    """Members may look at their project, but not at the list of projects."""
    transport.on("GET", "/networking/sheds", answer(403))
    transport.on("GET", "/networking/sheds/p-1", answer(200, {"shed": {"id": "p-1"}}))
    assert asyncio.run(find(cloud, _SHED, given)) == State(id="p-1")


@pytest.mark.parametrize("kind", [_SHED, _BED])
def test_who_may_not_list_is_told_so(
    cloud: Cloud, transport: FakeTransport, kind: Kind[State]
) -> None:
    """What the service said, where something else than the own one is meant."""
    transport.on("GET", "/networking/sheds", answer(403))
    transport.on("GET", _LIST, answer(403))
    with pytest.raises(Forbidden):
        asyncio.run(find(cloud, kind, "another"))


def test_what_has_no_name_is_found_by_its_id(cloud: Cloud, transport: FakeTransport) -> None:
    """One request; what is not there is told as ever."""
    kind = msgspec.structs.replace(_TOOL, has_name=False)
    transport.on("GET", "/networking/tools/t-1", answer(200, {"tool": {"id": "t-1"}}))
    transport.on("GET", "/networking/tools/t-2", answer(404))
    assert asyncio.run(find(cloud, kind, "t-1")) == State(id="t-1")
    with pytest.raises(UnknownName, match='tool "t-2" is not there'):
        asyncio.run(find(cloud, kind, "t-2"))


def test_a_name_is_looked_for_within(cloud: Cloud, transport: FakeTransport) -> None:
    """Names of Keystone are unique inside a domain only."""
    transport.on("GET", _LIST, _beds("a"))
    assert asyncio.run(find(cloud, _BED, "a", {"domain_id": "d"})).id == "id-a"
    assert query_of(transport.requests[-1]) == {"name": "a", "domain_id": "d"}


def test_a_change_can_be_bound_to_the_revision_that_was_read(
    transport: FakeTransport, cloud: Cloud
) -> None:
    """Neutron refuses it with 412 where somebody else was quicker."""
    bed = {"flower_bed": {"id": "b-1", "name": "rose"}}
    refused = {"NeutronError": {"type": "RevisionNumberConstraintFailed", "message": "at 8"}}
    transport.on("PUT", "/networking/beds/b-1", answer(200, bed), answer(412, refused))

    async def work() -> None:
        await update(cloud, _BED, "b-1", {"name": "rose"})
        await update(cloud, _BED, "b-1", {"name": "rose"}, if_revision=7)

    with pytest.raises(Conflict) as caught:
        asyncio.run(work())
    assert caught.value.hint == "it was changed meanwhile; run the command again"
    conditions = [each.headers.get("If-Match") for each in transport.requests[-2:]]
    assert conditions == [None, "revision_number=7"]


def test_several_values_of_a_filter_are_asked_for_on_every_page(
    transport: FakeTransport, cloud: Cloud
) -> None:
    """The link to the next page is read as one value of each."""
    link = "http://x/beds?colour=red&colour=blue&marker=rose"
    transport.on("GET", _LIST, _beds("rose", following=link), _beds())

    async def work() -> int:
        query = {"colour": ["red", "blue"]}
        return len([each async for each in list_states(cloud, _BED, query)])

    assert asyncio.run(work()) == 1
    queries = [urlsplit(each.url).query for each in transport.requests if each.method == "GET"]
    assert queries == ["colour=red&colour=blue", "colour=red&colour=blue&marker=rose"]


# --- a service that lags behind itself ------------------------------------------------------------


_BED_PATH = "/networking/beds/b-1"


def _unseen(transport: FakeTransport, times: int) -> None:
    transport.on("POST", "/networking/beds", answer(201, {"flower_bed": {"id": "b-1"}}))
    missing = answer(404, {"NeutronError": {"message": "Bed b-1 could not be found."}})
    there = answer(200, {"flower_bed": {"id": "b-1"}})
    transport.on("GET", _BED_PATH, *[missing] * times, there)


def _lagging(transport: FakeTransport, clock: FakeClock) -> Cloud:
    cloud = fake_cloud(transport)
    cloud.sleep = clock.sleep
    return cloud


def _made_and_read(cloud: Cloud) -> State:
    async def run() -> State:
        return await get(cloud, _BED, (await create(cloud, _BED, {})).id)

    return asyncio.run(run())


def test_what_was_made_is_looked_for_again(transport: FakeTransport) -> None:
    """A 404 about it is a lag, for some seconds."""
    clock = FakeClock()
    _unseen(transport, 3)
    assert _made_and_read(_lagging(transport, clock)).id == "b-1"
    assert clock.pauses == [0.25, 0.5, 1.0]


def test_what_stays_away_is_told_with_a_hint(transport: FakeTransport) -> None:
    """After 3.25 s; and the next time at once."""
    clock = FakeClock()
    _unseen(transport, 6)
    cloud = _lagging(transport, clock)
    with pytest.raises(NotFound) as caught:
        _made_and_read(cloud)
    assert caught.value.hint == (
        "a moment ago it was there: somebody may have deleted it, or the service lags behind "
        "itself; run the command again"
    )
    assert clock.pauses == [0.25, 0.5, 1.0, 1.5]
    with pytest.raises(NotFound) as caught:
        asyncio.run(get(cloud, _BED, "b-1"))
    assert (caught.value.hint, len(clock.pauses)) == ("", 4)


def test_what_was_deleted_is_gone_at_once(transport: FakeTransport) -> None:
    """Nobody waits for what was taken away here."""
    clock = FakeClock()
    _unseen(transport, 9)
    transport.on("DELETE", _BED_PATH, answer(204))
    cloud = _lagging(transport, clock)

    async def run() -> None:
        made = await create(cloud, _BED, {})
        await delete(cloud, _BED, made.id)
        await get(cloud, _BED, made.id)

    with pytest.raises(NotFound):
        asyncio.run(run())
    assert clock.pauses == []


def test_what_was_told_long_ago_is_forgotten(transport: FakeTransport) -> None:
    """A program that runs for months keeps no more than it needs."""
    cloud = fake_cloud(transport)

    async def run() -> None:
        for number in range(2500):
            made = answer(201, {"flower_bed": {"id": f"b-{number}"}})
            transport.on("POST", "/networking/beds", made)
            await create(cloud, _BED, {})

    asyncio.run(run())
    assert len(cloud.told_at) <= 1000
    assert "b-2499" in cloud.told_at
