# SPDX-License-Identifier: Apache-2.0
"""Cinder: volumes, snapshots, backups, and servers that use them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import pytest
from openstack.block_storage.v3._proxy import Proxy as BlockStorage
from openstack.compute.v2.server import Server
from openstack.connection import Connection
from openstack.resource import Resource
from tests.cloud.connecting import AS_IT_COMES

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def volumes(demo: Connection) -> Iterator[BlockStorage]:
    """Return the SDK's proxy; every volume, snapshot and backup is taken away afterwards."""
    proxy = demo.block_storage
    assert isinstance(proxy, BlockStorage)
    yield proxy
    for backup in proxy.backups():
        proxy.delete_backup(backup)
    for snapshot in proxy.snapshots():
        proxy.delete_snapshot(snapshot)
        proxy.wait_for_delete(snapshot, interval=0.1)
    for volume in proxy.volumes():
        proxy.delete_volume(volume)
        proxy.wait_for_delete(volume, interval=0.1)


def _available(proxy: BlockStorage, resource: Resource) -> None:
    proxy.wait_for_status(resource, "available", failures=["error"], interval=0.1, wait=30)


def test_a_volume_is_extended_snapshotted_and_cloned(volumes: BlockStorage) -> None:
    """Each copy keeps its size and says where it comes from."""
    volume = volumes.create_volume(size=1, name="data")
    _available(volumes, volume)
    volumes.extend_volume(volume, 2)
    # The object at hand still says "available", and openstacksdk would believe it.
    _available(volumes, volumes.get_volume(volume.id))
    snapshot = volumes.create_snapshot(volume_id=volume.id)
    _available(volumes, snapshot)
    from_snapshot = volumes.create_volume(size=3, snapshot_id=snapshot.id)
    clone = volumes.create_volume(size=2, source_volume_id=volume.id)
    for each in (from_snapshot, clone):
        _available(volumes, each)
    sizes = {each.id: each.size for each in volumes.volumes()}
    assert sizes == {volume.id: 2, from_snapshot.id: 3, clone.id: 2}
    volumes.delete_volume(from_snapshot)
    volumes.wait_for_delete(from_snapshot, interval=0.1)


def test_what_an_image_holds_goes_through_volume_and_backup(
    demo: Connection, volumes: BlockStorage
) -> None:
    """Image to volume, to backup, to another volume, to image: the same bytes come out."""
    content = b"what is kept" * 1000
    source = demo.image.create_image(
        name="content", data=content, disk_format="raw", container_format="bare", wait=True
    )
    volume = volumes.create_volume(size=1, image_id=source.id, metadata={"said": "of it"})
    _available(volumes, volume)
    backup = volumes.create_backup(volume_id=volume.id, name="kept")
    _available(volumes, backup)
    volumes.restore_backup(backup, name="restored")
    restored = volumes.find_volume("restored", ignore_missing=False)
    _available(volumes, restored)
    assert volumes.get_volume(restored).metadata["said"] == "of it"
    # The image is raw all the same: there is nobody to convert it.
    uploaded = volumes.upload_volume_to_image(
        restored, "again", disk_format="qcow2", container_format="bare"
    )
    checksum = _checksum_once_active(demo, uploaded["image_id"])
    assert demo.image.get_image(uploaded["image_id"]).disk_format == "raw"
    downloaded = demo.image.download_image(uploaded["image_id"], stream=False).content
    assert downloaded[: len(content)] == content
    assert not downloaded[len(content) :].strip(b"\0")
    assert hashlib.md5(downloaded, usedforsecurity=False).hexdigest() == checksum
    for id in (source.id, uploaded["image_id"]):
        demo.image.delete_image(id)


def _checksum_once_active(demo: Connection, id: str) -> str:
    """Wait until the image's data is there, and return its MD5 sum."""
    deadline = time.monotonic() + 30
    while (image := demo.image.get_image(id)).status != "active":
        assert time.monotonic() < deadline, f"the image is {image.status}"
        time.sleep(0.1)
    return str(image.checksum)


def test_a_volume_is_attached_to_a_server_and_detached(
    demo: Connection, volumes: BlockStorage
) -> None:
    """Nova and Cinder both say so."""
    server = _boot(demo)
    volume = volumes.create_volume(size=1)
    _available(volumes, volume)
    demo.compute.create_volume_attachment(server, volume_id=volume.id)
    volumes.wait_for_status(volume, "in-use", interval=0.1, wait=30)
    attached = volumes.get_volume(volume.id).attachments
    assert [each["server_id"] for each in attached] == [server.id]
    assert [each.volume_id for each in demo.compute.volume_attachments(server)] == [volume.id]
    demo.compute.delete_volume_attachment(server, volume.id)
    _available(volumes, volume)
    _delete(demo, server)


def test_a_server_boots_from_a_volume_that_goes_with_it(
    demo: Connection, volumes: BlockStorage
) -> None:
    """Nova has Cinder make the volume, and delete it."""
    root = {
        "boot_index": 0,
        "uuid": demo.image.find_image("cirros", ignore_missing=False).id,
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": 1,
        "delete_on_termination": True,
    }
    server = _boot(demo, block_device_mapping=[root], image_id="")
    (volume,) = volumes.volumes()
    assert (volume.status, volume.is_bootable) == ("in-use", True)
    _delete(demo, server)
    volumes.wait_for_delete(volume, interval=0.1)


def test_a_server_is_rebuilt_on_its_volume(demo: Connection, volumes: BlockStorage) -> None:
    """Cinder puts the other image into it, and tells Nova."""
    other = demo.image.create_image(
        name="other", data=b"another" * 100, disk_format="raw", container_format="bare", wait=True
    )
    root = {
        "boot_index": 0,
        "uuid": demo.image.find_image("cirros", ignore_missing=False).id,
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": 1,
        "delete_on_termination": True,
    }
    server = _boot(demo, block_device_mapping=[root], image_id="")
    (volume,) = volumes.volumes()
    body = {"rebuild": {"imageRef": other.id}}
    demo.compute.post(f"/servers/{server.id}/action", json=body, microversion="2.93")
    deadline = time.monotonic() + 60
    while demo.compute.get_server(server.id).task_state is not None:
        assert time.monotonic() < deadline, "it is still being rebuilt"
        time.sleep(0.2)
    assert demo.compute.get_server(server.id).status == "ACTIVE"
    found = volumes.get_volume(volume.id)
    assert (found.status, found.volume_image_metadata["image_id"]) == ("in-use", other.id)
    _delete(demo, server)
    volumes.wait_for_delete(volume, interval=0.1)
    demo.image.delete_image(other.id)


def _boot(demo: Connection, **options: object) -> Server:
    given: dict[str, object] = {
        "name": "with-volumes",
        "image_id": demo.image.find_image("cirros", ignore_missing=False).id,
        "flavor_id": demo.compute.find_flavor("m1.nano", ignore_missing=False).id,
        "networks": "none",
    }
    server = demo.compute.create_server(**{**given, **options})
    return demo.compute.wait_for_server(server, wait=60, interval=0.2)


def _delete(demo: Connection, server: Server) -> None:
    demo.compute.delete_server(server)
    demo.compute.wait_for_delete(server, wait=60, interval=0.2)


def test_each_worker_reports_that_it_lives(admin: Connection) -> None:
    """Those that do not are taken for dead after a minute, and no volume can be made any more."""
    first = {each.binary: each.updated_at for each in admin.block_storage.services()}
    assert set(first) == {"cinder-scheduler", "cinder-volume", "cinder-backup"}
    deadline = time.monotonic() + 60
    silent = set(first)
    while silent:
        assert time.monotonic() < deadline, f"nothing heard of {silent}"
        time.sleep(0.5)
        now = {each.binary: each.updated_at for each in admin.block_storage.services()}
        silent = {binary for binary in silent if now[binary] == first[binary]}
