# SPDX-License-Identifier: Apache-2.0
"""Which microversion is asked for, and how what a service offers is remembered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from tests.fakes.cloud import fake_cloud
from tests.fakes.transport import FakeTransport, answer

from stackloom.cloud.kind import Kind, State
from stackloom.cloud.verbs import get
from stackloom.cloud.versions import Offer, VersionBook, agree, read_offer
from stackloom.errors import BadRequest
from stackloom.transport.client import Answer, Request

_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1", "links": []}}
_CINDER = {"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}
_BED = Kind(
    name="bed",
    plural="beds",
    service="compute",
    path="/v2.1/beds",
    state=State,
    microversion="2.47",
    newest_microversion="2.90",
)


@pytest.mark.parametrize(
    ("document", "major", "offer"),
    [
        (_NOVA, "v2.1", Offer(lowest="2.1", highest="2.104")),
        (_CINDER, "v3", Offer(lowest="3.0", highest="3.71")),
        (
            {"versions": [{"id": "v1.0", "max_version": "1.39", "min_version": "1.0"}]},
            "v1",
            Offer(lowest="1.0", highest="1.39"),
        ),
        (
            {"versions": [{"id": "v2.0", "version": "", "min_version": ""}]},
            "v2.1",
            Offer(),
        ),
        ([], "v2.1", Offer()),
    ],
)
def test_a_version_document_is_read(document: object, major: str, offer: Offer) -> None:
    """Whatever its shape; what cannot be read offers nothing."""
    assert read_offer(json.dumps(document).encode(), major) == offer


@pytest.mark.parametrize(
    ("offer", "agreed"),
    [
        (Offer(lowest="2.1", highest="2.104"), "2.90"),
        (Offer(lowest="2.1", highest="2.79"), "2.79"),
        (Offer(lowest="2.1", highest="2.47"), "2.47"),
        (Offer(lowest="2.1", highest="2.9"), ""),
        (Offer(lowest="2.95", highest="2.200"), ""),
        (Offer(), "2.47"),
    ],
)
def test_the_highest_that_both_know_is_asked_for(offer: Offer, agreed: str) -> None:
    """Numbers, not texts, are compared: 2.9 is older than 2.47."""
    assert agree("2.47", "2.90", offer) == agreed


def test_an_offer_is_kept_for_a_day(tmp_path: Path) -> None:
    """On disk, for the next process, in a file that only its owner may read."""
    offer = Offer(lowest="2.1", highest="2.104")
    VersionBook(tmp_path, now=lambda: 1000.0).write("http://nova/v2.1", offer)
    assert VersionBook(tmp_path, now=lambda: 87_399.0).read("http://nova/v2.1") == offer
    assert VersionBook(tmp_path, now=lambda: 87_400.0).read("http://nova/v2.1") is None
    assert VersionBook(tmp_path, now=lambda: 1000.0).read("http://other/v2.1") is None
    assert (tmp_path / "versions.json").stat().st_mode & 0o777 == 0o600


def test_an_offer_is_forgotten(tmp_path: Path) -> None:
    """By the next process too; what was never there is no trouble."""
    book = VersionBook(tmp_path)
    book.forget("a")
    book.write("a", Offer(highest="2.1"))
    book.forget("a")
    assert VersionBook(tmp_path).read("a") is None


def test_a_broken_file_is_no_offer(tmp_path: Path) -> None:
    """It is written anew."""
    (tmp_path / "versions.json").write_text("{", encoding="utf-8")
    book = VersionBook(tmp_path)
    assert book.read("a") is None
    book.write("a", Offer(highest="2.1"))
    assert VersionBook(tmp_path).read("a") == Offer(highest="2.1")


# --- by a cloud -----------------------------------------------------------------------------------

_ROOT = "/compute/v2.1/"
_ONE = "/compute/v2.1/beds/b-1"


def _echo(request: Request) -> Answer:
    """Answer with the microversion that was asked for, as the name."""
    header = request.headers["OpenStack-API-Version"]
    return answer(200, {"bed": {"id": "b-1", "name": header}})


def test_a_version_document_is_read_once() -> None:
    """And every request asks for what was agreed on."""
    transport = FakeTransport()
    transport.on("GET", _ROOT, answer(200, _NOVA))
    transport.on("GET", _ONE, _echo)
    cloud = fake_cloud(transport)

    async def run() -> list[str | None]:
        return [(await get(cloud, _BED, "b-1")).name for _ in range(2)]

    assert asyncio.run(run()) == ["compute 2.90", "compute 2.90"]
    assert cloud.requests_sent == 4  # the log-in, the document, and twice the bed


def test_two_services_are_asked_for_their_versions_at_the_same_time() -> None:
    """Neither waits for the way to the other."""
    transport = FakeTransport()
    transport.on("GET", "/compute/v2.1/", answer(200, _NOVA))
    transport.on("GET", "/volume/v3/", answer(200, _CINDER))
    transport.on("GET", "/compute/v2.1/beds/b-1", answer(200, {"bed": {"id": "b-1"}}))
    transport.on("GET", "/volume/v3/beds/b-1", answer(200, {"bed": {"id": "b-1"}}))
    plot = msgspec.structs.replace(
        _BED,
        service="block-storage",
        path="/v3/beds",
        microversion="3.0",
        newest_microversion="3.71",
    )

    async def run() -> None:
        cloud = fake_cloud(transport)
        await cloud.token()
        async with asyncio.TaskGroup() as group:
            group.create_task(get(cloud, _BED, "b-1"))
            group.create_task(get(cloud, plot, "b-1"))

    asyncio.run(run())
    assert transport.lines[1:3] == ["GET /compute/v2.1/", "GET /volume/v3/"]
    assert transport.most_at_once == 2


def test_a_service_that_hides_its_document_is_asked_for_the_oldest() -> None:
    """A proxy may answer 404 there."""
    transport = FakeTransport()
    transport.on("GET", _ROOT, answer(404, {}))
    transport.on("GET", _ONE, _echo)
    assert asyncio.run(get(fake_cloud(transport), _BED, "b-1")).name == "compute 2.47"


def test_a_service_that_is_too_old_is_told() -> None:
    """With what it has and what is needed."""
    transport = FakeTransport()
    old = {"version": {"id": "v2.1", "version": "2.42", "min_version": "2.1"}}
    transport.on("GET", _ROOT, answer(200, old))
    with pytest.raises(BadRequest) as raised:
        asyncio.run(get(fake_cloud(transport), _BED, "b-1"))
    assert str(raised.value) == (
        "compute has microversions 2.1 to 2.42, and this needs one of 2.47 to 2.90"
    )


def test_a_406_is_explained_and_makes_us_look_again() -> None:
    """The service has gone back since the document was read."""
    transport = FakeTransport()
    transport.on("GET", _ROOT, answer(200, _NOVA))
    transport.on("GET", _ONE, answer(406, {"computeFault": {"message": "no such version"}}))
    cloud = fake_cloud(transport)
    for _ in range(2):
        with pytest.raises(BadRequest) as raised:
            asyncio.run(get(cloud, _BED, "b-1"))
        assert raised.value.hint == (
            "microversion 2.90 was asked for and the service does not have it; "
            "run the command again, or see what it has: stackloom versions list"
        )
    assert cloud.requests_sent == 5


def test_a_pinned_microversion_is_asked_for_as_it_is() -> None:
    """Without a look at what the service has."""
    transport = FakeTransport()
    transport.on("GET", _ONE, _echo)
    cloud = fake_cloud(transport, compute_api_version="2.53")
    assert asyncio.run(get(cloud, _BED, "b-1")).name == "compute 2.53"
    assert cloud.requests_sent == 2
