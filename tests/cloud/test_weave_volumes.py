# SPDX-License-Identifier: Apache-2.0
"""Scenarios with images and volumes on real services: made, changed, attached and booted from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openstack.block_storage.v3._proxy import Proxy as BlockStorage
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_DATA = b"what a server boots from" * 1000

Weave = Callable[[str], list[str]]


@pytest.fixture
def weave(local_cloud: Access, tmp_path: Path) -> Iterator[Weave]:
    """Apply what a test says, see that a second plan is empty; destroy in the end.

    Returns what the plan said beforehand, such as ``["update volume.data"]``, in order of names.
    """
    file = tmp_path / "volumes.yaml"
    (tmp_path / "mine.img").write_bytes(_DATA)

    def apply(text: str) -> list[str]:
        file.write_text(f"scenario: volumes\n{text}")
        plan = json.loads(done(local_cloud, "plan", str(file), "-f", "json"))
        done(local_cloud, "apply", str(file), "--yes")
        again = stackloom(local_cloud, "plan", str(file), "--detailed-exitcode")
        assert again.returncode == 0, again.stdout + again.stderr
        steps = [each for each in plan["steps"] if each["action"] != "keep"]
        return sorted(f"{each['action']} {each['address']}" for each in steps)

    yield apply
    done(local_cloud, "destroy", "--scenario", "volumes", "--yes")
    assert stackloom(local_cloud, "draw", "--scenario", "volumes").returncode == 2


def _storage(connection: Connection) -> BlockStorage:
    proxy = connection.block_storage
    assert isinstance(proxy, BlockStorage)
    return proxy


def _attached(demo: Connection, name: str) -> list[str]:
    """Return the names of the volumes that a server has."""
    server = demo.compute.find_server(name, ignore_missing=False)
    ids = [each.volume_id for each in demo.compute.volume_attachments(server)]
    return sorted(_storage(demo).get_volume(id).name for id in ids)


def test_an_image_is_uploaded_once_and_changes_in_place(weave: Weave, demo: Connection) -> None:
    """Its data is what the file holds; sizes, tags and properties change, formats do not."""
    image = "disk_format: raw, file: mine.img, min_ram: 64"
    steps = weave(f"images: {{mine: {{{image}, tags: [b, a], properties: {{a: b, c: d}}}}}}")
    assert steps == ["create image.mine", "create image_data.mine"]
    made = demo.image.find_image("mine", ignore_missing=False)
    assert (made.status, made.size) == ("active", len(_DATA))
    assert demo.image.download_image(made.id, stream=False).content == _DATA

    image = image.replace("64", "32")
    steps = weave(f"images: {{mine: {{{image}, tags: [c], properties: {{a: x, e: f}}}}}}")
    assert steps == ["update image.mine"]
    changed = demo.image.get_image(made.id)
    assert (changed.min_ram, changed.tags) == (32, ["c"])
    told = {name: changed.properties.get(name) for name in ("a", "c", "e")}
    assert told == {"a": "x", "c": None, "e": "f"}

    steps = weave(f"images: {{mine: {{{image}, container_format: docker}}}}")
    assert steps == [
        "create image.mine",
        "create image_data.mine",
        "delete image.mine",
        "delete image_data.mine",
    ]


def test_an_upload_that_did_not_happen_is_made_up_for(weave: Weave, demo: Connection) -> None:
    """Killed between the image and its data, the next apply brings the data alone."""
    queued = demo.image.create_image(
        name="mine",
        disk_format="raw",
        container_format="bare",
        stackloom="stackloom://volumes/image.mine",
    )
    steps = weave("images: {mine: {disk_format: raw, file: mine.img}}")
    assert steps == ["update image_data.mine"]
    assert demo.image.get_image(queued.id).size == len(_DATA)


def test_a_volume_grows_and_changes_its_type_in_place(
    weave: Weave, demo: Connection, admin: Connection
) -> None:
    """One after the other, with the volume staying the same; to shrink makes another."""
    other = _storage(admin).create_type(name="other")
    try:
        volume = "size: 1, description: words, metadata: {a: b, c: d}"
        assert weave(f"volumes: {{data: {{{volume}}}}}") == ["create volume.data"]
        made = _storage(demo).find_volume("data", ignore_missing=False)
        volume = "size: 2, volume_type: other, description: others, metadata: {a: x}"
        assert weave(f"volumes: {{data: {{{volume}}}}}") == ["update volume.data"]
        changed = _storage(demo).get_volume(made.id)
        assert (changed.size, changed.volume_type, changed.description) == (2, "other", "others")
        assert changed.metadata == {"a": "x", "stackloom": "stackloom://volumes/volume.data"}
        volume = volume.replace("size: 2", "size: 1")
        steps = weave(f"volumes: {{data: {{{volume}}}}}")
        assert steps == ["create volume.data", "delete volume.data"]
        weave("")
    finally:
        _storage(admin).delete_type(other)


def test_volumes_are_attached_and_moved(weave: Weave, demo: Connection) -> None:
    """From one server to another, while both stay; a replaced server gets its volumes back."""
    servers = """\
volumes: {data: {size: 1}, logs: {size: 1}}
servers:
  a: {image: cirros, flavor: m1.nano, volumes: [data, logs]}
  b: {image: cirros, flavor: m1.nano}
"""
    weave(servers)
    assert (_attached(demo, "a"), _attached(demo, "b")) == (["data", "logs"], [])
    moved = servers.replace("[data, logs]", "[data]").replace("b: {", "b: {volumes: [logs], ")
    assert weave(moved) == ["create server_volume.b.logs", "delete server_volume.a.logs"]
    assert (_attached(demo, "a"), _attached(demo, "b")) == (["data"], ["logs"])

    data = _storage(demo).find_volume("data", ignore_missing=False)
    assert weave(moved.replace("volumes: [data]", "volumes: [data], config_drive: true")) == [
        "create server.a",
        "create server_volume.a.data",
        "delete server.a",
        "delete server_volume.a.data",
    ]
    assert _attached(demo, "a") == ["data"]
    assert _storage(demo).find_volume("data", ignore_missing=False).id == data.id


def test_servers_boot_from_volumes(weave: Weave, demo: Connection) -> None:
    """One that Nova makes and takes away, and one of the scenario, which outlives its server."""
    text = """\
images: {mine: {disk_format: raw, file: mine.img}}
volumes: {root: {size: 1, image: mine}}
servers:
  a: {boot_volume: {image: mine, size: 1}, flavor: m1.nano}
  b: {boot_volume: {volume: root}, flavor: m1.nano}
"""
    weave(text)
    root = _storage(demo).find_volume("root", ignore_missing=False)
    assert _attached(demo, "b") == ["root"]
    steps = weave(text.replace("{volume: root}", "{volume: root}, config_drive: true"))
    assert steps == ["create server.b", "delete server.b"]
    assert _storage(demo).get_volume(root.id).attachments[0]["server_id"] == (
        demo.compute.find_server("b", ignore_missing=False).id
    )
    # Nova's own goes with its server, so nothing is left.
    weave("images: {mine: {disk_format: raw, file: mine.img}}")
    assert [volume.name for volume in _storage(demo).volumes()] == []


def test_what_does_not_fit_is_told_before_anything_is_made(
    local_cloud: Access, tmp_path: Path, demo: Connection
) -> None:
    """An image larger than the flavor's disk, and one without data."""
    big = demo.image.create_image(
        name="big", disk_format="raw", container_format="bare", min_disk=5, data=b"x", wait=True
    )
    empty = demo.image.create_image(name="empty", disk_format="raw", container_format="bare")
    file = tmp_path / "wrong.yaml"
    file.write_text(
        """\
scenario: wrong
servers:
  a: {image: big, flavor: m1.tiny}
  b: {image: empty, flavor: m1.tiny}
"""
    )
    try:
        result = stackloom(local_cloud, "plan", str(file))
        assert result.returncode == 2
        assert result.stderr.replace(str(file), "FILE") == (
            'error: FILE:3:27: flavor "m1.tiny" has 1 GiB of disk, and the image needs 5 GiB\n'
            'FILE:4:14: image "empty" is not active: its status is queued '
            "(stackloom image list --status active)\n"
        )
    finally:
        demo.image.delete_image(big.id)
        demo.image.delete_image(empty.id)
