# SPDX-License-Identifier: Apache-2.0
"""Heat's resources that are only a side of another one: legs, routes, rules, associations. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stackloom.scenario.convert import hot_network
from stackloom.scenario.convert.hot_entry import Source, given
from stackloom.scenario.convert.hot_nodes import CannotCarry, Named, name_text
from stackloom.scenario.convert.hot_rules import joined, rule_of

Entry = dict[str, Any]


def _owner(source: Source, kind: str, *names: str) -> tuple[str, Entry]:
    """Return name and entry of what a side belongs to.

    Raises:
        CannotCarry: the template does not make it.
    """
    node = source.node(*names)
    if isinstance(node, Named) and node.kind == kind:
        name = name_text(node)
        entry = source.writing.entry(kind, name)
        if entry is not None:
            if source.item.condition and "${" not in str(entry.get("count", "")):
                source.writing.losses.add(
                    (*source.item.place, "condition"), f"it is there whenever {kind} {name} is"
                )
            return name, entry
    words = kind.replace("_", " ")
    if isinstance(node, Named):
        raise CannotCarry(f"it belongs to one of several that are made alike: {words} {name}")
    raise CannotCarry(f"the template does not make the {words} that it belongs to")


def _router_interface(source: Source) -> None:
    _name, router = _owner(source, "router", "router", "router_id")
    if source.has("port") or source.has("port_id"):
        leg: Any = given(port=source.name("port", "port", "port_id"))
    else:
        leg = given(subnet=source.name("subnet", "subnet", "subnet_id"))
    if leg:
        router.setdefault("connects", []).append(leg)


def _router_gateway(source: Source) -> None:
    _name, router = _owner(source, "router", "router_id")
    router |= hot_network.gateway(source)


def _route(source: Source) -> None:
    _name, router = _owner(source, "router", "router_id", "router")
    parts = source.parts("routes") if source.has("routes") else [source]
    for part in parts:
        route: Entry = {}
        part.texts(route, "destination", "nexthop")
        router.setdefault("routes", []).append(route)
        if part is not source:
            part.end()


def _security_group_rule(source: Source) -> None:
    name, group = _owner(source, "security_group", "security_group")
    rule = rule_of(source, name)
    if rule:
        group["rules"] = joined([*group.get("rules", []), rule])


def _qos_rule(kind: str) -> Callable[[Source], None]:
    def work(source: Source) -> None:
        _name, policy = _owner(source, "qos_policy", "policy")
        rule: Entry = {"type": kind}
        source.integers(rule, "max_kbps", "max_burst_kbps", "min_kbps", "min_kpps", "dscp_mark")
        source.texts(rule, "direction")
        policy.setdefault("rules", []).append(rule)

    return work


def _floating_ip_association(source: Source) -> None:
    _name, address = _owner(source, "floating_ip", "floatingip_id")
    address |= hot_network.target(source, "port_id", "fixed_ip_address")


def _nova_floating_ip_association(source: Source) -> None:
    _name, address = _owner(source, "floating_ip", "floating_ip")
    address |= given(server=source.name("server", "server_id"))


def _volume_attachment(source: Source) -> None:
    _name, server = _owner(source, "server", "instance_uuid")
    if volume := source.name("volume", "volume_id"):
        server.setdefault("volumes", []).append(volume)


SIDES: Mapping[str, Callable[[Source], None]] = {
    "OS::Neutron::RouterInterface": _router_interface,
    "OS::Neutron::RouterGateway": _router_gateway,
    "OS::Neutron::ExtraRoute": _route,
    "OS::Neutron::ExtraRouteSet": _route,
    "OS::Neutron::SecurityGroupRule": _security_group_rule,
    "OS::Neutron::QoSBandwidthLimitRule": _qos_rule("bandwidth_limit"),
    "OS::Neutron::QoSDscpMarkingRule": _qos_rule("dscp_marking"),
    "OS::Neutron::QoSMinimumBandwidthRule": _qos_rule("minimum_bandwidth"),
    "OS::Neutron::QoSMinimumPacketRateRule": _qos_rule("minimum_packet_rate"),
    "OS::Neutron::FloatingIPAssociation": _floating_ip_association,
    "OS::Nova::FloatingIPAssociation": _nova_floating_ip_association,
    "OS::Cinder::VolumeAttachment": _volume_attachment,
}
