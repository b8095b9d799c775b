# SPDX-License-Identifier: Apache-2.0
"""Every kind there is: its whole life through the library and through the command line.

The lives that are data are in ``lives/``. A kind whose life takes more words names the tests that
live it; one that can only be read is read. A kind without any of these fails the sweep.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import done
from tests.cloud.connecting import AS_IT_COMES, identity
from tests.cloud.life import Ground, Life, live_in_commands, live_in_library
from tests.cloud.lives import compute as compute_lives
from tests.cloud.lives import identity as identity_lives
from tests.cloud.lives import network as network_lives

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.local.access import Access
from stackloom.resources import kinds_by_module
from stackloom.testing.cloud import OpenStackCloud

_ON_THE_CLOUD = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_TABLES: dict[str, ModuleType] = {
    "compute": compute_lives,
    "identity": identity_lives,
    "network": network_lives,
}
_LIVES: dict[str, Life] = {life.module: life for table in _TABLES.values() for life in table.LIVES}

# {kind: the tests that live its life in the library, on the command line, beside openstacksdk}
_ELSEWHERE = {
    "compute.server": (
        "test_compute_kinds.test_the_library_makes_finds_changes_and_deletes_a_server",
        "test_compute_kinds.test_a_server_is_set_and_unset",
        "test_compute_kinds.test_a_server_is_shown_as_openstacksdk_sees_it",
    ),
    "compute.flavor": ("test_compute_kinds.test_a_flavor_lives",),
    "compute.keypair": ("test_compute_kinds.test_a_keypair_lives",),
    "compute.server_group": ("test_compute_kinds.test_a_server_group_lives",),
    "compute.server_volume": (
        "test_volume_kinds.test_the_library_attaches_a_volume",
        "test_volume_kinds.test_a_volume_is_attached_to_a_server",
    ),
    "compute.server_event": ("test_compute_kinds.test_a_server_goes_through_its_life",),
    "identity.role_assignment": ("test_identity_kinds.test_a_role_is_given_by_the_library",),
    "image.image": (
        "test_image_kinds.test_the_library_makes_fills_reads_changes_and_deletes_an_image",
        "test_image_kinds.test_an_image_is_set_and_unset",
        "test_image_kinds.test_an_image_is_shown_as_openstacksdk_sees_it",
    ),
    "image.image_member": ("test_image_kinds.test_an_image_is_shared",),
    "block_storage.volume": (
        "test_volume_kinds.test_the_library_makes_finds_changes_and_deletes_volumes_and_copies",
        "test_volume_kinds.test_a_volume_is_set_and_unset",
        "test_volume_kinds.test_a_volume_is_shown_as_openstacksdk_sees_it",
    ),
    "block_storage.volume_snapshot": (
        "test_volume_kinds.test_the_library_makes_finds_changes_and_deletes_volumes_and_copies",
        "test_volume_kinds.test_a_snapshot_lives",
    ),
    "block_storage.volume_backup": (
        "test_volume_kinds.test_the_library_makes_finds_changes_and_deletes_volumes_and_copies",
        "test_volume_kinds.test_a_backup_lives",
    ),
    "block_storage.volume_type": ("test_volume_kinds.test_a_volume_type_lives",),
    "block_storage.volume_attachment": (
        "test_volume_kinds.test_a_volume_is_reserved_connected_and_set_free",
    ),
    "network.router_interface": ("test_network_kinds.test_a_router_has_legs_routes_and_gateways",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A kind that can only be read.

    Attributes:
        list, title: words of its list, and the column that tells them apart.
        theirs: what openstacksdk lists, by what that column shows.
        shows: words of its ``show``, empty where there is none.
        field: what tells them apart in what ``show`` shows.
    """

    list: str
    title: str
    theirs: Callable[[Connection], set[str]]
    shows: str = ""
    field: str = "id"


_READINGS = {
    "compute.availability_zone": Reading(
        list="availability zone list --compute",
        title="Zone Name",
        theirs=lambda sdk: {str(each.name) for each in sdk.compute.availability_zones()},
    ),
    "compute.compute_service": Reading(
        list="compute service list",
        title="ID",
        theirs=lambda sdk: {str(each.id) for each in sdk.compute.services()},
    ),
    "compute.hypervisor": Reading(
        list="hypervisor list",
        title="ID",
        theirs=lambda sdk: {str(each.id) for each in sdk.compute.hypervisors()},
        shows="hypervisor show",
    ),
    "network.extension": Reading(
        list="extension list --network",
        title="Alias",
        theirs=lambda sdk: {str(each.alias) for each in sdk.network.extensions()},
        shows="extension show",
        field="alias",
    ),
    "network.network_agent": Reading(
        list="network agent list",
        title="ID",
        theirs=lambda sdk: {str(each.id) for each in sdk.network.agents()},
        shows="network agent show",
    ),
    "network.network_quota": Reading(
        list="quota list --network",
        title="Project ID",
        theirs=lambda sdk: {str(each.project_id) for each in sdk.network.quotas()},
    ),
}


# What has neither a list of its own nor can be made by itself is a part of others that only
# scenarios speak of.
_KINDS = [
    module
    for module, kind in kinds_by_module().items()
    if kind.has_own_list or kind.new or module in _ELSEWHERE
]


@pytest.mark.parametrize("module", _KINDS)
def test_every_kind_is_lived_or_read(module: str) -> None:
    """By a table, or by a test that there is."""
    ways = [ways for ways in (_LIVES, _ELSEWHERE, _READINGS) if module in ways]
    assert len(ways) == 1, f"{module} needs a life in tests/cloud/lives/, or a line here"
    for name in _ELSEWHERE.get(module, ()):
        file, _, test = name.partition(".")
        assert callable(getattr(importlib.import_module(f"tests.cloud.{file}"), test, None)), name


class Grounds:
    """The ground of each service, laid when a life first needs it."""

    def __init__(self, openstack_cloud: OpenStackCloud, stack: ExitStack) -> None:
        self._cloud = openstack_cloud
        self._stack = stack
        self._laid: dict[str, Ground] = {}

    def of(self, life: Life) -> Ground:
        """Return the ground that a life stands on."""
        service = life.module.partition(".")[0]
        if service not in self._laid:
            laid = _TABLES[service].ground(self._cloud)
            self._laid[service] = self._stack.enter_context(laid)
        return self._laid[service]


@pytest.fixture(scope="module")
def grounds(openstack_cloud: OpenStackCloud) -> Iterator[Grounds]:
    """Return what lays ground; it is taken away afterwards."""
    with ExitStack() as stack:
        yield Grounds(openstack_cloud, stack)


class TestOnTheCloud:
    """Lives and readings."""

    pytestmark = _ON_THE_CLOUD

    @pytest.mark.parametrize("life", _LIVES.values(), ids=_LIVES)
    def test_the_library_makes_finds_changes_and_deletes(
        self, openstack_cloud: OpenStackCloud, grounds: Grounds, life: Life
    ) -> None:
        """Each verb is seen by the next one; what was deleted is not there."""
        ground = grounds.of(life)

        async def work(cloud: Cloud) -> None:
            await live_in_library(cloud, life, ground)

        login = openstack_cloud.admin if life.user == "admin" else openstack_cloud
        login.run(work)

    @pytest.mark.parametrize("life", _LIVES.values(), ids=_LIVES)
    def test_the_command_line_does_the_same_and_shows_what_openstacksdk_sees(
        self,
        local_cloud: Access,
        demo: Connection,
        admin: Connection,
        grounds: Grounds,
        life: Life,
    ) -> None:
        """Made, listed, shown, set, unset and deleted, by name where it has one."""
        connection = admin if life.user == "admin" else demo
        service = life.module.partition(".")[0]
        is_identity = service == "identity"
        proxy = identity(connection) if is_identity else getattr(connection, service)
        live_in_commands(local_cloud, life, grounds.of(life), proxy)

    @pytest.mark.parametrize("module", _READINGS)
    def test_what_can_only_be_read_is_what_openstacksdk_reads(
        self, openstack_cloud: OpenStackCloud, local_cloud: Access, admin: Connection, module: str
    ) -> None:
        """The same ones in the library, on the command line and in openstacksdk."""
        reading = _READINGS[module]
        kind = load_kind(module)

        async def work(cloud: Cloud) -> list[Any]:
            states = [state async for state in verbs.list_states(cloud, kind)]
            if reading.shows:
                for state in states[:3]:
                    assert (await verbs.get(cloud, kind, state.id)).id == state.id
            return states

        states = openstack_cloud.admin.run(work)
        words = reading.list.split()
        rows = json.loads(done(local_cloud, *words, "-f", "json", user="admin"))
        theirs = reading.theirs(admin)
        assert {str(row[reading.title]) for row in rows} == theirs
        assert {str(state.id) for state in states} == theirs
        for state in states[:1] if reading.shows else ():
            shown = done(
                local_cloud, *reading.shows.split(), str(state.id), "-f", "json", user="admin"
            )
            assert str(json.loads(shown)[reading.field]) == state.id
