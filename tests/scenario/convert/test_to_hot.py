# SPDX-License-Identifier: Apache-2.0
"""Scenarios as Heat templates, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.scenario.convert.asking import asked

from stackloom.operations import KINDS
from stackloom.scenario.convert.from_hot import from_hot
from stackloom.scenario.convert.scenario_text import as_yaml
from stackloom.scenario.convert.to_hot import to_hot
from stackloom.scenario.language.reading import Inputs
from stackloom.scenario.language.variables import Given
from stackloom.scenario.loader import load_file, load_text

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[2] / "examples").glob("*.yaml"))
_ORDER = "depends_on is left out: stackloom works the order out by itself"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_comes_back_from_heat_as_it_was(path: Path) -> None:
    """It asks the cloud for the same, and tells the same."""
    before = load_file(path, KINDS)
    template, lost = to_hot(before, KINDS)
    assert lost == ()
    conversion = from_hot(template, "hot", KINDS, name=before.scenario.name)
    assert {each.message for each in conversion.lost} <= {_ORDER}
    after = load_text(as_yaml(conversion.document), "written", KINDS)
    assert asked(after) == asked(before)
    assert after.scenario.outputs == before.scenario.outputs


def test_everything_is_written_word_for_word() -> None:
    """With every kind; what Heat has no word for is named at its place."""
    before = load_file(HERE / "everything.yaml", KINDS)
    template, lost = to_hot(before, KINDS)
    assert template == (HERE / "everything.hot.yaml").read_text(encoding="utf-8")
    prefix = f"{HERE / 'everything.yaml'}:"
    assert [str(each).removeprefix(prefix) for each in lost] == [
        "5:3: secret_1 stands for a secret; give its value",
        "12:94: subnet_pool.pool: Heat has nothing for description",
        "13:28: address_group.partners: Heat has no address group",
        "43:57: subnet.default-cut: Heat cuts no subnets from a default pool, and leaves it out",
        "50:7: security_group.web: Heat has no address groups: their rules are left out",
        "54:27: security_group.quiet: Heat lets out what the cloud lets out by default",
        "89:38: image.uploaded: Heat has images from a url only; this one has to be there before",
        "112:18: server.web: Heat has nothing for description",
        "113:15: server.web: Heat has nothing for hostname",
        (
            "120:37: floating_ip.other: Heat cannot tell the port of a server that it does "
            "not make: elsewhere"
        ),
        "123:44: port_forwarding.many: Heat forwards single ports, not ranges",
        (
            "127:17: rbac_policy.address_group.partners.access_as_shared."
            "0123456789abcdef0123456789abcdef: Heat shares no address groups"
        ),
        "130:14: ${server.web.addresses}: Heat tells more than the addresses",
        "133:10: ${port.database.addresses}: Heat tells more than the addresses",
        '134:13: output "password" is secret here, and shown by Heat',
    ]
    assert "swordfish" not in template


def test_everything_that_was_written_comes_back() -> None:
    """All but what was named as lost asks for the same again."""
    before = load_file(HERE / "everything.yaml", KINDS)
    template, _lost = to_hot(before, KINDS)
    conversion = from_hot(template, "hot", KINDS, name="everything")
    secret = Given(source="test", values={"secret_1": "swordfish"})
    inputs = Inputs(given=(secret,), folder=before.folder)
    after = asked(load_text(as_yaml(conversion.document), "written", KINDS, inputs))
    wanted = asked(before)
    changed = {each for each in wanted if after.get(each) != wanted[each]}
    assert changed == {
        # Named as lost, whole or in part.
        "subnet_pool.pool",
        "address_group.partners",
        "subnet.default-cut",
        "security_group_rules.web",
        "security_group_rules.quiet",
        "image.uploaded",
        "image_data.uploaded",
        "server.web",
        "floating_ip.other",
        "port_forwarding.many",
        "rbac_policy.address_group.partners.access_as_shared.0123456789abcdef0123456789abcdef",
    }
    assert set(after) <= set(wanted)


def test_what_heat_cannot_find_is_looked_up_by_its_name() -> None:
    """And said, where the scenario knew more of it."""
    text = """\
scenario: s
existing: {networks: {there: {name: a, status: ACTIVE}, plain: {}}}
networks: {own: {}}
ports: {one: {network: there}, two: {network: plain}}
outputs: {mtu: "${network.there.mtu}"}
"""
    template, lost = to_hot(load_text(text, "s", KINDS), KINDS)
    ports = yaml.safe_load(template)["resources"]
    assert ports["one"]["properties"]["network"] == "there"
    assert ports["two"]["properties"]["network"] == "plain"
    assert [str(each) for each in lost] == [
        "s:2:30: network.there is looked up by its name alone, not by name a, status ACTIVE",
        "s:5:16: ${network.there.mtu} cannot be asked: Heat does not make it",
    ]


def test_what_heat_does_not_take_together() -> None:
    """A range and a pool; a port needs its network, and a rule for friends is left out."""
    text = """\
scenario: s
existing: {subnets: {there: {}}}
networks: {lan: {}}
subnets: {cut: {network: lan, subnet_pool: shared, cidr: 10.0.0.0/26}}
routers: {hub: {connects: [{subnet: there, address: 10.9.0.1}]}}
"""
    template, lost = to_hot(load_text(text, "s", KINDS), KINDS)
    assert [str(each) for each in lost] == [
        "s:4:44: subnet.cut: Heat takes a range or a pool, and here the range",
        (
            "s:5:16: port.hub.there: Heat wants the network of a port, which is to be given: "
            "parameter network-of-hub.there"
        ),
    ]
    document = yaml.safe_load(template)
    resources = document["resources"]
    assert document["parameters"] == {"network-of-hub.there": {"type": "string"}}
    port = resources["hub.there-port"]["properties"]
    assert port["network"] == {"get_param": "network-of-hub.there"}
    assert resources["cut"]["properties"] == {
        "name": "cut",
        "network": {"get_resource": "lan"},
        "ip_version": 4,
        "cidr": "10.0.0.0/26",
    }


def test_a_rule_about_what_only_the_cloud_knows_is_left_out() -> None:
    """Rather than written with words in the place of an address."""
    text = """\
scenario: s
floating_ips: {one: {network: public}}
security_groups: {web: {rules: [tcp/22, {allow: tcp/80, from: "${floating_ip.one.address}"}]}}
"""
    template, lost = to_hot(load_text(text, "s", KINDS), KINDS)
    assert [str(each) for each in lost] == [
        "s:3:32: security_group.web: a rule about an address that only the cloud knows is left out"
    ]
    rules = yaml.safe_load(template)["resources"]["web"]["properties"]["rules"]
    assert [rule["port_range_min"] for rule in rules] == [22, 22]
