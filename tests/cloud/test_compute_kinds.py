# SPDX-License-Identifier: Apache-2.0
"""Every kind of Nova through the library and the command line, beside what openstacksdk reports."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.compute.v2._proxy import Proxy as Compute
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.cloud.wait import Watch
from stackloom.errors import NotFound
from stackloom.local.access import Access
from stackloom.resources.compute.flavor import FlavorChange, NewFlavor
from stackloom.resources.compute.keypair import NewKeypair
from stackloom.resources.compute.server import NewServer, ServerChange
from stackloom.resources.compute.server_group import NewServerGroup
from stackloom.testing.cloud import OpenStackCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

# Of a pair that was thrown away; only the public half is needed.
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFPj0dAkGdYFZ3hF0oDLmYWGYXTOJXPhQ9xIl7Qm0CzW test"


def _shown(access: Access, *words: str, user: str = "demo") -> Any:
    return json.loads(done(access, *words, "-f", "json", user=user))


def _row(access: Access, id: str, *words: str, user: str = "demo") -> dict[str, Any]:
    """Return the row of a list that is about *id*."""
    rows: list[dict[str, Any]] = _shown(access, *words, user=user)
    (row,) = [each for each in rows if id in each.values()]
    return row


def _becomes(read: Callable[[], Any], wanted: Any) -> bool:
    """Tell whether what is read gets to be *wanted*: some things are done after the answer."""
    return any(read() == wanted for _ in range(200))


@pytest.fixture
def network(demo: Connection) -> Iterator[str]:
    """A network with a subnet, by name."""
    made = demo.network.create_network(name="ck-net")
    demo.network.create_subnet(network_id=made.id, ip_version=4, cidr="10.82.0.0/24")
    yield "ck-net"
    demo.network.delete_network(made)


@pytest.fixture
def server(local_cloud: Access, network: str) -> Iterator[str]:
    """A server, by name, made with much that can be said of one."""
    words = "--image cirros --flavor m1.nano --nic net-id={},v4-fixed-ip=10.82.0.77"
    more = "--property a=b --tag t1 --description words --hostname inside --use-config-drive"
    done(
        local_cloud,
        *("server", "create", "ck-one", *words.format(network).split(), *more.split(), "--wait"),
    )
    yield "ck-one"
    done(local_cloud, "server", "delete", "ck-one", "--wait")


# --- servers --------------------------------------------------------------------------------------


def test_the_library_makes_finds_changes_and_deletes_a_server(
    openstack_cloud: OpenStackCloud, demo: Connection, network: str
) -> None:
    """Each verb is seen by the next one; what was deleted is not there."""
    kind = load_kind("compute.server")

    async def work(cloud: Cloud) -> None:
        image, flavor, net = [
            (await verbs.find(cloud, load_kind(module), name)).id
            for module, name in (
                ("image.image", "cirros"),
                ("compute.flavor", "m1.nano"),
                ("network.network", network),
            )
        ]
        new = NewServer(
            name="ck.lib",
            flavor_id=flavor,
            image_id=image,
            networks=[{"uuid": net}],
            tags=("t1", "t2"),
            user_data=base64.b64encode(b"#!/bin/sh\n").decode(),
        )
        made = await verbs.create(cloud, kind, new)
        watch = Watch(cloud, kind, sleep=cloud.sleep, turns=cloud.turns)
        try:
            await watch.until_ready(made.id, within_seconds=60)
            found = await verbs.find(cloud, kind, "ck.lib")
            assert (found.id, sorted(found.tags)) == (made.id, ["t1", "t2"])
            assert made.id in {state.id async for state in verbs.list_states(cloud, kind)}
            change = ServerChange(name="ck.other", description="words")
            changed = await verbs.update(cloud, kind, made.id, change)
            assert (changed.name, changed.description) == ("ck.other", "words")
        finally:
            await verbs.delete(cloud, kind, made.id)
            await watch.until_gone(made.id, within_seconds=60)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    openstack_cloud.run(work)
    assert list(demo.compute.servers()) == []


def test_a_server_is_shown_as_openstacksdk_sees_it(
    local_cloud: Access, demo: Connection, server: str
) -> None:
    """Everything that was said when it was made has arrived."""
    shown = _shown(local_cloud, "server", "show", server)
    theirs = demo.compute.get_server(shown["id"])
    names = {
        "name": "name",
        "status": "status",
        "description": "description",
        "metadata": "metadata",
        "tags": "tags",
        "tenant_id": "project_id",
        "user_id": "user_id",
        "created": "created_at",
        "OS-EXT-STS:vm_state": "vm_state",
        "OS-EXT-STS:power_state": "power_state",
        "OS-EXT-AZ:availability_zone": "availability_zone",
        "config_drive": "has_config_drive",
        "locked": "is_locked",
    }
    assert {name: shown[name] for name in names} == {
        name: getattr(theirs, attribute) for name, attribute in names.items()
    }
    assert shown["OS-EXT-SRV-ATTR:hostname"] == "inside"
    assert [each["addr"] for each in shown["addresses"]["ck-net"]] == ["10.82.0.77"]
    row = _row(local_cloud, shown["id"], "server", "list", "--long", "--name", "ck-.*")
    assert row["Image"] == "cirros"
    plain = _row(local_cloud, shown["id"], "server", "list", "-n", "--name", "ck-.*")
    assert plain["Image"] == theirs.image.id
    assert row["Flavor"] == theirs.flavor.name
    assert (row["Power State"], row["Task State"]) == ("Running", theirs.task_state)
    assert _shown(local_cloud, "server", "list", "--name", "ck") == []  # the whole name


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("--status active", 1),
        ("--status error", 0),
        ("--tags t1", 1),
        ("--not-tags t1", 0),
        ("--flavor m1.nano --image cirros", 1),
        ("--flavor m1.tiny", 0),
        ("--ip 10.82.0.7", 1),
    ],
)
def test_servers_are_filtered(local_cloud: Access, server: str, words: str, rows: int) -> None:
    """By the service, with names of other things looked up."""
    assert len(_shown(local_cloud, "server", "list", *words.split())) == rows


def test_a_server_goes_through_its_life(
    openstack_cloud: OpenStackCloud, local_cloud: Access, demo: Connection, server: str
) -> None:
    """Each action is waited for, and leaves the server as it says."""
    theirs = demo.compute.find_server(server, ignore_missing=False)
    for verb, status in (
        ("stop", "SHUTOFF"),
        ("start", "ACTIVE"),
        ("reboot --hard", "ACTIVE"),
        ("pause", "PAUSED"),
        ("unpause", "ACTIVE"),
        ("suspend", "SUSPENDED"),
        ("resume", "ACTIVE"),
        ("rescue", "RESCUE"),
        ("unrescue", "ACTIVE"),
        ("rebuild --name ck-one --description anew", "ACTIVE"),
        ("resize --flavor m1.tiny", "VERIFY_RESIZE"),
        ("resize confirm", "ACTIVE"),
        ("shelve --offload", "SHELVED_OFFLOADED"),
        ("unshelve", "ACTIVE"),
    ):
        done(local_cloud, "server", *verb.split(), server, "--wait")
        assert demo.compute.get_server(theirs.id).status == status, verb
    actions = [each["Action"] for each in _shown(local_cloud, "server", "event", "list", server)]
    assert {"create", "stop", "resize", "confirmResize", "shelve"} <= set(actions)
    assert sorted(actions) == sorted(each.action for each in demo.compute.server_actions(theirs.id))
    (created,) = [
        each
        for each in _shown(local_cloud, "server", "event", "list", server)
        if each["Action"] == "create"
    ]
    event = _shown(local_cloud, "server", "event", "show", server, created["Request ID"])
    assert (event["action"], event["instance_uuid"]) == ("create", theirs.id)
    kind = load_kind("compute.server_event").under(theirs.id)

    async def work(cloud: Cloud) -> list[Any]:
        one = await verbs.get(cloud, kind, created["Request ID"])
        assert (one.action, one.instance_uuid) == ("create", theirs.id)
        return [state async for state in verbs.list_states(cloud, kind)]

    assert sorted(each.action for each in openstack_cloud.run(work)) == sorted(actions)


def test_a_locked_server_is_left_alone(local_cloud: Access, demo: Connection, server: str) -> None:
    """Until it is unlocked."""
    done(local_cloud, "server", "lock", server, "--reason", "in use")
    assert _shown(local_cloud, "server", "show", server)["locked_reason"] == "in use"
    demo_member = stackloom(local_cloud, "server", "list", "--locked", "-f", "value", "-c", "Name")
    assert demo_member.stdout == "ck-one\n"
    done(local_cloud, "server", "unlock", server)
    assert _shown(local_cloud, "server", "show", server)["locked"] is False


def test_a_server_is_set_and_unset(local_cloud: Access, server: str) -> None:
    """Name, description, metadata and tags, each by what takes it."""
    more = "--name ck-two --description other --property c=d --tag t2"
    done(local_cloud, "server", "set", server, *more.split())
    try:
        shown = _shown(local_cloud, "server", "show", "ck-two")
        assert (shown["description"], shown["metadata"]) == ("other", {"a": "b", "c": "d"})
        assert sorted(shown["tags"]) == ["t1", "t2"]
        less = "--description --property a --property nosuch --tag t1 --tag nosuch"
        done(local_cloud, "server", "unset", "ck-two", *less.split())
        shown = _shown(local_cloud, "server", "show", "ck-two")
        assert (shown["metadata"], shown["tags"]) == ({"c": "d"}, ["t2"])
        assert not shown["description"]
        done(local_cloud, "server", "unset", "ck-two", "--all-properties", "--all-tags")
        shown = _shown(local_cloud, "server", "show", "ck-two")
        assert (shown["metadata"], shown["tags"]) == ({}, [])
    finally:
        done(local_cloud, "server", "set", "ck-two", "--name", server)


def test_a_server_gets_ports_addresses_and_groups(
    local_cloud: Access, demo: Connection, server: str, network: str
) -> None:
    """And gives them back."""
    theirs = demo.compute.find_server(server, ignore_missing=False)
    net = demo.network.find_network(network, ignore_missing=False)
    port = demo.network.create_port(network_id=net.id, name="ck-port")
    group = demo.network.create_security_group(name="ck-group")

    def run(words: str) -> None:
        done(local_cloud, "server", *words.split())

    def addresses() -> set[str]:
        mine = demo.network.ports(device_id=theirs.id)
        return {each["ip_address"] for one in mine for each in one.fixed_ips}

    def groups() -> set[str]:
        return {each["name"] for each in demo.compute.get_server(theirs.id).security_groups}

    try:
        run(f"add port {server} ck-port")
        own = {each["ip_address"] for each in port.fixed_ips}
        assert _becomes(addresses, {"10.82.0.77"} | own)
        run(f"remove port {server} ck-port")
        run(f"add fixed ip {server} {network} --fixed-ip-address 10.82.0.88")
        assert _becomes(addresses, {"10.82.0.77", "10.82.0.88"})
        run(f"remove fixed ip {server} 10.82.0.88")
        assert _becomes(addresses, {"10.82.0.77"})
        run(f"add security group {server} ck-group")
        assert groups() == {"default", "ck-group"}
        run(f"remove security group {server} ck-group")
        assert groups() == {"default"}
        run(f"remove network {server} {network}")
        assert _becomes(addresses, set())
        run(f"add network {server} {network}")
        assert _becomes(lambda: len(addresses()), 1)
    finally:
        demo.network.delete_port(port, ignore_missing=True)
        demo.network.delete_security_group(group)


def test_a_servers_console_is_read(local_cloud: Access, demo: Connection, server: str) -> None:
    """As much of it as was asked for, and where its screen is."""
    theirs = demo.compute.find_server(server, ignore_missing=False)
    written = demo.compute.get_server_console_output(theirs.id, length=2)["output"]
    told = done(local_cloud, "console", "log", "show", server, "--lines", "2")
    assert written
    assert told.rstrip("\n") == written.rstrip("\n")
    shown = _shown(local_cloud, "console", "url", "show", server)
    assert (shown["protocol"], shown["type"]) == ("vnc", "novnc")
    assert shown["url"].startswith("http")


def test_images_are_made_of_a_server(local_cloud: Access, demo: Connection, server: str) -> None:
    """By hand, and as a backup of a type."""
    for words in ("image create", "backup create"):
        more = ("--type", "daily", "--rotate", "2") if "backup" in words else ("--property", "a=b")
        made = _shown(local_cloud, "server", *words.split(), server, "--name", "ck-image", *more)
        try:
            theirs = demo.image.get_image(made["id"])
            assert (made["name"], made["visibility"]) == (theirs.name, theirs.visibility)
            assert made["properties"]["instance_uuid"] == theirs.instance_uuid
        finally:
            demo.image.delete_image(made["id"])
        # The snapshot holds the server until it is over.
        server_id = _shown(local_cloud, "server", "show", server)["id"]
        demo.compute.wait_for_server(demo.compute.get_server(server_id))


# --- the others -----------------------------------------------------------------------------------


def test_a_flavor_lives(
    openstack_cloud: OpenStackCloud, local_cloud: Access, admin: Connection
) -> None:
    """By the administrator, in the library and on the command line."""
    kind = load_kind("compute.flavor")

    async def work(cloud: Cloud) -> None:
        new = NewFlavor(name="ck-lib", ram=64, vcpus=1, disk=1, is_public=True)
        made = await verbs.create(cloud, kind, new)
        found = await verbs.find(cloud, kind, "ck-lib")
        changed = await verbs.update(cloud, kind, found.id, FlavorChange(description="words"))
        assert (changed.id, changed.description) == (made.id, "words")
        await verbs.delete(cloud, kind, made.id)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    openstack_cloud.admin.run(work)
    words = "--ram 64 --vcpus 2 --disk 1 --ephemeral 1 --swap 8 --id ck-flavor --private"
    made = _shown(local_cloud, "flavor", "create", "ck", *words.split(), user="admin")
    try:
        more = ("--property", "a=b", "--property", "c=d", "--description", "words")
        done(local_cloud, "flavor", "set", "ck", *more, user="admin")
        done(local_cloud, "flavor", "unset", "ck", "--property", "c", user="admin")
        theirs = admin.compute.get_flavor(made["id"])
        row = _row(local_cloud, "ck-flavor", "flavor", "list", "--long", user="admin")
        assert row == {
            "ID": theirs.id,
            "Name": theirs.name,
            "RAM": theirs.ram,
            "Disk": theirs.disk,
            "Ephemeral": theirs.ephemeral,
            "VCPUs": theirs.vcpus,
            "Is Public": theirs.is_public,
            "Swap": theirs.swap,
            "Properties": {"a": "b"},
        }
        assert theirs.is_public is False
        for words, seen in (("--public", False), ("--private", True), ("--all", True)):
            listed = _shown(local_cloud, "flavor", "list", words, user="admin")
            assert ("ck-flavor" in {each["ID"] for each in listed}) is seen
        shown = _shown(local_cloud, "flavor", "show", "ck", user="admin")
        assert shown["description"] == theirs.description == "words"
    finally:
        done(local_cloud, "flavor", "delete", "ck", user="admin")
    assert stackloom(local_cloud, "flavor", "show", "ck", user="admin").returncode == 2


def test_a_keypair_lives(
    openstack_cloud: OpenStackCloud, local_cloud: Access, demo: Connection, tmp_path: Path
) -> None:
    """With a public key that there is, and made here."""
    kind = load_kind("compute.keypair")

    async def work(cloud: Cloud) -> None:
        await verbs.create(cloud, kind, NewKeypair(name="ck lib", public_key=_KEY))
        assert "ck lib" in {state.name async for state in verbs.list_states(cloud, kind)}
        assert (await verbs.find(cloud, kind, "ck lib")).public_key == _KEY
        await verbs.delete(cloud, kind, "ck lib")
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, "ck lib")

    openstack_cloud.run(work)
    file = tmp_path / "key.pub"
    file.write_text(_KEY + "\n", encoding="utf-8")
    done(local_cloud, "keypair", "create", "ck-key", "--public-key", str(file))
    private = tmp_path / "private"
    made = stackloom(local_cloud, "keypair", "create", "ck-own", "--private-key", str(private))
    try:
        theirs = demo.compute.get_keypair("ck-key")
        row = _row(local_cloud, "ck-key", "keypair", "list")
        assert row == {
            "Name": "ck-key",
            "Fingerprint": theirs.fingerprint,
            "Type": theirs.type,
        }
        assert done(local_cloud, "keypair", "show", "ck-key", "--public-key") == _KEY + "\n"
        assert made.returncode == 0
        assert "made here, by ssh-keygen" in made.stderr
        assert private.stat().st_mode & 0o777 == 0o600
        assert private.read_text(encoding="utf-8").startswith("-----BEGIN OPENSSH PRIVATE KEY")
    finally:
        done(local_cloud, "keypair", "delete", "ck-key", "ck-own")
    assert _shown(local_cloud, "keypair", "list") == []


def test_a_server_group_lives(
    openstack_cloud: OpenStackCloud, local_cloud: Access, demo: Connection
) -> None:
    """Made, listed, found and deleted; Nova changes none."""
    kind = load_kind("compute.server_group")

    async def work(cloud: Cloud) -> None:
        new = NewServerGroup(name="ck-lib", policy="soft-affinity")
        made = await verbs.create(cloud, kind, new)
        assert (await verbs.find(cloud, kind, "ck-lib")).policy == "soft-affinity"
        await verbs.delete(cloud, kind, made.id)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    openstack_cloud.run(work)
    words = "--policy anti-affinity --rule max_server_per_host=2"
    made = _shown(local_cloud, "server", "group", "create", "ck-group", *words.split())
    try:
        theirs = demo.compute.get_server_group(made["id"])
        row = _row(local_cloud, made["id"], "server", "group", "list", "--long")
        assert row == {
            "ID": theirs.id,
            "Name": theirs.name,
            "Policy": theirs.policy,
            "Members": theirs.member_ids,
            "Project Id": theirs.project_id,
            "User Id": theirs.user_id,
        }
        assert made["rules"] == theirs.rules == {"max_server_per_host": 2}
    finally:
        done(local_cloud, "server", "group", "delete", "ck-group")
    assert _shown(local_cloud, "server", "group", "list") == []


def test_what_administrators_look_at_is_as_openstacksdk_sees_it(
    local_cloud: Access, admin: Connection
) -> None:
    """Hypervisors, services, aggregates and zones."""
    compute = admin.compute
    assert isinstance(compute, Compute)
    aggregate = compute.create_aggregate(name="ck-aggregate", availability_zone="ck-zone")
    try:
        (row,) = _shown(local_cloud, "aggregate", "list", "--long", user="admin")
        assert (row["ID"], row["Name"], row["UUID"], row["Availability Zone"]) == (
            *(str(aggregate.id), "ck-aggregate", aggregate.uuid, "ck-zone"),
        )
        shown = _shown(local_cloud, "aggregate", "show", "ck-aggregate", user="admin")
        assert shown["hosts"] == compute.get_aggregate(aggregate.id).hosts
    finally:
        compute.delete_aggregate(aggregate)
    (hypervisor,) = compute.hypervisors(details=True)
    (row,) = _shown(local_cloud, "hypervisor", "list", user="admin")
    assert row == {
        "ID": hypervisor.id,
        "Hypervisor Hostname": hypervisor.name,
        "Hypervisor Type": hypervisor.hypervisor_type,
        "Host IP": hypervisor.host_ip,
        "State": hypervisor.state,
    }
    assert _shown(local_cloud, "hypervisor", "show", hypervisor.name, user="admin")["id"] == (
        hypervisor.id
    )
    services = {
        (each["ID"], each["Binary"], each["Host"], each["Status"])
        for each in _shown(local_cloud, "compute", "service", "list", user="admin")
    }
    assert services == {
        (each.id, each.binary, each.host, each.status) for each in compute.services()
    }
    assert _shown(local_cloud, "availability", "zone", "list", "--compute") == [
        {"Zone Name": each.name, "Zone Status": "available"}
        for each in compute.availability_zones()
    ]


def test_limits_are_those_that_openstacksdk_sees(local_cloud: Access, demo: Connection) -> None:
    """Of servers and of volumes, in one list."""
    told = {
        row["Name"]: row["Value"] for row in _shown(local_cloud, "limits", "show", "--absolute")
    }
    theirs = demo.compute.get("/limits").json()["limits"]["absolute"]
    theirs |= demo.block_storage.get("/limits").json()["limits"]["absolute"]
    assert {name: told[name] for name in told if name in theirs} == {
        name: theirs[name] for name in told
    }
    assert {"maxTotalCores", "maxTotalVolumes"} <= set(told)


def test_a_microversion_that_nova_lacks_is_explained(local_cloud: Access) -> None:
    """With what to do about it."""
    refused = stackloom(local_cloud, "server", "list", "--os-compute-api-version", "2.999")
    assert refused.returncode == 3
    assert "(HTTP 406, " in refused.stderr
    assert "hint: microversion 2.999 was asked for and the service does not have it" in (
        refused.stderr
    )
