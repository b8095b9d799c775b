# SPDX-License-Identifier: Apache-2.0
"""What is made in more than one request, and what is asked of more than one service."""

from __future__ import annotations

import os

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer, body_of

_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_CINDER = {"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}
_FLAVOR = {"id": "f-1", "name": "small", "ram": 64, "vcpus": 1}
_VOLUME = {"id": "v-1", "name": "data", "status": "available", "size": 1, "bootable": "true"}


@pytest.fixture
def services(rules: FakeTransport, monkeypatch: pytest.MonkeyPatch) -> FakeTransport:
    """Return services that make a flavor and a volume, and tell their zones."""
    monkeypatch.setenv("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE", os.environ["OS_AUTH_URL"])
    nova = {"availabilityZoneInfo": [{"zoneName": "east", "zoneState": {"available": True}}]}
    cinder = {"availabilityZoneInfo": [{"zoneName": "east", "zoneState": {"available": False}}]}
    neutron = {"availability_zones": [{"name": "west", "state": "available", "resource": "router"}]}
    for path, document in {
        "/v2.1/": _NOVA,
        "/v3/": _CINDER,
        "/v3/projects": {"projects": [{"id": "p-1", "name": "web"}]},
        "/v2.1/flavors/f-1": {"flavor": {**_FLAVOR, "extra_specs": {"a": "b"}}},
        "/v3/volumes/v-1": {"volume": _VOLUME},
        "/v3/volumes/detail": {"volumes": [_VOLUME]},
        "/v2.1/os-availability-zone": nova,
        "/v3/os-availability-zone": cinder,
        "/v2.0/availability_zones": neutron,
    }.items():
        rules.on("GET", path, answer(200, document))
    rules.on("POST", "/v2.1/flavors", answer(200, {"flavor": _FLAVOR}))
    rules.on("POST", "/v3/volumes", answer(202, {"volume": {**_VOLUME, "status": "creating"}}))
    for path in ("/v2.1/flavors/f-1/os-extra_specs", "/v2.1/flavors/f-1/action"):
        rules.on("POST", path, answer(200, {}))
    rules.on("POST", "/v3/volumes/v-1/action", answer(202))
    return rules


def test_a_flavor_is_made_with_extra_specs_for_a_project(
    stackloom: CommandLine, services: FakeTransport
) -> None:
    """Nova takes both only of a flavor that is there; it is shown as it is then."""
    words = "flavor create small --ram 64 --private --property a=b --project web"
    said = stackloom(*words.split(), "-f", "value", "-c", "extra_specs")
    assert said == Said(code=0, stdout="a=b\n", stderr="")
    (specs,) = services.sent("POST", "/v2.1/flavors/f-1/os-extra_specs")
    (access,) = services.sent("POST", "/v2.1/flavors/f-1/action")
    assert body_of(specs) == {"extra_specs": {"a": "b"}}
    assert body_of(access) == {"addTenantAccess": {"tenant": "p-1"}}


def test_what_was_made_in_part_is_told(stackloom: CommandLine, services: FakeTransport) -> None:
    """So that nobody makes it twice."""
    refusal = answer(409, {"conflictingRequest": {"message": "it is public"}})
    services.on("POST", "/v2.1/flavors/f-1/action", refusal)
    said = stackloom("flavor", "create", "small", "--ram", "64", "--project", "web")
    assert said == Said(
        code=3,
        stdout="",
        stderr="error: Nova answered POST /v2.1/flavors/f-1/action with: it is public (HTTP 409)\n"
        "hint: flavor small was made, without all that was asked for: "
        "stackloom flavor set f-1 does the rest\n",
    )


@pytest.mark.slow
def test_a_volume_is_said_to_be_bootable_once_it_rests(
    stackloom: CommandLine, services: FakeTransport
) -> None:
    """Cinder refuses it before."""
    words = "volume create data --size 1 --bootable --read-write"
    said = stackloom(*words.split(), "-f", "value", "-c", "bootable")
    assert said == Said(code=0, stdout="true\n", stderr="waiting for volume data\n")
    assert [body_of(each) for each in services.sent("POST", "/v3/volumes/v-1/action")] == [
        {"os-set_bootable": {"bootable": True}},
        {"os-update_readonly_flag": {"readonly": False}},
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "east available\nwest available\neast not available\n"),
        ("--compute", "east available\n"),
        ("--network --long", "west available network router\n"),
        ("--compute --volume", "east available\neast not available\n"),
    ],
)
def test_zones_of_all_services_are_listed(
    stackloom: CommandLine, services: FakeTransport, words: str, told: str
) -> None:
    """Or of those that are named."""
    said = stackloom("availability", "zone", "list", *words.split(), "-f", "value")
    assert said == Said(code=0, stdout=told, stderr="")


def test_a_cloud_without_cinder_has_no_zones_of_it(
    stackloom: CommandLine, services: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is told only to who asks for them."""
    monkeypatch.delenv("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE")
    said = stackloom("availability", "zone", "list", "-f", "value")
    assert said == Said(code=0, stdout="east available\nwest available\n", stderr="")
    assert stackloom("availability", "zone", "list", "--volume").code == 3
