# SPDX-License-Identifier: Apache-2.0
"""What the commands on subnets ask of Neutron, and what they refuse by themselves."""

from __future__ import annotations

import pytest
from tests.cli.conftest import CommandLine, said_well
from tests.fakes.echoing_neutron import EchoingNeutron
from tests.fakes.fake_cloud import Thing


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (
            "subnet create s --network blue --subnet-range fd00::/64 --gateway none",
            *("POST", "subnets"),
            {
                "subnet": {
                    "name": "s",
                    "network_id": "blue-id",
                    "ip_version": 6,
                    "cidr": "fd00::/64",
                    "gateway_ip": None,
                }
            },
        ),
        (
            "subnet create s --network blue --subnet-pool p --prefix-length 26 --gateway auto",
            *("POST", "subnets"),
            {
                "subnet": {
                    "name": "s",
                    "network_id": "blue-id",
                    "ip_version": 4,
                    "subnetpool_id": "p-id",
                    "prefixlen": 26,
                }
            },
        ),
        (
            "subnet set s --no-host-route --host-route destination=10.9.0.0/16,gateway=10.0.0.1",
            *("PUT", "subnets/s-id"),
            {"subnet": {"host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.1"}]}},
        ),
    ],
)
def test_a_command_asks_for_what_its_words_say(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, method: str, path: str, body: Thing
) -> None:
    """One request changes something; names have become ids."""
    said_well(stackloom, words)
    assert neutron.asked == [(method, f"{path}", body)]


@pytest.mark.parametrize(("words", "version"), [("", 6), ("--ip-version 4", 4)])
def test_a_subnet_from_a_pool_has_the_version_of_the_pool(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, version: int
) -> None:
    """Unless the person says another one, of which Neutron thinks what it will."""
    neutron.has = {"ip_version": 6}
    said_well(stackloom, f"subnet create s --network blue --subnet-pool p {words}")
    ((_, _, body),) = neutron.asked
    assert (body["subnet"]["ip_version"], body["subnet"]["subnetpool_id"]) == (version, "p-id")
