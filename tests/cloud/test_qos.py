# SPDX-License-Identifier: Apache-2.0
"""Policies for quality of service: their rules are taken at ports that are bound."""

from __future__ import annotations

import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES

pytestmark = [pytest.mark.cloud, AS_IT_COMES]

_TYPES = {
    "bandwidth_limit",
    "dscp_marking",
    "minimum_bandwidth",
    "minimum_packet_rate",
    "packet_rate_limit",
}


def test_every_type_of_rule_is_there(admin: Connection) -> None:
    """Those of Open vSwitch, with what each may say."""
    types = {each.type for each in admin.network.qos_rule_types()}
    details = admin.network.get_qos_rule_type("dscp_marking").drivers
    assert types == _TYPES
    assert [each["name"] for each in details] == ["stackloom_instant"]


def test_a_bound_port_takes_a_policy_with_rules(admin: Connection) -> None:
    """And another rule afterwards."""
    policy = admin.network.create_qos_policy(name="slow")
    admin.network.create_qos_bandwidth_limit_rule(policy, max_kbps=1000, direction="egress")
    network = admin.network.create_network(name="slow")
    port = admin.network.create_port(network_id=network.id, binding_host_id="local")
    try:
        admin.network.update_port(port, qos_policy_id=policy.id)
        admin.network.create_qos_dscp_marking_rule(policy, dscp_mark=26)
        found = admin.network.get_port(port.id)
        assert (found.binding_vif_type, found.qos_policy_id) == ("ovs", policy.id)
        rules = admin.network.get_qos_policy(policy.id).rules
        assert {(each["type"], each.get("max_kbps", 26)) for each in rules} == {
            ("bandwidth_limit", 1000),
            ("dscp_marking", 26),
        }
    finally:
        admin.network.delete_port(port)
        admin.network.delete_network(network)
        admin.network.delete_qos_policy(policy)
