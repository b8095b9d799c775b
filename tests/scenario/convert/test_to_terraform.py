# SPDX-License-Identifier: Apache-2.0
"""Scenarios as configurations of Terraform: they can be read, and every name stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import hcl2
import pytest

from stackloom.operations import KINDS
from stackloom.scenario.convert.to_terraform import to_terraform
from stackloom.scenario.graph import find_cycle
from stackloom.scenario.loader import load_file, load_text

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[2] / "examples").glob("*.yaml"))
_NAMED = re.compile(r"\b((?:data\.)?openstack_\w+\.[A-Za-z0-9_-]+)")


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield each resource and each look-up as ``(its name, what is inside)``."""
    for block in re.split(r"\n(?=\S)", text):
        if found := re.match(r'(resource|data) "(\w+)" "([A-Za-z0-9_-]+)" \{', block):
            kind, type, label = found.groups()
            yield ("data." if kind == "data" else "") + f"{type}.{label}", block[found.end() :]


@pytest.mark.parametrize("path", [*EXAMPLES, HERE / "everything.yaml"], ids=lambda path: path.stem)
def test_a_configuration_can_be_read_and_hangs_together(path: Path) -> None:
    """By a parser of the language; names are there, each once, and lead into no circle."""
    loaded = load_file(path, KINDS)
    text, _lost = to_terraform(loaded, KINDS)
    read = hcl2.loads(text)
    found = list(blocks(text))
    assert len(found) == len(read["resource"]) + len(read.get("data", []))
    names = [name for name, _ in found]
    assert len(names) == len(set(names))
    edges = {name: set(_NAMED.findall(inside)) for name, inside in found}
    assert set(_NAMED.findall(text)) <= set(names)
    for name, wanted in edges.items():
        assert wanted <= set(names), name
    assert find_cycle({name: wanted - {name} for name, wanted in edges.items()}) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_of_the_examples_nothing_is_lost(path: Path) -> None:
    """Every resource has a block: facets and what they imply as well."""
    assert to_terraform(load_file(path, KINDS), KINDS)[1] == ()


def test_everything_is_written_word_for_word() -> None:
    """With every kind; what the provider has no word for is named at its place."""
    text, lost = to_terraform(load_file(HERE / "everything.yaml", KINDS), KINDS)
    assert text == (HERE / "everything.tf").read_text(encoding="utf-8")
    prefix = f"{HERE / 'everything.yaml'}:"
    assert [str(each).removeprefix(prefix) for each in lost] == [
        "5:3: secret_1 stands for a secret; give its value",
        "21:9: qos_policy.slow: Terraform's provider has no rules of type minimum_packet_rate",
        "43:57: subnet.default-cut: Terraform's provider has nothing for use_default_subnetpool",
        "112:18: server.web: Terraform's provider has nothing for description",
        "113:15: server.web: Terraform's provider has nothing for hostname",
        (
            "120:37: floating_ip.other: the port of a server that is there already cannot be told: "
            "elsewhere"
        ),
        "123:44: port_forwarding.many: Terraform's provider forwards single ports, not ranges",
        "135:11: ${network.blue.status} cannot be asked of Terraform's provider",
    ]
    assert "swordfish" not in text


def test_names_that_terraform_does_not_take_are_changed() -> None:
    """And two that become the same are told apart."""
    text = """\
scenario: s
existing: {networks: {outside: {id: 11111111-2222-3333-4444-555555555555}}}
networks: {a.b: {}, a_b: {}, 1st: {}}
floating_ips: {one: {network: outside}}
"""
    written, lost = to_terraform(load_text(text, "s", KINDS), KINDS)
    assert lost == ()
    assert [name for name, _ in blocks(written)] == [
        "data.openstack_networking_network_v2._11111111-2222-3333-4444-555555555555",
        "openstack_networking_network_v2.a_b",
        "openstack_networking_network_v2.a_b_2",
        "openstack_networking_network_v2._1st",
        "openstack_networking_floatingip_v2.one",
    ]
    assert 'network_id = "11111111-2222-3333-4444-555555555555"' in written


def test_what_the_provider_does_not_take_together() -> None:
    """A range beside its length; a type of ICMP without its code, whose rule would be too wide."""
    text = """\
scenario: s
networks: {lan: {}}
subnets: {cut: {network: lan, subnet_pool: shared, cidr: 10.0.0.0/26, prefixlen: 26}}
security_groups: {ping: {rules: [icmp/8, "icmp/8:0"]}}
servers: {one: {image: cirros, flavor: m1.tiny, networks: [lan], server_group: apart}}
"""
    written, lost = to_terraform(load_text(text, "s", KINDS), KINDS)
    assert [str(each) for each in lost] == [
        (
            "s:4:33: security_group.ping: a rule about a type of ICMP with any code is left out: "
            "the provider wants one"
        ),
    ]
    assert "prefix_length" not in written
    assert "data.openstack_compute_servergroup_v2.apart.id" in written
    rules = [name for name, _ in blocks(written) if "secgroup_rule" in name]
    assert rules == ["openstack_networking_secgroup_rule_v2.ping_2"]
