# SPDX-License-Identifier: Apache-2.0
"""What ``server create`` asks Nova for."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.cli.conftest import CommandLine
from tests.fakes.transport import FakeTransport, answer, body_of

from stackloom.transport.client import Answer, Request

_IMAGE = {"boot_index": 0, "source_type": "image", "uuid": "image web"}
_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_CINDER = {"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}
# {path: (key of the list, what ids begin with)}
_LISTS = {
    "/v2/images": ("images", "image"),
    "/v2.0/networks": ("networks", "network"),
    "/v2.0/ports": ("ports", "port"),
    "/v3/volumes/detail": ("volumes", "volume"),
    "/v3/snapshots/detail": ("snapshots", "snapshot"),
}


def _named(key: str, kind: str) -> Callable[[Request], Answer]:
    """Return a list that has whatever name is asked for; ids are made of kind and name."""

    def reply(request: Request) -> Answer:
        (name,) = parse_qs(urlsplit(request.url).query)["name"]
        one = {"id": f"{kind} {name}", "name": name, "network_id": "n"}
        return answer(200, {key: [one]})

    return reply


@pytest.fixture
def services(rules: FakeTransport, monkeypatch: pytest.MonkeyPatch) -> FakeTransport:
    """Return services that have whatever a server is made of, and take any server."""
    monkeypatch.setenv("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE", os.environ["OS_AUTH_URL"])
    rules.on("GET", "/v2.1/", answer(200, _NOVA))
    rules.on("GET", "/v3/", answer(200, _CINDER))
    for path, (key, kind) in _LISTS.items():
        rules.on("GET", path, _named(key, kind))
    flavors = {"flavors": [{"id": "flavor small", "name": "small"}]}
    groups = {"server_groups": [{"id": "group apart", "name": "apart"}]}
    rules.on("GET", "/v2.1/flavors/detail", answer(200, flavors))
    rules.on("GET", "/v2.1/os-server-groups", answer(200, groups))
    rules.on("POST", "/v2.1/servers", answer(202, {"server": {"id": "s-1"}}))
    rules.on("GET", "/v2.1/servers/s-1", answer(200, {"server": {"id": "s-1", "name": "web"}}))
    return rules


Body = Callable[..., dict[str, Any]]


@pytest.fixture
def body(stackloom: CommandLine, services: FakeTransport) -> Body:
    """Return what creates a server and gives back the fields that Nova was sent, but two."""

    def create(*words: str) -> dict[str, Any]:
        said = stackloom("server", "create", "web", "--flavor", "small", *words)
        assert said.code == 0, said.stderr
        (request,) = services.sent("POST", "/v2.1/servers")
        services.requests.clear()
        sent: Any = body_of(request)
        # Hints stand beside the server.
        fields = {**sent.pop("server"), **sent}
        assert (fields.pop("name"), fields.pop("flavorRef")) == ("web", "flavor small")
        return fields

    return create


def test_a_server_of_an_image(body: Body) -> None:
    """The least that can be said; Nova chooses the network."""
    assert body("--image", "web") == {"imageRef": "image web", "networks": "auto"}


def test_places_keep_their_order(body: Body) -> None:
    """Whatever option names them: it is the order of the cards."""
    words = "--image web --port b --network a --nic net-id=c,v4-fixed-ip=10.0.0.7,tag=t"
    assert body(*words.split())["networks"] == [
        {"port": "port b"},
        {"uuid": "network a"},
        {"uuid": "network c", "fixed_ip": "10.0.0.7", "tag": "t"},
    ]


@pytest.mark.parametrize(
    ("words", "networks"),
    [("--no-network", "none"), ("--auto-network", "auto"), ("--nic none", "none")],
)
def test_no_place_can_be_asked_for(body: Body, words: str, networks: str) -> None:
    """Or what Nova makes by itself."""
    assert body("--image", "web", *words.split())["networks"] == networks


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--image web --network a --nic auto", "auto goes without any other network"),
        ("--nic net-id=a,port-id=b", '--nic "net-id=a,port-id=b" should have either net-id'),
        ("--nic v4-fixed-ip=10.0.0.7", '--nic "v4-fixed-ip=10.0.0.7" should have either net-id'),
        ("--nic net-id=a,colour=red", "--nic has no colour"),
        ("--nic net-id=a,v4-fixed-ip=10.0.0.7,v6-fixed-ip=::7", "one address a place"),
        ("--boot-from-volume 3 --volume v", "--boot-from-volume makes the volume of an image"),
        ("", "there is nothing to boot from"),
        ("--block-device colour=red", "--block-device has no colour"),
        ("--block-device boot_index=first", "boot_index should be a number"),
        ("--block-device-mapping vda=", '"vda=" should be DEVICE=ID:TYPE:GIB:DELETE'),
        ("--block-device-mapping vda=v:tape", '"vda=v:tape" should be DEVICE=ID:TYPE:GIB'),
        ("--block-device-mapping vda=v:volume:x", '"x" should be a number of GiB'),
        ("--image web --ephemeral size=x", '--ephemeral "size=x" should be size=GIB'),
        ("--image web --user-data /no/such/file", "cannot read /no/such/file"),
    ],
)
def test_what_makes_no_sense_is_told(
    stackloom: CommandLine, services: FakeTransport, words: str, told: str
) -> None:
    """Before a server is asked for."""
    said = stackloom("server", "create", "web", "--flavor", "small", *words.split())
    assert (said.code, said.stdout) == (2, "")
    assert told in said.stderr
    assert services.sent("POST", "/v2.1/servers") == []


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("--image web --boot-from-volume 3", {**_IMAGE, "volume_size": 3}),
        (
            "--volume v",
            {"boot_index": 0, "source_type": "volume", "uuid": "volume v"},
        ),
        (
            "--snapshot s",
            {
                "boot_index": 0,
                "source_type": "snapshot",
                "uuid": "snapshot s",
            },
        ),
    ],
)
def test_it_boots_from_a_volume(body: Body, words: str, first: dict[str, Any]) -> None:
    """The volume stays when the server goes, unless that was asked for; there is no image."""
    for more, goes in (((), False), (("--delete-on-termination",), True)):
        fields = body(*words.split(), *more)
        assert fields == {
            "block_device_mapping_v2": [
                {**first, "destination_type": "volume", "delete_on_termination": goes}
            ],
            "networks": "auto",
        }


def test_further_disks_come_after_the_first(body: Body) -> None:
    """Nova wants to be told of the image's disk as well then."""
    words = (
        "--image web --swap 64 --ephemeral size=2,format=ext4"
        " --block-device uuid=d,source_type=volume,boot_index=1,delete_on_termination=true"
        " --block-device volume_size=5"
    )
    blank = {
        "boot_index": -1,
        "source_type": "blank",
        "destination_type": "local",
        "delete_on_termination": True,
    }
    fields = body(*words.split())
    assert fields["imageRef"] == "image web"
    assert fields["block_device_mapping_v2"] == [
        {**_IMAGE, "destination_type": "local", "delete_on_termination": True},
        {
            "uuid": "d",
            "source_type": "volume",
            "boot_index": 1,
            "delete_on_termination": True,
            "destination_type": "volume",
        },
        {"volume_size": 5, "destination_type": "volume", "source_type": "blank"},
        {**blank, "volume_size": 64, "guest_format": "swap"},
        {**blank, "volume_size": 2, "guest_format": "ext4"},
    ]


@pytest.mark.parametrize(
    ("mapping", "device"),
    [
        ("vda=v", {"device_name": "vda", "boot_index": 0, "source_type": "volume"}),
        (
            "/dev/vdb=s:snapshot:7:true",
            {
                "device_name": "/dev/vdb",
                "boot_index": -1,
                "source_type": "snapshot",
                "volume_size": 7,
                "delete_on_termination": True,
            },
        ),
        ("vdc=i:image:3", {"boot_index": -1, "source_type": "image", "volume_size": 3}),
    ],
)
def test_disks_may_be_given_in_the_older_way(
    body: Body, mapping: str, device: dict[str, Any]
) -> None:
    """The name of the device says whether it boots from it."""
    name, _, rest = mapping.partition("=")
    more = () if name == "vda" else ("--block-device", "uuid=b,source_type=volume,boot_index=0")
    disk = body("--block-device-mapping", mapping, *more)["block_device_mapping_v2"][-1]
    assert disk == {
        "device_name": name,
        "uuid": rest.partition(":")[0],
        "destination_type": "volume",
        "delete_on_termination": False,
        **device,
    }


def test_everything_else_goes_by_novas_names(body: Body, tmp_path: Path) -> None:
    """Each option that is given, and none that is not."""
    data = tmp_path / "data"
    data.write_text("#cloud-config\n", encoding="utf-8")
    words = (
        "--image web --key-name mine --use-config-drive --security-group a --security-group b"
        " --availability-zone east --property k=v --tag t1 --tag t2 --description words"
        " --hostname host --password secret --min 2 --max 3 --host h --hypervisor-hostname hh"
        " --trusted-image-cert c --server-group apart --hint same_host=x --hint same_host=y"
        " --hint query=q"
    )
    fields = body(*words.split(), "--user-data", str(data))
    assert fields == {
        "imageRef": "image web",
        "networks": "auto",
        "key_name": "mine",
        "user_data": base64.b64encode(b"#cloud-config\n").decode(),
        "config_drive": True,
        "security_groups": [{"name": "a"}, {"name": "b"}],
        "availability_zone": "east",
        "metadata": {"k": "v"},
        "tags": ["t1", "t2"],
        "description": "words",
        "hostname": "host",
        "adminPass": "secret",
        "min_count": 2,
        "max_count": 3,
        "host": "h",
        "hypervisor_hostname": "hh",
        "trusted_image_certificates": ["c"],
        "os:scheduler_hints": {
            "same_host": ["x", "y"],
            "query": "q",
            "group": "group apart",
        },
    }


def test_no_security_group_is_something_said(body: Body) -> None:
    """An empty list, not silence, which would mean the default one; at least N means N."""
    fields = body("--image", "web", "--no-security-group", "--no-config-drive", "--min", "2")
    assert (fields["security_groups"], fields["config_drive"]) == ([], False)
    assert (fields["min_count"], fields["max_count"]) == (2, 2)
