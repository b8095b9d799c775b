# SPDX-License-Identifier: Apache-2.0
"""What the commands on security groups and their rules ask of Neutron, or refuse."""

from __future__ import annotations

import pytest
from tests.cli.conftest import CommandLine, Said, said_well
from tests.fakes.echoing_neutron import EchoingNeutron
from tests.fakes.fake_cloud import Thing


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (
            "security group rule create web --proto tcp --dst-port 80",
            *("POST", "security-group-rules"),
            {
                "security_group_rule": {
                    "security_group_id": "web-id",
                    "direction": "ingress",
                    "ethertype": "IPv4",
                    "protocol": "tcp",
                    "port_range_min": 80,
                    "port_range_max": 80,
                }
            },
        ),
        (
            (
                "security group rule create web --egress --protocol ipv6-icmp --icmp-type 0"
                " --icmp-code 0"
            ),
            *("POST", "security-group-rules"),
            {
                "security_group_rule": {
                    "security_group_id": "web-id",
                    "direction": "egress",
                    "ethertype": "IPv6",
                    "protocol": "ipv6-icmp",
                    "port_range_min": 0,
                    "port_range_max": 0,
                }
            },
        ),
        (
            "security group rule create web --protocol any --ethertype IPv6 --remote-group db",
            *("POST", "security-group-rules"),
            {
                "security_group_rule": {
                    "security_group_id": "web-id",
                    "direction": "ingress",
                    "ethertype": "IPv6",
                    "protocol": None,
                    "remote_group_id": "db-id",
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
            "security group rule list web --egress",
            ["name=web", "security_group_id=web-id&direction=egress"],
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
            "security group rule create web --protocol tcp --icmp-type 8",
            "--icmp-type needs an ICMP protocol",
            "--protocol icmp",
        ),
        (
            "security group rule create web --protocol icmp --dst-port 80",
            "ICMP has no ports",
            "it has --icmp-type and --icmp-code",
        ),
        (
            "security group rule create web --protocol icmp --icmp-code 1",
            "--icmp-code needs --icmp-type",
            "",
        ),
        (
            "security group rule create web --protocol tcp --dst-port http",
            '--dst-port "http" is neither a port nor a range',
            "such as 80 or 137:139",
        ),
        (
            "security group rule create web --protocol tcp --dst-port 90:80",
            '--dst-port "90:80" ends before it begins',
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
