# SPDX-License-Identifier: Apache-2.0
"""A scenario that is written off a project: what things are called in it."""

from __future__ import annotations

from stackloom.cloud.kind import Listed
from stackloom.operations import KINDS
from stackloom.resources.network._gateways import Gateway
from stackloom.resources.network.floating_ip import FloatingIpState
from stackloom.resources.network.network import NetworkState
from stackloom.resources.network.port import PortState
from stackloom.resources.network.router import RouterState
from stackloom.resources.network.security_group import SecurityGroupState
from stackloom.scenario.capture import captured


def test_what_others_made_keeps_its_name() -> None:
    """One that needs no entry is called what the cloud calls it, and by one name only."""
    listed: Listed = {
        "network": [NetworkState(id="n-1", name="blue")],
        "port": [
            PortState(id=f"p-{name}", name=name, network_id="n-1", security_groups=("g-1", "g-2"))
            for name in ("a", "b")
        ],
        "router": [
            RouterState(id="r-1", name="hub", external_gateway_info=Gateway(network_id="n-9"))
        ],
        "security_group": [
            SecurityGroupState(id="g-1", name="default"),
            SecurityGroupState(id="g-2", name="web"),
        ],
    }
    written = captured(KINDS, listed, name="s", outside={("network", "n-9"): "public"})
    assert written.document["existing"] == {
        "networks": {"public": {"name": "public"}},
        "security_groups": {"default": {"name": "default"}},
    }
    port = {"network": "blue", "security_groups": ["default", "web"]}
    assert written.document["ports"] == {"a": port, "b": port}
    assert written.document["routers"] == {"hub": {"external_network": "public"}}


def test_what_cannot_have_a_name_in_the_cloud_keeps_that_of_its_scenario() -> None:
    """A floating IP that no scenario made is called what its address is."""
    marked = "for us stackloom://old/floating_ip.front"
    listed: Listed = {
        "floating_ip": [
            FloatingIpState(
                id="f-1", name="203.0.113.7", floating_network_id="n-9", description=marked
            ),
            FloatingIpState(id="f-2", name="203.0.113.8", floating_network_id="n-9"),
        ]
    }
    written = captured(KINDS, listed, name="s", outside={("network", "n-9"): "public"})
    assert written.document["floating_ips"] == {
        "front": {"network": "public", "description": "for us"},
        "203.0.113.8": {"network": "public"},
    }
