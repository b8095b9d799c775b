# SPDX-License-Identifier: Apache-2.0
"""What a server boots from and on: sent, compared, checked against image and flavor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Difference, Fault, Names, Place, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge, Box
from stackloom.resources.compute._server_boot import check, consumes
from stackloom.resources.compute._server_nics import Nic
from stackloom.resources.compute._server_picture import capture, sketch_spec
from stackloom.resources.compute._server_spec import (
    BootVolumeSpec,
    ServerSpec,
    faults,
    references,
)
from stackloom.resources.compute.flavor import FlavorState
from stackloom.resources.compute.server import KIND, ServerState
from stackloom.resources.image.image import ImageState

_WEB = Address("server", "web")
_MARK = Mark("s", _WEB)
_FROM_IMAGE = ServerSpec(image="cirros", flavor="m1.tiny")
_MADE = ServerSpec(
    boot_volume=BootVolumeSpec(image="cirros", size=2, volume_type="fast"), flavor="m1.tiny"
)
_OURS = ServerSpec(boot_volume=BootVolumeSpec(volume="root"), flavor="m1.tiny")
_FULL = ServerSpec(
    image="cirros",
    flavor="m1.tiny",
    key_name="mine",
    user_data="#!/bin/sh\n",
    config_drive=True,
    server_group="apart",
    security_groups=("web",),
    tags=("b", "a", "b"),
    availability_zone="nova:host-1",
    description="words",
    hostname="web-1",
)
_HASH = "a8076d3d28d21e02"  # sha256sum of those ten bytes


def _sent(spec: ServerSpec, ids: FakeIds) -> Mapping[str, Any]:
    body = KIND.create_call(_WEB, spec, _MARK, ids).body
    assert isinstance(body, Mapping)
    return body


def _compare(spec: ServerSpec, state: ServerState, ids: FakeIds) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_WEB, spec, state, _MARK, ids))


def _state(**fields: Any) -> ServerState:
    """Read a server as Nova answers it, on no network."""
    answer = {
        "id": "v-1",
        "name": "web",
        "status": "ACTIVE",
        "flavor": {"original_name": "m1.tiny", "disk": 1},
        "image": {"id": "image-cirros-id"},
        "metadata": {"stackloom": str(_MARK)},
        **fields,
    }
    return msgspec.convert(answer, ServerState)


# --- what is sent ---------------------------------------------------------------------------------


def test_all_that_is_said_is_sent(ids: FakeIds) -> None:
    """User data in base64, and of it a hash in the metadata; the group as a hint beside."""
    assert _sent(_FULL, ids) == {
        "server": {
            "name": "web",
            "flavorRef": "flavor-m1.tiny-id",
            "networks": "none",
            "metadata": {"stackloom": str(_MARK), "stackloom_user_data": _HASH},
            "imageRef": "image-cirros-id",
            "user_data": "IyEvYmluL3NoCg==",
            "security_groups": [{"name": "security_group-web-id"}],
            "key_name": "mine",
            "config_drive": True,
            "availability_zone": "nova:host-1",
            "description": "words",
            "hostname": "web-1",
            "tags": ["a", "b"],
        },
        "os:scheduler_hints": {"group": "server_group-apart-id"},
    }


@pytest.mark.parametrize(
    ("spec", "disk", "noted"),
    [
        (
            _MADE,
            {
                "boot_index": 0,
                "destination_type": "volume",
                "source_type": "image",
                "uuid": "image-cirros-id",
                "volume_size": 2,
                "delete_on_termination": True,
                "volume_type": "fast",
            },
            "image-cirros-id, 2 GiB, fast",
        ),
        (
            _OURS,
            {
                "boot_index": 0,
                "destination_type": "volume",
                "source_type": "volume",
                "uuid": "volume-root-id",
                "delete_on_termination": False,
            },
            "volume-root-id",
        ),
    ],
)
def test_a_boot_volume_stands_in_place_of_an_image(
    spec: ServerSpec, disk: Mapping[str, object], noted: str, ids: FakeIds
) -> None:
    """What it was made of is noted, for Nova tells nothing of it afterwards."""
    server = _sent(spec, ids)["server"]
    assert server["block_device_mapping_v2"] == [disk]
    assert "imageRef" not in server
    metadata = {"stackloom": str(_MARK), "stackloom_boot_volume": noted}
    assert server["metadata"] == metadata
    state = _state(image="", metadata=metadata)
    assert _compare(spec, state, ids) == []
    other = _state(image="", metadata={**metadata, "stackloom_boot_volume": "another"})
    assert _compare(spec, other, ids) == [
        Difference(field="boot_volume", have="another", want=noted, in_place=False)
    ]


# --- comparing ------------------------------------------------------------------------------------

_AS_ASKED = {
    "key_name": "mine",
    "config_drive": "True",
    "server_groups": ["server_group-apart-id"],
    "metadata": {"stackloom": str(_MARK), "stackloom_user_data": _HASH},
    "tags": ["a", "b"],
    "OS-EXT-AZ:availability_zone": "nova",
    "description": "words",
    "OS-EXT-SRV-ATTR:hostname": "web-1",
}


@pytest.mark.parametrize(
    ("changes", "field", "in_place"),
    [
        ({"key_name": "other"}, "key_name", False),
        ({"config_drive": ""}, "config_drive", False),
        ({"server_groups": []}, "server_group", False),
        ({"metadata": {"stackloom": str(_MARK)}}, "user_data", False),
        ({"OS-EXT-AZ:availability_zone": "far"}, "availability_zone", False),
        ({"tags": []}, "tags", True),
        ({"description": None}, "description", True),
        ({"OS-EXT-SRV-ATTR:hostname": "old"}, "hostname", True),
    ],
)
def test_what_cannot_be_changed_makes_a_new_server(
    changes: Mapping[str, Any], field: str, in_place: bool, ids: FakeIds
) -> None:
    """All else changes in place."""
    assert _compare(_FULL, _state(**_AS_ASKED), ids) == []
    (difference,) = _compare(_FULL, _state(**{**_AS_ASKED, **changes}), ids)
    assert (difference.field, difference.in_place) == (field, in_place)


def test_what_an_older_nova_does_not_tell_is_no_difference(ids: FakeIds) -> None:
    """Groups from microversion 2.71 on, hostnames from 2.90 on; the zone once there is a host."""
    told = {name: value for name, value in _AS_ASKED.items() if name != "server_groups"}
    del told["OS-EXT-SRV-ATTR:hostname"], told["OS-EXT-AZ:availability_zone"]
    assert _compare(_FULL, _state(**told), ids) == []


@pytest.mark.parametrize(
    ("disk", "changes", "in_place"),
    [
        (1, {}, True),
        (0, {}, False),
        (0, {"image": "", "metadata": {"stackloom": str(_MARK)}}, True),
        (2, {"status": "SHUTOFF"}, True),
        (2, {"status": "PAUSED"}, False),
    ],
)
def test_a_flavor_is_changed_in_place_where_nova_can(
    disk: int, changes: Mapping[str, Any], in_place: bool, ids: FakeIds
) -> None:
    """A disk never shrinks, unless it is a volume of its own; what sleeps is not resized."""
    ids.states["flavor", "big"] = FlavorState(id="f-2", name="big", disk=disk)
    spec = _MADE if "image" in changes else _FROM_IMAGE
    spec = msgspec.structs.replace(spec, flavor="big")
    assert _compare(spec, _state(**changes), ids) == [
        Difference(
            field="flavor", have="m1.tiny", want="big", in_place=in_place, want_id="flavor-big-id"
        )
    ]


def test_a_boot_volume_may_be_of_any_type(ids: FakeIds) -> None:
    """Then Cinder chooses it, and nothing is noted of it."""
    spec = ServerSpec(boot_volume=BootVolumeSpec(image="cirros", size=2), flavor="m1.tiny")
    server = _sent(spec, ids)["server"]
    assert "volume_type" not in server["block_device_mapping_v2"][0]
    assert server["metadata"]["stackloom_boot_volume"] == "image-cirros-id, 2 GiB"


def test_tags_go_out_as_a_whole_and_a_mark_by_itself() -> None:
    """Each at its own address; what else there is of metadata stays at an adoption."""
    tags = Difference(field="tags", have=["a"], want=["b"])
    same = Difference(field="metadata", have={}, want={"stackloom": str(_MARK)})
    (put,) = KIND.update_calls(_state(), [tags, same])
    assert put == Call(method="PUT", path="/v2.1/servers/v-1/tags", body={"tags": ["b"]})
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    assert KIND.declaration.adopt(_state(), _MARK) == Call(
        method="POST",
        path="/v2.1/servers/v-1/metadata",
        body={"metadata": {"stackloom": "stackloom://s/server.web"}},
    )


def test_a_resize_is_asked_for_and_confirmed(ids: FakeIds) -> None:
    """In two rounds: what waits to be confirmed differs in its status."""
    flavor = Difference(field="flavor", have="m1.tiny", want="big", want_id="f-2")
    (resize,) = KIND.update_calls(_state(), [flavor])
    assert (resize.method, resize.path) == ("POST", "/v2.1/servers/v-1/action")
    assert resize.body == {"resize": {"flavorRef": "f-2"}}
    (status,) = _compare(_FROM_IMAGE, _state(status="VERIFY_RESIZE"), ids)
    assert status == Difference(field="status", have="VERIFY_RESIZE", want="ACTIVE")
    (confirm,) = KIND.update_calls(_state(), [status, flavor])
    assert confirm.body == {"confirmResize": None}
    assert KIND.declaration is not None
    assert {"flavor", "status", "networks", "ports"} == set(KIND.declaration.takes_time)


# --- what cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "place", "message"),
    [
        (
            ServerSpec(flavor="m1.tiny"),
            (),
            "a server boots from something: image or boot_volume is missing",
        ),
        (
            msgspec.structs.replace(_MADE, image="cirros"),
            ("image",),
            "a server boots from an image or from a volume, not from both",
        ),
        (
            ServerSpec(flavor="m1.tiny", boot_volume=BootVolumeSpec(image="cirros")),
            ("boot_volume",),
            "a boot volume is made of an image and has a size, or is one of the scenario",
        ),
        (
            ServerSpec(flavor="m1.tiny", boot_volume=BootVolumeSpec(volume="root", size=2)),
            ("boot_volume", "volume"),
            "a volume of the scenario is as it is: nothing can be said beside it",
        ),
        (
            msgspec.structs.replace(_OURS, volumes=("data", "root")),
            ("volumes", 1),
            '"root" is what it boots from already',
        ),
        (
            msgspec.structs.replace(_FROM_IMAGE, metadata={"stackloom_user_data": "x"}),
            ("metadata", "stackloom_user_data"),
            'the metadata key "stackloom_user_data" is where stackloom keeps its mark',
        ),
        (
            msgspec.structs.replace(_FROM_IMAGE, user_data="x" * 49152),
            ("user_data",),
            "user data may have 65535 bytes in base64; this has 65536",
        ),
        (
            msgspec.structs.replace(_FROM_IMAGE, security_groups=()),
            ("security_groups",),
            "Nova gives a port without groups the group default all the same",
        ),
        (
            msgspec.structs.replace(_FROM_IMAGE, tags=("fine", "a/b")),
            ("tags", 1),
            '"a/b" cannot be a tag',
        ),
        (
            msgspec.structs.replace(_FROM_IMAGE, tags=tuple(map(str, range(51)))),
            ("tags",),
            "a server has at most 50 tags",
        ),
    ],
)
def test_what_cannot_be_is_refused(spec: ServerSpec, place: Place, message: str) -> None:
    """Before Nova does, and with where it stands."""
    assert [(fault.place, fault.message) for fault in faults(spec)] == [(place, message)]


def _image(**fields: Any) -> ImageState:
    return ImageState(id="i-1", name="cirros", **{"status": "active", **fields})


@pytest.mark.parametrize(
    ("spec", "image", "flavor", "told"),
    [
        (_FROM_IMAGE, _image(min_disk=1, min_ram=64), {}, None),
        (_FROM_IMAGE, None, {}, None),
        (
            _FROM_IMAGE,
            _image(status="deactivated"),
            {},
            (("image",), 'image "cirros" is not active: its status is deactivated'),
        ),
        (
            _FROM_IMAGE,
            _image(status="queued", properties={"stackloom": "stackloom://s/image.cirros"}),
            {},
            None,
        ),
        (
            _FROM_IMAGE,
            _image(min_ram=1024),
            {},
            (("flavor",), 'flavor "m1.tiny" has 512 MiB, and the image needs 1024 MiB'),
        ),
        (
            _FROM_IMAGE,
            _image(size=2**30 + 1),
            {},
            (("flavor",), 'flavor "m1.tiny" has 1 GiB of disk, and the image needs 2 GiB'),
        ),
        (
            _FROM_IMAGE,
            _image(),
            {"disk": 0},
            (
                ("flavor",),
                'flavor "m1.tiny" has no disk, and the server boots from an image',
            ),
        ),
        (_MADE, _image(min_disk=2), {"disk": 0}, None),
        (
            _MADE,
            _image(min_disk=3),
            {},
            (
                ("boot_volume", "size"),
                "2 GiB are too small for the image, which needs 3 GiB",
            ),
        ),
        (_OURS, None, {"disk": 0}, None),
    ],
)
def test_image_and_flavor_have_to_fit(
    spec: ServerSpec,
    image: ImageState | None,
    flavor: Mapping[str, Any],
    told: tuple[Place, str] | None,
    ids: FakeIds,
) -> None:
    """An image of the scenario is still to get its data."""
    ids.states["image", "cirros"] = image
    sizes = {"disk": 1, "ram": 512, "vcpus": 1, **flavor}
    ids.states["flavor", "m1.tiny"] = FlavorState(id="f-1", name="m1.tiny", **sizes)
    found = [(fault.place, fault.message) for fault in check(spec, ids)]
    assert found == ([told] if told else [])


def test_without_a_flavor_only_the_image_is_checked(ids: FakeIds) -> None:
    """What is not there is told elsewhere."""
    ids.states["image", "cirros"] = _image(status="killed")
    assert list(check(_FROM_IMAGE, ids)) == [
        Fault(
            place=("image",),
            message='image "cirros" is not active: its status is killed',
            hint="stackloom image list --status active",
        )
    ]


def test_it_takes_from_quotas_what_its_flavor_says(ids: FakeIds) -> None:
    """And a port for each network, and the volume that Nova makes."""
    assert consumes(_FROM_IMAGE, ids) == {"compute.instances": 1}
    ids.states["flavor", "m1.tiny"] = FlavorState(id="f-1", name="m1.tiny", vcpus=2, ram=512)
    spec = msgspec.structs.replace(_MADE, networks=("blue", "green"))
    assert consumes(spec, ids) == {
        "compute.instances": 1,
        "compute.cores": 2,
        "compute.ram": 512,
        "network.port": 2,
        "volume.volumes": 1,
        "volume.gigabytes": 2,
    }


# --- what it names, what it looks like ------------------------------------------------------------


def test_it_names_what_it_boots_from() -> None:
    """Images with their data, of the scenario or the cloud; a volume is the scenario's."""
    flavor = Reference(kind="flavor", name="m1.tiny", place=("flavor",), declared=False)
    image = Reference(
        kind="image", name="cirros", place=("boot_volume", "image"), declared=False, whole=True
    )
    type = Reference(
        kind="volume_type", name="fast", place=("boot_volume", "volume_type"), declared=False
    )
    assert list(references(_MADE)) == [image, type, flavor]
    root = Reference(kind="volume", name="root", place=("boot_volume", "volume"))
    assert list(references(_OURS)) == [root, flavor]


def test_it_names_groups_and_keys() -> None:
    """Security groups may be replaced under it, the rest not; ``default`` is the project's."""
    spec = msgspec.structs.replace(_FULL, security_groups=("web", "default"))
    assert list(references(spec))[2:] == [
        Reference(kind="security_group", name="web", place=("security_groups", 0), rebinds=True),
        Reference(
            kind="security_group",
            name="default",
            place=("security_groups", 1),
            declared=False,
            rebinds=True,
        ),
        Reference(kind="keypair", name="mine", place=("key_name",), declared=False),
        Reference(kind="server_group", name="apart", place=("server_group",), declared=False),
    ]


def test_it_is_drawn_with_what_belongs_to_it() -> None:
    """Its boot volume, group and key are badges."""
    box = Box(key="server.web", sort="server", label="web", note="m1.tiny")
    made = Badge(
        on="server.web", key="server.web/root", sort="volume", label="root", note="2 GiB, boot"
    )
    assert list(sketch_spec(_WEB, _MADE, {})) == [box, made]
    ours = Badge(on="server.web", key="volume.root", sort="volume", label="root", note="boot")
    assert list(sketch_spec(_WEB, _OURS, {})) == [box, ours]
    full = msgspec.structs.replace(_FULL, security_groups=UNSET)
    assert list(sketch_spec(_WEB, full, {}))[1:] == [
        Badge(on="server.web", key="server_group.apart", sort="server_group", label="apart"),
        Badge(on="server.web", key="keypair.mine", sort="keypair", label="mine"),
    ]


def test_it_is_captured_as_it_would_be_written(names: Names) -> None:
    """Ports of the file by name, Nova's by their networks; of user data nothing is told."""
    volumes = [{"id": "volume-data-id"}, {"id": "others"}]
    state = _state(**_AS_ASKED, **{"os-extended-volumes:volumes_attached": volumes})
    nics = (
        Nic(
            port_id="p-1",
            network_id="network-blue-id",
            security_group_ids=("security_group-web-id", "g-2"),
        ),
        Nic(port_id="port-a-id", network_id="n-2", security_group_ids=("g-3",)),
        Nic(port_id="p-3", network_id="of-others"),
    )
    assert capture(msgspec.structs.replace(state, nics=nics), names) == {
        "flavor": "m1.tiny",
        "image": "cirros",
        "networks": ["blue", "of-others"],
        "ports": ["a"],
        "security_groups": ["g-2", "web"],
        "volumes": ["data"],
        "key_name": "mine",
        "config_drive": True,
        "server_group": "apart",
        "tags": ["a", "b"],
        "description": "words",
    }
    booted = _state(image="", **{"os-extended-volumes:volumes_attached": volumes})
    assert capture(booted, names) == {"flavor": "m1.tiny", "boot_volume": {"volume": "data"}}
    assert capture(_state(image=""), names) == {"flavor": "m1.tiny"}


def test_what_is_asked_of_it_beside_its_fields() -> None:
    """Its first IPv4 address, else any; and all of them."""
    assert KIND.declaration is not None
    attributes = KIND.declaration.attributes
    nics = (
        Nic(port_id="p-1", network_id="n-1", ip_addresses=("fd00::5", "10.1.0.5")),
        Nic(port_id="p-2", network_id="n-2", ip_addresses=("10.2.0.5",)),
    )
    state = msgspec.structs.replace(_state(), nics=nics)
    assert attributes["address"](state) == "10.1.0.5"
    assert attributes["addresses"](state) == ["fd00::5", "10.1.0.5", "10.2.0.5"]
    only = msgspec.structs.replace(
        _state(), nics=(msgspec.structs.replace(nics[0], ip_addresses=("fd00::5",)),)
    )
    assert attributes["address"](only) == "fd00::5"
    assert attributes["address"](_state()) == ""
