# SPDX-License-Identifier: Apache-2.0
"""Every kind of Cinder through the library and the command line, beside openstacksdk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from openstack.block_storage.v3._proxy import Proxy as BlockStorage
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind, Progress
from stackloom.cloud.wait import Watch
from stackloom.errors import NotFound
from stackloom.local.access import Access
from stackloom.resources.block_storage.volume import NewVolume, VolumeChange
from stackloom.resources.block_storage.volume_attachment import (
    NewVolumeAttachment,
    VolumeAttachmentChange,
)
from stackloom.resources.block_storage.volume_backup import NewVolumeBackup, VolumeBackupChange
from stackloom.resources.block_storage.volume_snapshot import (
    NewVolumeSnapshot,
    VolumeSnapshotChange,
)
from stackloom.resources.block_storage.volume_type import NewVolumeType, VolumeTypeChange
from stackloom.resources.compute.server_volume import NewServerVolume
from stackloom.testing.cloud import OpenStackCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


def _shown(access: Access, *words: str, user: str = "demo") -> Any:
    return json.loads(done(access, *words, "-f", "json", user=user))


def _watch(cloud: Cloud, kind: Kind[Any]) -> Watch[Any]:
    return Watch(cloud, kind, sleep=cloud.sleep, turns=cloud.turns)


def _cinder(connection: Connection) -> BlockStorage:
    proxy = connection.block_storage
    assert isinstance(proxy, BlockStorage)
    return proxy


@pytest.fixture
def volume(local_cloud: Access) -> Iterator[str]:
    """A volume, by name."""
    words = "--size 1 --description words --property a=b --wait"
    done(local_cloud, "volume", "create", "vk", *words.split())
    yield "vk"
    done(local_cloud, "volume", "delete", "vk", "--cascade", "--wait")


def test_the_library_makes_finds_changes_and_deletes_volumes_and_copies(
    openstack_cloud: OpenStackCloud, demo: Connection
) -> None:
    """A volume, a snapshot of it and a backup; each verb is seen by the next one."""
    volumes, snapshots, backups = (
        load_kind(f"block_storage.{name}")
        for name in ("volume", "volume_snapshot", "volume_backup")
    )

    async def copied(cloud: Cloud, kind: Kind[Any], new: Any, change: Any) -> None:
        made = await verbs.create(cloud, kind, new)
        await _watch(cloud, kind).until_ready(made.id, within_seconds=60)
        assert (await verbs.find(cloud, kind, "vk-copy")).id == made.id
        changed = await verbs.update(cloud, kind, made.id, change)
        assert changed.name == "vk-other"
        await verbs.delete(cloud, kind, made.id)
        await _watch(cloud, kind).until_gone(made.id, within_seconds=60)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    async def work(cloud: Cloud) -> None:
        new = NewVolume(name="vk-lib", size=1, metadata={"a": "b"})
        made = await verbs.create(cloud, volumes, new)
        try:
            await _watch(cloud, volumes).until_ready(made.id, within_seconds=60)
            assert (await verbs.find(cloud, volumes, "vk-lib")).metadata == {"a": "b"}
            await copied(
                cloud,
                snapshots,
                NewVolumeSnapshot(volume_id=made.id, name="vk-copy"),
                VolumeSnapshotChange(name="vk-other"),
            )
            await copied(
                cloud,
                backups,
                NewVolumeBackup(volume_id=made.id, name="vk-copy"),
                VolumeBackupChange(name="vk-other"),
            )
            changed = await verbs.update(cloud, volumes, made.id, VolumeChange(name="vk-other"))
            assert changed.name == "vk-other"
        finally:
            await verbs.delete(cloud, volumes, made.id)
            await _watch(cloud, volumes).until_gone(made.id, within_seconds=60)

    openstack_cloud.run(work)
    assert list(_cinder(demo).volumes()) == []


def test_a_volume_is_shown_as_openstacksdk_sees_it(
    local_cloud: Access, demo: Connection, volume: str
) -> None:
    """Alone and in the long list."""
    shown = _shown(local_cloud, "volume", "show", volume)
    theirs = _cinder(demo).get_volume(shown["id"])
    names = {
        "name": "name",
        "description": "description",
        "status": "status",
        "size": "size",
        "volume_type": "volume_type",
        "metadata": "metadata",
        "availability_zone": "availability_zone",
        "created_at": "created_at",
        "os-vol-tenant-attr:tenant_id": "project_id",
    }
    assert {name: shown[name] for name in names} == {
        name: getattr(theirs, attribute) for name, attribute in names.items()
    }
    (row,) = _shown(local_cloud, "volume", "list", "--long", "--name", volume)
    assert row == {
        "ID": theirs.id,
        "Name": theirs.name,
        "Status": theirs.status,
        "Size": theirs.size,
        "Attached to": [],
        "Type": theirs.volume_type,
        "Bootable": "false",
        "Properties": theirs.metadata,
    }
    assert _shown(local_cloud, "volume", "list", "--status", "error") == []


def test_a_volume_is_set_and_unset(local_cloud: Access, demo: Connection, volume: str) -> None:
    """Fields, metadata and what is done to it."""
    words = "--description other --size 2 --property c=d --bootable --read-only"
    done(local_cloud, "volume", "set", volume, *words.split())
    theirs = _cinder(demo).find_volume(volume, ignore_missing=False)
    _cinder(demo).wait_for_status(theirs, "available", interval=0.1, wait=30)
    shown = _shown(local_cloud, "volume", "show", volume)
    assert (shown["description"], shown["size"], shown["bootable"]) == ("other", 2, "true")
    assert shown["metadata"] == {"a": "b", "c": "d", "readonly": "True"}
    done(local_cloud, "volume", "unset", volume, "--property", "a", "--property", "nosuch")
    done(local_cloud, "volume", "set", volume, "--no-property", "--property", "e=f")
    assert _shown(local_cloud, "volume", "show", volume)["metadata"] == {
        "e": "f",
        "readonly": "True",  # Cinder keeps it
    }
    refused = stackloom(local_cloud, "volume", "set", volume)
    assert (refused.returncode, refused.stderr) == (
        2,
        "error: nothing to set was given\nhint: --help lists what can be set\n",
    )


def test_a_snapshot_lives(local_cloud: Access, demo: Connection, volume: str) -> None:
    """Made of a volume, found by it, and a volume made of it in turn."""
    words = ("--volume", volume, "--description", "words", "--property", "a=b", "--wait")
    made = _shown(local_cloud, "volume", "snapshot", "create", "vk-snap", *words)
    theirs = _cinder(demo).get_snapshot(made["id"])
    (row,) = _shown(local_cloud, "volume", "snapshot", "list", "--long", "--volume", volume)
    assert row == {
        "ID": theirs.id,
        "Name": theirs.name,
        "Description": theirs.description,
        "Status": theirs.status,
        "Size": theirs.size,
        "Created At": theirs.created_at,
        "Volume": theirs.volume_id,
        "Properties": theirs.metadata,
    }
    noun = ("volume", "snapshot")
    done(local_cloud, *noun, "set", "vk-snap", "--name", "vk-new", "--property", "c=d")
    done(local_cloud, *noun, "unset", "vk-new", "--property", "a")
    shown = _shown(local_cloud, "volume", "snapshot", "show", "vk-new")
    assert shown["metadata"] == {"c": "d"}
    done(local_cloud, "volume", "create", "vk-copy", "--snapshot", "vk-new", "--wait")
    done(local_cloud, "volume", "delete", "vk-copy", "--wait")
    done(local_cloud, "volume", "snapshot", "delete", "vk-new", "--wait")
    assert _shown(local_cloud, "volume", "snapshot", "list") == []


def test_a_backup_lives(local_cloud: Access, demo: Connection, volume: str) -> None:
    """Made of a volume, and written on another one."""
    words = ("--name", "vk-backup", "--description", "words", "--wait")
    made = _shown(local_cloud, "volume", "backup", "create", volume, *words)
    theirs = _cinder(demo).get_backup(made["id"])
    (row,) = _shown(local_cloud, "volume", "backup", "list", "--long", "--volume", volume)
    assert row == {
        "ID": theirs.id,
        "Name": theirs.name,
        "Description": theirs.description,
        "Status": theirs.status,
        "Size": theirs.size,
        "Incremental": theirs.is_incremental,
        "Created At": theirs.created_at,
        "Availability Zone": theirs.availability_zone,
        "Volume": theirs.volume_id,
        "Container": theirs.container,
    }
    done(local_cloud, "volume", "backup", "set", "vk-backup", "--name", "vk-new")
    refused = stackloom(local_cloud, "volume", "backup", "restore", "vk-new", volume)
    assert refused.stderr == (
        "error: what is on that volume would be lost\nhint: if it may be: --force\n"
    )
    done(local_cloud, "volume", "backup", "restore", "vk-new", volume, "--force")
    _cinder(demo).wait_for_status(theirs, "available", interval=0.1, wait=30)
    done(local_cloud, "volume", "backup", "delete", "vk-new", "--wait")
    assert _shown(local_cloud, "volume", "backup", "list") == []


def test_a_volume_type_lives(
    openstack_cloud: OpenStackCloud, local_cloud: Access, admin: Connection
) -> None:
    """By the administrator, in the library and on the command line."""
    kind = load_kind("block_storage.volume_type")

    async def work(cloud: Cloud) -> None:
        made = await verbs.create(cloud, kind, NewVolumeType(name="vk-lib"))
        assert (await verbs.find(cloud, kind, "vk-lib")).id == made.id
        changed = await verbs.update(cloud, kind, made.id, VolumeTypeChange(name="vk-other"))
        assert changed.name == "vk-other"
        await verbs.delete(cloud, kind, made.id)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    openstack_cloud.admin.run(work)

    def run(*words: str) -> str:
        return done(local_cloud, "volume", "type", *words, user="admin")

    made = json.loads(run("create", "vk-type", "--property", "a=b", "--private", "-f", "json"))
    try:
        run("set", "vk-type", "--description", "words", "--property", "c=d", "--public")
        run("unset", "vk-type", "--property", "a")
        theirs = _cinder(admin).get_type(made["id"])
        rows = json.loads(run("list", "--long", "-f", "json"))
        (row,) = [each for each in rows if each["ID"] == made["id"]]
        assert row == {
            "ID": theirs.id,
            "Name": theirs.name,
            "Is Public": theirs.is_public,
            "Description": theirs.description,
            "Properties": theirs.extra_specs,
        }
        assert (theirs.is_public, theirs.extra_specs) == (True, {"c": "d"})
    finally:
        run("delete", "vk-type")


def test_a_volume_is_attached_to_a_server(
    local_cloud: Access, demo: Connection, volume: str
) -> None:
    """Seen from Nova's side and from Cinder's, and a server boots from one."""
    words = "--image cirros --flavor m1.nano --no-network --wait"
    done(local_cloud, "server", "create", "vk-server", *words.split())
    cinder = _cinder(demo)
    theirs = cinder.find_volume(volume, ignore_missing=False)
    try:
        done(local_cloud, "server", "add", "volume", "vk-server", volume)
        cinder.wait_for_status(theirs, "in-use", interval=0.1, wait=30)
        (row,) = _shown(local_cloud, "server", "volume", "list", "vk-server")
        server = demo.compute.find_server("vk-server", ignore_missing=False)
        (attachment,) = demo.compute.volume_attachments(server)
        assert (row["Volume ID"], row["Device"]) == (theirs.id, attachment.device)
        (own,) = _shown(local_cloud, "volume", "attachment", "list")
        assert (own["Volume ID"], own["Server ID"], own["Status"]) == (
            *(theirs.id, server.id, "attached"),
        )
        shown = _shown(local_cloud, "volume", "attachment", "show", own["ID"])
        assert shown["instance"] == cinder.get_attachment(own["ID"]).instance
        listed = _shown(local_cloud, "volume", "list")
        assert listed[0]["Attached to"] == [f"{server.id} on {attachment.device}"]
        done(local_cloud, "server", "remove", "volume", "vk-server", volume)
        cinder.wait_for_status(theirs, "available", interval=0.1, wait=30)
    finally:
        done(local_cloud, "server", "delete", "vk-server", "--wait")


def test_the_library_attaches_a_volume(
    openstack_cloud: OpenStackCloud, local_cloud: Access, demo: Connection, volume: str
) -> None:
    """Below a server: made, listed, found, and taken away."""
    words = "--image cirros --flavor m1.nano --no-network --wait"
    done(local_cloud, "server", "create", "vk-server", *words.split())
    server = demo.compute.find_server("vk-server", ignore_missing=False)
    kind = load_kind("compute.server_volume").under(str(server.id))

    async def work(cloud: Cloud) -> None:
        volumes = load_kind("block_storage.volume")
        meant = await verbs.find(cloud, volumes, volume)
        await verbs.create(cloud, kind, NewServerVolume(volume_id=meant.id))
        await _watch(
            cloud, msgspec.structs.replace(volumes, progress=lambda each: _is(each, "in-use"))
        ).until_ready(meant.id, within_seconds=60)
        (theirs,) = demo.compute.volume_attachments(server)
        (listed,) = [state async for state in verbs.list_states(cloud, kind)]
        found = await verbs.find(cloud, kind, meant.id)
        assert found == await verbs.get(cloud, kind, meant.id) == listed
        assert (found.volume_id, found.device) == (theirs.volume_id, theirs.device)
        await verbs.delete(cloud, kind, meant.id)
        await _watch(cloud, volumes).until_ready(meant.id, within_seconds=60)
        assert [state async for state in verbs.list_states(cloud, kind)] == []

    try:
        openstack_cloud.run(work)
    finally:
        done(local_cloud, "server", "delete", "vk-server", "--wait")


def _is(volume: Any, status: str) -> Progress:
    return Progress.READY if volume.status == status else Progress.WAITING


_CONNECTOR = {"initiator": "iqn.1993-08.org.debian:01:x", "ip": "10.0.0.9", "host": "other"}


def test_a_volume_is_reserved_connected_and_set_free(
    openstack_cloud: OpenStackCloud, local_cloud: Access, demo: Connection, volume: str
) -> None:
    """An attachment of Cinder's alone, by hand: in the library, then on the command line."""
    kind = load_kind("block_storage.volume_attachment")

    async def work(cloud: Cloud) -> None:
        meant = await verbs.find(cloud, load_kind("block_storage.volume"), volume)
        made = await verbs.create(cloud, kind, NewVolumeAttachment(volume_id=meant.id))
        (listed,) = [state async for state in verbs.list_states(cloud, kind)]
        assert (listed.id, listed.volume_id, listed.status) == (made.id, meant.id, "reserved")
        assert (await verbs.find(cloud, kind, made.id)).id == made.id
        change = VolumeAttachmentChange(connector=_CONNECTOR)
        assert (await verbs.update(cloud, kind, made.id, change)).id == made.id
        assert (await verbs.get(cloud, kind, made.id)).status == "attaching"
        await verbs.delete(cloud, kind, made.id)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    openstack_cloud.run(work)
    made = _shown(local_cloud, "volume", "attachment", "create", volume)
    words = [word for name, value in _CONNECTOR.items() for word in (f"--{name}", value)]
    done(local_cloud, "volume", "attachment", "set", made["id"], *words)
    shown = _shown(local_cloud, "volume", "attachment", "show", made["id"])
    theirs = _cinder(demo).get_attachment(made["id"])
    assert (shown["status"], shown["volume_id"], shown["attach_mode"]) == (
        *(theirs.status, theirs.volume_id, theirs.attach_mode),
    )
    (row,) = _shown(local_cloud, "volume", "attachment", "list")
    assert row == {
        "ID": theirs.id,
        "Volume ID": theirs.volume_id,
        "Server ID": theirs.instance,
        "Status": theirs.status,
    }
    done(local_cloud, "volume", "attachment", "complete", made["id"])
    assert _cinder(demo).get_attachment(made["id"]).status == "attached"
    done(local_cloud, "volume", "attachment", "delete", made["id"])
    assert _shown(local_cloud, "volume", "attachment", "list") == []


def test_a_server_boots_from_a_volume(local_cloud: Access, demo: Connection) -> None:
    """A new one, made of an image, that goes with the server."""
    words = "--image cirros --boot-from-volume 1 --delete-on-termination --flavor m1.nano"
    done(
        local_cloud,
        *("server", "create", "vk-boot", *words.split(), "--no-network", "--wait"),
    )
    try:
        (volume,) = _cinder(demo).volumes()
        shown = _shown(local_cloud, "server", "show", "vk-boot")
        assert shown["image"] == ""
        assert shown["os-extended-volumes:volumes_attached"] == [
            {"id": volume.id, "delete_on_termination": True}
        ]
    finally:
        done(local_cloud, "server", "delete", "vk-boot", "--wait")
    for each in _cinder(demo).volumes():
        _cinder(demo).wait_for_delete(each, interval=0.1)
