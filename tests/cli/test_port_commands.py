# SPDX-License-Identifier: Apache-2.0
"""What the commands on ports ask of Neutron, and what they refuse by themselves."""

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
                "port create p --network blue --no-security-group"
                " --fixed-ip subnet=s,ip-address=10.0.0.5"
            ),
            *("POST", "ports"),
            {
                "port": {
                    "network_id": "blue-id",
                    "name": "p",
                    "fixed_ips": [{"subnet_id": "s-id", "ip_address": "10.0.0.5"}],
                    "security_groups": [],
                }
            },
        ),
        (
            'port create p --network blue --binding-profile {"a":1} --binding-profile b=2',
            *("POST", "ports"),
            {
                "port": {
                    "network_id": "blue-id",
                    "name": "p",
                    "binding:profile": {"a": 1, "b": "2"},
                }
            },
        ),
        (
            "port set p --no-binding-profile",
            *("PUT", "ports/p-id", {"port": {"binding:profile": {}}}),
        ),
        (
            "port unset p --host --device",
            "PUT",
            "ports/p-id",
            {"port": {"binding:host_id": None, "device_id": ""}},
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
            "port list --fixed-ip subnet=s,ip-address=10.0.0.5 --status ACTIVE",
            ["name=s", "fixed_ips=subnet_id=s-id&fixed_ips=ip_address=10.0.0.5&status=ACTIVE"],
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
            "port set p --binding-profile {a",
            '"{a" is neither JSON nor KEY=VALUE',
            "",
        ),
        ("port unset p --binding-profile a", "its binding profile does not have a", ""),
        (
            "port list --fixed-ip colour=red",
            '--fixed-ip "colour=red" cannot have "colour"',
            "its keys: subnet, ip-address, ip-substring",
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


def test_lists_keep_what_was_in_them(stackloom: CommandLine, neutron: EchoingNeutron) -> None:
    """``set`` adds to them and ``unset`` takes from them, though Neutron takes only whole ones."""
    neutron.has = {
        "security_groups": ["g-1", "web-id"],
        "allowed_address_pairs": [{"ip_address": "10.9.0.0/24", "mac_address": "fa:16"}],
    }
    pair = "--allowed-address ip-address=10.9.0.0/24"
    said_well(stackloom, "port set p --security-group db")
    said_well(stackloom, f"port unset p --security-group web {pair}")
    assert [body["port"] for _, _, body in neutron.asked] == [
        {"security_groups": ["g-1", "web-id", "db-id"]},
        {"security_groups": ["g-1"], "allowed_address_pairs": []},
    ]


def test_a_whole_list_goes_out_only_if_nobody_changed_it_meanwhile(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Else the change of another would be undone; what is not joined needs no condition."""
    neutron.has = {"revision_number": 7, "security_groups": ["g-1"]}
    said_well(stackloom, "port set p --security-group db")
    said_well(stackloom, "port set p --description words")
    assert neutron.conditions == ["revision_number=7"]
    assert len(neutron.asked) == 2
