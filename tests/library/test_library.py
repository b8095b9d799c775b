# SPDX-License-Identifier: Apache-2.0
"""The front for programs: what it asks of a cloud, with an event loop and without one."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from tests.fakes.fake_cloud import FakeCloud
from tests.fakes.transport import FakeTransport, answer

import stackloom
from stackloom import kinds
from stackloom.errors import NotFound, UnknownName, UsageError
from stackloom.kinds import NetworkChange, NewNetwork


def test_the_package_is_free_to_import() -> None:
    """Nothing else of it comes along until a name is asked for."""
    code = (
        "import sys, stackloom;"
        "print([name for name in sys.modules if name.startswith('stackloom.')]);"
        "stackloom.connect; print('stackloom.library' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\nTrue\n"


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'conect'"):
        stackloom.conect  # type: ignore[attr-defined]  # the point of the test  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'NewFlower'"):
        kinds.NewFlower  # type: ignore[attr-defined]  # the point of the test  # noqa: B018


def test_every_struct_can_be_had_from_one_place() -> None:
    """It is the very one of its kind."""
    for name in set(kinds.__all__) - {"Kinds", "SyncKinds"}:
        assert getattr(kinds, name).__name__ == name


def test_one_is_made_changed_and_deleted(cloud: FakeCloud) -> None:
    """With the verbs of the API, each one request."""
    with stackloom.connect_sync() as front:
        made = front.networks.create(NewNetwork(name="blue"))
        changed = front.networks.update(made.id, NetworkChange(mtu=1400))
        assert (made.name, changed.mtu) == ("blue", 1400)
        assert front.networks.get(made.id) == front.networks.find("blue") == changed
        front.networks.delete(made.id)
        with pytest.raises(NotFound):
            front.networks.get(made.id)
    assert cloud.requests == [
        "POST /v3/auth/tokens",
        "POST /v2.0/networks",
        "PUT /v2.0/networks/network-1",
        "GET /v2.0/networks/network-1",
        "GET /v2.0/networks",
        "DELETE /v2.0/networks/network-1",
        "GET /v2.0/networks/network-1",
    ]


def test_the_same_with_an_event_loop(cloud: FakeCloud) -> None:
    """The same verbs, the same requests."""

    async def work() -> None:
        async with stackloom.connect() as front:
            made = await front.networks.create(NewNetwork(name="blue"))
            changed = await front.networks.update(made.id, NetworkChange(mtu=1400))
            assert await front.networks.get(made.id) == changed
            assert await front.networks.find("blue") == changed
            assert await front.networks.wait(made.id, within_seconds=5) == changed
            await front.networks.delete(made.id)
            assert [each async for each in front.networks.list()] == []
            assert (await front.token()).project_id == "project-1"
            assert (await front.request("network", "GET", "/v2.0/networks")).status == 200

    asyncio.run(work())
    assert cloud.things("network") == []


def test_many_are_made_in_one_request(cloud: FakeCloud) -> None:
    """Where the API has it."""
    with stackloom.connect_sync() as front:
        made = front.networks.create_many([NewNetwork(name="a"), NewNetwork(name="b")])
        assert [each.name for each in front.networks.list()] == ["a", "b"]
    assert [each.name for each in made] == ["a", "b"]
    assert cloud.requests.count("POST /v2.0/networks") == 1


def test_waiting_is_the_clouds_own(cloud: FakeCloud) -> None:
    """A deleted one is awaited until it is gone."""
    with stackloom.connect_sync() as front:
        body = {"name": "web", "imageRef": "image-1", "flavorRef": "flavor-1", "networks": "none"}
        front.request("compute", "POST", "/v2.1/servers", body={"server": body})
        server = front.servers.find("web")
        assert front.servers.wait(server.id).status == "ACTIVE"
        front.servers.delete(server.id, wait=True)
        with pytest.raises(UnknownName):
            front.servers.find("web")


def test_a_mistyped_setting_is_told(cloud: FakeCloud) -> None:
    """With those that there are."""
    with pytest.raises(UsageError, match="connect\\(\\) knows no setting usrname"):
        stackloom.connect_sync(usrname="alice").__enter__()


def test_settings_win_over_variables(cloud: FakeCloud) -> None:
    """Booleans are booleans."""
    with stackloom.connect_sync(username="alice", insecure=True) as front:
        assert front.core.config.credentials.user.name == "alice"
        assert not front.core.config.tls.verify


def test_a_script_that_stops_early_asks_for_no_more(rules: FakeTransport) -> None:
    """The next page is asked for when the loop gets there."""
    following = [{"rel": "next", "href": "http://x/v2.0/networks?marker=a"}]
    rules.on(
        "GET",
        "/v2.0/networks",
        answer(200, {"networks": [{"id": "a"}], "networks_links": following}),
        answer(200, {"networks": [{"id": "b"}]}),
    )
    with stackloom.connect_sync() as front:
        networks = front.networks.list()
        assert next(networks).id == "a"
        assert len(rules.sent("GET", "/v2.0/networks")) == 1
        assert [network.id for network in networks] == ["b"]
    assert rules.lines[-1] == "GET /v2.0/networks?limit=1000&marker=a"


def test_an_error_closes_the_cloud_and_comes_through(cloud: FakeCloud) -> None:
    """With and without an event loop."""

    async def work() -> None:
        async with stackloom.connect() as front:
            await front.networks.get("none")

    with pytest.raises(NotFound):
        asyncio.run(work())
    with pytest.raises(NotFound), stackloom.connect_sync() as front:
        front.networks.get("none")
