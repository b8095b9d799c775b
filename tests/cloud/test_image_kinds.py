# SPDX-License-Identifier: Apache-2.0
"""Images and their members: made, filled, read, changed and shared, beside openstacksdk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection
from openstack.image.v2._proxy import Proxy as Images
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.errors import NotFound
from stackloom.local.access import Access
from stackloom.resources.image.image import ImageChange, NewImage, with_properties
from stackloom.resources.image.image_member import ImageMemberChange, NewImageMember
from stackloom.testing.cloud import OpenStackCloud
from stackloom.transport.stream import Upload

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_PIECES = [bytes([number]) * 100_000 for number in range(20)]


def _statuses(connection: Connection, image_id: str) -> list[str]:
    """Return what the members of an image say to it."""
    proxy = connection.image
    assert isinstance(proxy, Images)
    return [each.status for each in proxy.members(image_id)]


def _shown(access: Access, *words: str, user: str = "demo") -> Any:
    return json.loads(done(access, *words, "-f", "json", user=user))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What is on an image."""
    made = tmp_path / "image.raw"
    made.write_bytes(b"".join(_PIECES))
    return made


@pytest.fixture
def image(local_cloud: Access, file: Path) -> Iterator[str]:
    """An image, by name."""
    words = "--disk-format raw --container-format bare --min-disk 1 --min-ram 64 --shared"
    more = ("--property", "os_distro=debian", "--tag", "t1")
    done(local_cloud, "image", "create", "ik", "--file", str(file), *words.split(), *more)
    yield "ik"
    done(local_cloud, "image", "delete", "ik")


class _Kept:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.content = b""

    def begin(self) -> None:
        self.content = b""

    def write(self, piece: bytes) -> None:
        self.content += piece


def test_the_library_makes_fills_reads_changes_and_deletes_an_image(
    openstack_cloud: OpenStackCloud,
) -> None:
    """Its bytes go out and come in piece by piece."""
    kind = load_kind("image.image")
    upload = Upload(pieces=lambda: iter(_PIECES), length=sum(map(len, _PIECES)))

    async def work(cloud: Cloud) -> None:
        new = NewImage(name="ik-lib", disk_format="raw", container_format="bare", tags=("t",))
        made = await verbs.create(cloud, kind, with_properties(new, {"a/b": "c"}))
        path = kind.member_path(made.id)
        try:
            assert (made.status, made.properties["a/b"]) == ("queued", "c")
            await cloud.request("image", "PUT", f"{path}/file", upload=upload)
            kept = _Kept()
            await cloud.request("image", "GET", f"{path}/file", sink=kept)
            assert kept.content == b"".join(_PIECES)
            found = await verbs.find(cloud, kind, "ik-lib")
            assert (found.status, found.size) == ("active", upload.length)
            change = ImageChange(name="ik-other", min_ram=5, tags=("x",))
            changed = await verbs.update(cloud, kind, made.id, change)
            assert (changed.name, changed.min_ram, changed.tags) == ("ik-other", 5, ("x",))
        finally:
            await verbs.delete(cloud, kind, made.id)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    openstack_cloud.run(work)


def test_an_image_is_shown_as_openstacksdk_sees_it(
    local_cloud: Access, demo: Connection, image: str
) -> None:
    """Alone and in the long list."""
    shown = _shown(local_cloud, "image", "show", image)
    theirs = demo.image.get_image(shown["id"])
    names = {
        "name": "name",
        "status": "status",
        "size": "size",
        "min_disk": "min_disk",
        "min_ram": "min_ram",
        "disk_format": "disk_format",
        "container_format": "container_format",
        "visibility": "visibility",
        "protected": "is_protected",
        "owner": "owner",
        "checksum": "checksum",
        "os_hash_algo": "hash_algo",
        "os_hash_value": "hash_value",
        "os_hidden": "is_hidden",
        "tags": "tags",
        "created_at": "created_at",
    }
    assert {name: shown[name] for name in names} == {
        name: getattr(theirs, attribute) for name, attribute in names.items()
    }
    assert shown["properties"]["os_distro"] == theirs.os_distro == "debian"
    (row,) = _shown(local_cloud, "image", "list", "--long", "--tag", "t1")
    assert row == {
        "ID": theirs.id,
        "Name": theirs.name,
        "Status": theirs.status,
        "Disk Format": theirs.disk_format,
        "Container Format": theirs.container_format,
        "Size": theirs.size,
        "Checksum": theirs.checksum,
        "Visibility": theirs.visibility,
        "Protected": theirs.is_protected,
        "Project": theirs.owner,
        "Hash Algorithm": theirs.hash_algo,
        "Hash Value": theirs.hash_value,
        "Tags": theirs.tags,
    }


def test_an_image_is_saved(local_cloud: Access, image: str, file: Path, tmp_path: Path) -> None:
    """Byte for byte; half a file never has its name."""
    saved = tmp_path / "saved"
    said = stackloom(local_cloud, "image", "save", image, "--file", str(saved))
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")  # no meter: no terminal
    assert saved.read_bytes() == file.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_an_image_is_set_and_unset(local_cloud: Access, image: str) -> None:
    """Fields, properties and tags, each by what takes it."""
    more = "--name ik-new --min-ram 65 --protected --property a=b --tag t2"
    done(local_cloud, "image", "set", image, *more.split())
    try:
        shown = _shown(local_cloud, "image", "show", "ik-new")
        assert (shown["min_ram"], shown["protected"]) == (65, True)
        assert (shown["properties"]["a"], sorted(shown["tags"])) == ("b", ["t1", "t2"])
        refused = stackloom(local_cloud, "image", "delete", "ik-new")
        assert (refused.returncode, "protected" in refused.stderr) == (1, True)
        less = "--property a --property nosuch --tag t1 --tag nosuch"
        done(local_cloud, "image", "unset", "ik-new", *less.split())
        shown = _shown(local_cloud, "image", "show", "ik-new")
        assert ("a" in shown["properties"], shown["tags"]) == (False, ["t2"])
    finally:
        done(local_cloud, "image", "set", "ik-new", "--name", image, "--unprotected")


def test_an_image_is_imported(local_cloud: Access, demo: Connection, file: Path) -> None:
    """In two steps, or all in one command."""
    made = _shown(local_cloud, "image", "create", "ik-staged")
    one = None
    try:
        done(local_cloud, "image", "stage", "ik-staged", "--file", str(file))
        done(local_cloud, "image", "import", "ik-staged", "--wait")
        one = _shown(local_cloud, "image", "create", "ik-one", "--file", str(file), "--import")
        for each in (made, one):
            theirs = demo.image.get_image(each["id"])
            assert (theirs.status, theirs.size) == ("active", file.stat().st_size)
    finally:
        for each in (made, one):
            if each:
                demo.image.delete_image(each["id"])


def test_a_file_that_is_not_there_makes_no_image(local_cloud: Access, demo: Connection) -> None:
    """It is looked at before anything is asked for."""
    refused = stackloom(local_cloud, "image", "create", "ik-none", "--file", "/no/such/file")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "error: cannot read /no/such/file: No such file or directory\n"
    assert demo.image.find_image("ik-none") is None


def test_an_image_is_shared(
    openstack_cloud: OpenStackCloud,
    local_cloud: Access,
    demo: Connection,
    admin: Connection,
    image: str,
) -> None:
    """The owner adds a project, which takes it; both see the same."""
    other = admin.current_project_id
    assert other
    image_id = _shown(local_cloud, "image", "show", image)["id"]
    kind = load_kind("image.image_member").under(image_id)

    async def offered(cloud: Cloud) -> None:
        made = await verbs.create(cloud, kind, NewImageMember(project_id=other))
        assert (made.id, made.status) == (other, "pending")
        assert (await verbs.find(cloud, kind, other)).id == other

    async def taken(cloud: Cloud) -> None:
        await verbs.update(cloud, kind, other, ImageMemberChange(status="accepted"))

    async def taken_back(cloud: Cloud) -> None:
        await verbs.delete(cloud, kind, other)
        assert [state async for state in verbs.list_states(cloud, kind)] == []

    openstack_cloud.run(offered)
    listed = _shown(local_cloud, "image", "member", "list", image)
    assert listed == [{"Image ID": image_id, "Member ID": other, "Status": "pending"}]
    openstack_cloud.admin.run(taken)
    assert _statuses(demo, image_id) == ["accepted"]
    assert _shown(local_cloud, "image", "member", "get", image, other)["status"] == "accepted"
    done(local_cloud, "image", "set", image_id, "--reject", user="admin")
    assert _statuses(demo, image_id) == ["rejected"]
    openstack_cloud.run(taken_back)
    done(local_cloud, "image", "add", "project", image, other)
    assert _statuses(demo, image_id) == ["pending"]
    done(local_cloud, "image", "remove", "project", image, other)
    assert _statuses(demo, image_id) == []
