# SPDX-License-Identifier: Apache-2.0
"""What the commands on routers ask of Neutron, and what they refuse by themselves."""

from __future__ import annotations

import pytest
from tests.cli.conftest import CommandLine, Said, said_well
from tests.fakes.echoing_neutron import EchoingNeutron
from tests.fakes.fake_cloud import Thing


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (
            (
                "router create r --disable-snat --external-gateway public"
                " --fixed-ip subnet=s,ip-address=203.0.113.9"
            ),
            *("POST", "routers"),
            {
                "router": {
                    "name": "r",
                    "external_gateway_info": {
                        "network_id": "public-id",
                        "external_fixed_ips": [{"subnet_id": "s-id", "ip_address": "203.0.113.9"}],
                        "enable_snat": False,
                    },
                }
            },
        ),
        (
            "router unset r --external-gateway",
            *("PUT", "routers/r-id", {"router": {"external_gateway_info": None}}),
        ),
        (
            "router add subnet r s",
            *("PUT", "routers/r-id/add_router_interface", {"subnet_id": "s-id"}),
        ),
        (
            "router remove port r p",
            *("PUT", "routers/r-id/remove_router_interface", {"port_id": "p-id"}),
        ),
        (
            "router add route r --route destination=10.9.0.0/16,gateway=10.0.0.1",
            *("PUT", "routers/r-id/add_extraroutes"),
            {"router": {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.1"}]}},
        ),
        (
            "router remove gateway r public --fixed-ip ip-address=203.0.113.9",
            *("PUT", "routers/r-id/remove_external_gateways"),
            {
                "router": {
                    "external_gateways": [
                        {
                            "network_id": "public-id",
                            "external_fixed_ips": [{"ip_address": "203.0.113.9"}],
                        }
                    ]
                }
            },
        ),
    ],
)
def test_a_command_asks_for_what_its_words_say(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, method: str, path: str, body: Thing
) -> None:
    """One request changes something; names have become ids."""
    said_well(stackloom, words)
    assert neutron.asked == [(method, f"{path}", body)]


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (
            "router set r --enable-snat",
            "the router has no gateway to say that of",
            "name its network with --external-gateway",
        ),
    ],
)
def test_what_cannot_be_is_told_before_anything_changes(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, error: str, hint: str
) -> None:
    """With what to do instead, where there is something."""
    told = f"error: {error}\n" + (f"hint: {hint}\n" if hint else "")
    assert stackloom(*words.split()) == Said(code=2, stdout="", stderr=told)
    assert neutron.asked == []


def test_tags_go_out_in_a_request_of_their_own(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Neutron refuses them in the object; those that are there stay, and are not sent twice."""
    neutron.has = {"tags": ["old"]}
    for words in (
        "router create r --tag a --tag b",
        "router set r --tag new --tag old",
        "router set r --no-tag --tag new",
        "router unset r --tag old",
        "router unset r --all-tag",
    ):
        said_well(stackloom, words)
    assert neutron.asked == [
        ("POST", "routers", {"router": {"name": "r"}}),
        ("PUT", "routers/new-id/tags", {"tags": ["a", "b"]}),
        ("PUT", "routers/r-id/tags", {"tags": ["old", "new"]}),
        ("PUT", "routers/r-id/tags", {"tags": ["new"]}),
        ("PUT", "routers/r-id/tags", {"tags": []}),
        ("PUT", "routers/r-id/tags", {"tags": []}),
    ]


def test_what_is_said_of_a_gateway_names_its_network(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Neutron would take the gateway away otherwise."""
    neutron.has = {"external_gateway_info": {"network_id": "public-id", "enable_snat": True}}
    said_well(stackloom, "router set r --disable-snat")
    gateway = {"network_id": "public-id", "enable_snat": False}
    assert neutron.asked == [
        ("PUT", "routers/r-id", {"router": {"external_gateway_info": gateway}})
    ]


def test_what_a_cloud_lacks_is_told_by_its_name(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Neutron itself would say that there was a mistake inside of it."""
    neutron.lacks = {"external-gateway-multihoming"}
    assert stackloom("router", "add", "gateway", "r", "public") == Said(
        code=2,
        stdout="",
        stderr="error: the network API of this cloud has no extension "
        '"external-gateway-multihoming"\n'
        "hint: stackloom extension list --network shows those it has\n",
    )
    assert neutron.asked == []
