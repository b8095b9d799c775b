# SPDX-License-Identifier: Apache-2.0
"""What the commands on floating IPs and their port forwardings ask of Neutron, or refuse."""

from __future__ import annotations

import pytest
from tests.cli.conftest import CommandLine, Said, said_well
from tests.fakes.echoing_neutron import EchoingNeutron
from tests.fakes.fake_cloud import Thing


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (
            "floating ip create public --port p",
            *("POST", "floatingips"),
            {"floatingip": {"floating_network_id": "public-id", "port_id": "p-id"}},
        ),
        (
            "floating ip unset 203.0.113.9 --port",
            *("PUT", "floatingips/203.0.113.9-id", {"floatingip": {"port_id": None}}),
        ),
        (
            (
                "floating ip port forwarding create 203.0.113.9 --port p"
                " --internal-ip-address 10.0.0.5 --internal-protocol-port 80:81"
                " --external-protocol-port 8080:8081 --protocol tcp"
            ),
            *("POST", "floatingips/203.0.113.9-id/port_forwardings"),
            {
                "port_forwarding": {
                    "protocol": "tcp",
                    "internal_port_id": "p-id",
                    "internal_ip_address": "10.0.0.5",
                    "internal_port_range": "80:81",
                    "external_port_range": "8080:8081",
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
    ("words", "queries"),
    [
        (
            "floating ip list --port a --port b",
            ["name=a", "name=b", "port_id=a-id&port_id=b-id"],
        ),
    ],
)
def test_lists_are_filtered_by_the_service(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, queries: list[str]
) -> None:
    """Names become ids; several values of one filter are sent one by one; a page at a time."""
    said_well(stackloom, words)
    assert neutron.queries == [*queries[:-1], f"{queries[-1]}&limit=1000"]


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (
            "floating ip port forwarding set 203.0.113.9 x --external-protocol-port 80:",
            '"80:" is neither a port number nor a range such as 80:90',
            "",
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
