# SPDX-License-Identifier: Apache-2.0
"""What the commands on networks, agents, trunks, policies and address groups ask, or refuse."""

from __future__ import annotations

from importlib import import_module

import pytest
from tests.cli.conftest import CommandLine, Said, said_well
from tests.fakes.echoing_neutron import EchoingNeutron
from tests.fakes.fake_cloud import Thing

from stackloom import plug
from stackloom.cli import commands
from stackloom.cli.fields import Field
from stackloom.resources import kinds_by_module


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (
            "network create blue --external --mtu 1400 --qos-policy gold",
            *("POST", "networks"),
            {
                "network": {
                    "name": "blue",
                    "router:external": True,
                    "mtu": 1400,
                    "qos_policy_id": "gold-id",
                }
            },
        ),
        (
            "network set blue --no-qos-policy",
            *("PUT", "networks/blue-id", {"network": {"qos_policy_id": None}}),
        ),
        (
            "address group set g --address 10.0.0.1",
            *("PUT", "address-groups/g-id/add_addresses", {"addresses": ["10.0.0.1/32"]}),
        ),
        (
            "network trunk set t --subport port=p,segmentation-type=vlan,segmentation-id=7",
            *("PUT", "trunks/t-id/add_subports"),
            {"sub_ports": [{"port_id": "p-id", "segmentation_type": "vlan", "segmentation_id": 7}]},
        ),
        (
            "network trunk subport remove t p q",
            *("PUT", "trunks/t-id/remove_subports"),
            {"sub_ports": [{"port_id": "p-id"}, {"port_id": "q-id"}]},
        ),
        (
            "network qos rule create gold --type minimum-packet-rate --min-kpps 5 --any",
            *("POST", "qos/policies/gold-id/minimum_packet_rate_rules"),
            {"minimum_packet_rate_rule": {"min_kpps": 5, "direction": "any"}},
        ),
        (
            (
                "network rbac create gold --type qos_policy --action access_as_shared"
                " --target-all-projects"
            ),
            *("POST", "rbac-policies"),
            {
                "rbac_policy": {
                    "object_type": "qos_policy",
                    "object_id": "gold-id",
                    "action": "access_as_shared",
                    "target_tenant": "*",
                }
            },
        ),
        (
            "network agent set a-1 --disable",
            *("PUT", "agents/a-1-id", {"agent": {"admin_state_up": False}}),
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
        ("network list --internal --any-tags a,b", ["router:external=false&tags-any=a,b"]),
        ("network agent list --agent-type l3", ["agent_type=L3+agent"]),
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
            "address group set g --address nowhere",
            "--address: 'nowhere' does not appear to be an IPv4 or IPv6 network",
            "",
        ),
        (
            "network rbac create blue --type network --action access_as_shared",
            "nobody was named who may use it",
            "--target-project or --target-all-projects",
        ),
        (
            "network trunk set t --subport port=p,segmentation-id=x",
            '--subport "port=p,segmentation-id=x" needs a number as "segmentation-id"',
            "its keys: port, segmentation-type, segmentation-id",
        ),
        (
            "network qos rule delete gold x",
            'QoS policy "gold" has no rule x',
            "stackloom network qos rule list gold shows those it has",
        ),
        (
            "network qos rule set gold x",
            "nothing to set was given",
            (
                "there are: --max-kbps, --max-burst-kbits, --dscp-mark, --min-kbps, --min-kpps,"
                " --ingress, --egress, --any"
            ),
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


def test_rules_of_a_policy_are_listed_with_all_types(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """And changed and deleted under the path of their type."""
    neutron.has = {"rules": [{"id": "r-1", "type": "dscp_marking", "dscp_mark": 26}]}
    rule = ("network", "qos", "rule")
    listed = stackloom(*rule, "list", "gold", "-f", "csv")
    assert listed.stdout.splitlines()[1:] == [
        '"r-1","gold-id","dscp_marking","None","None","None","None",26,"None"'
    ]
    shown = stackloom(*rule, "show", "gold", "r-1", "-f", "value", "-c", "dscp_mark")
    assert shown.stdout == "26\n"
    said_well(stackloom, "network qos rule set gold r-1 --dscp-mark 8")
    said_well(stackloom, "network qos rule delete gold r-1")
    path = "qos/policies/gold-id/dscp_marking_rules/r-1"
    assert neutron.asked == [
        ("PUT", path, {"dscp_marking_rule": {"dscp_mark": 8}}),
        ("DELETE", path, {}),
    ]


def _fields(module: str) -> list[Field]:
    """Return every option for a field that stands in a table of a command's module."""
    tables = vars(import_module(f"stackloom.cli.commands.{module}")).values()
    listed = [table if isinstance(table, tuple) else (table,) for table in tables]
    return [each for table in listed for each in table if isinstance(each, Field)]


def test_every_kind_that_an_option_names_is_there() -> None:
    """Else the option would fail only when somebody uses it."""
    fields = [each for module in plug.module_names(commands) for each in _fields(module)]
    named = {each.refers for each in fields if each.refers}
    named |= {module for each in fields for module in each.refers_inside.values()}
    assert {"network.network", "network.subnet", "identity.project", "compute.server"} <= named
    assert named <= set(kinds_by_module())
