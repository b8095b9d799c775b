# SPDX-License-Identifier: Apache-2.0
"""What ``server create`` asks Nova for."""

from __future__ import annotations

import base64
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from stackloom.cli.fields import Lookup
from stackloom.cli.server_create import _arguments, _found, _lookups, _said
from stackloom.errors import UsageError

_IMAGE = {"boot_index": 0, "source_type": "image", "uuid": "image.image web"}


def _body(*words: str) -> dict[str, Any]:
    """Return the fields of the server, ids made of kinds and names."""
    parser = ArgumentParser()
    _arguments(parser)
    options = parser.parse_args(["web", "--flavor", "small", *words])
    said = _said(options)
    ids: Lookup = {(kind, name): f"{kind} {name}" for kind, name in _lookups(options)}
    body = {**said, **_found(options, ids)}
    assert (body.pop("name"), body.pop("flavorRef")) == ("web", "compute.flavor small")
    return body


def test_a_server_of_an_image() -> None:
    """The least that can be said; Nova chooses the network."""
    assert _body("--image", "web") == {"imageRef": "image.image web", "networks": "auto"}


def test_places_keep_their_order() -> None:
    """Whatever option names them: it is the order of the cards."""
    words = "--image web --port b --network a --nic net-id=c,v4-fixed-ip=10.0.0.7,tag=t"
    assert _body(*words.split())["networks"] == [
        {"port": "network.port b"},
        {"uuid": "network.network a"},
        {"uuid": "network.network c", "fixed_ip": "10.0.0.7", "tag": "t"},
    ]


@pytest.mark.parametrize(
    ("words", "networks"),
    [("--no-network", "none"), ("--auto-network", "auto"), ("--nic none", "none")],
)
def test_no_place_can_be_asked_for(words: str, networks: str) -> None:
    """Or what Nova makes by itself."""
    assert _body("--image", "web", *words.split())["networks"] == networks


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
        ("--image web --ephemeral size=x", '--ephemeral "size=x" should be size=GIB'),
        ("--image web --user-data /no/such/file", "cannot read /no/such/file"),
    ],
)
def test_what_makes_no_sense_is_told(words: str, told: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError) as raised:
        _body(*words.split())
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("--image web --boot-from-volume 3", {**_IMAGE, "volume_size": 3}),
        (
            "--volume v",
            {"boot_index": 0, "source_type": "volume", "uuid": "block_storage.volume v"},
        ),
        (
            "--snapshot s",
            {
                "boot_index": 0,
                "source_type": "snapshot",
                "uuid": "block_storage.volume_snapshot s",
            },
        ),
    ],
)
def test_it_boots_from_a_volume(words: str, first: dict[str, Any]) -> None:
    """The volume stays when the server goes, unless that was asked for; there is no image."""
    for more, goes in (((), False), (("--delete-on-termination",), True)):
        body = _body(*words.split(), *more)
        assert body == {
            "block_device_mapping_v2": [
                {**first, "destination_type": "volume", "delete_on_termination": goes}
            ],
            "networks": "auto",
        }


def test_further_disks_come_after_the_first() -> None:
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
    body = _body(*words.split())
    assert body["imageRef"] == "image.image web"
    assert body["block_device_mapping_v2"] == [
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


def test_everything_else_goes_by_novas_names(tmp_path: Path) -> None:
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
    body = _body(*words.split(), "--user-data", str(data))
    assert body == {
        "imageRef": "image.image web",
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
            "group": "compute.server_group apart",
        },
    }


def test_no_security_group_is_something_said() -> None:
    """An empty list, not silence, which would mean the default one; at least N means N."""
    body = _body("--image", "web", "--no-security-group", "--no-config-drive", "--min", "2")
    assert (body["security_groups"], body["config_drive"]) == ([], False)
    assert (body["min_count"], body["max_count"]) == (2, 2)
