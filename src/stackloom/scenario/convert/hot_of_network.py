# SPDX-License-Identifier: Apache-2.0
"""What a scenario has of Neutron as resources of Heat. Pure.

Source: heat/engine/resources/openstack/neutron/*.py, 2026.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stackloom.cloud.mark import Address
from stackloom.scenario.convert.hot_writer import (
    Asked,
    HotWriter,
    lose_rest,
    policy,
    said,
    with_specs,
)
from stackloom.scenario.convert.worked_out import Fields, Ref


def _network(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    for name in ("cidr", "subnets"):
        fields.pop(name, None)  # which became subnets
    provider = fields.pop("provider", {})
    fields |= {f"provider:{name}": value for name, value in provider.items()}
    if "external" in fields:
        fields["router:external"] = fields.pop("external")
    names = ("admin_state_up", "port_security_enabled", "shared", "dns_domain")
    properties = {"name": address.name, **said(fields, *names, "availability_zone_hints")}
    properties |= policy(writer, fields)
    properties = with_specs(properties, fields, *list(fields))
    writer.add(address, "OS::Neutron::Net", properties)


def _subnet(writer: HotWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    fields = writer.source.fields(address)
    if spec.use_default_subnetpool:
        writer.source.lose(address, "Heat cuts no subnets from a default pool, and leaves it out",
                           "use_default_subnetpool")  # fmt: skip
        writer.forget(address)
        return
    if "ipv6" in fields:
        mode = fields.pop("ipv6")
        fields |= {"ipv6_ra_mode": mode, "ipv6_address_mode": mode}
    if fields.get("gateway_ip", "") is None:
        fields["gateway_ip"] = ""
    fields.pop("ip_version", None)
    properties = {
        "name": address.name,
        "network": writer.ref("network", fields.pop("network")),
        "ip_version": spec.version,
    }
    if "subnet_pool" in fields and "cidr" in fields:
        message = "Heat takes a range or a pool, and here the range"
        writer.source.lose(address, message, "subnet_pool")
        for name in ("subnet_pool", "prefixlen"):
            fields.pop(name, None)
    if "subnet_pool" in fields:
        properties["subnetpool"] = writer.ref("subnet_pool", fields.pop("subnet_pool"))
    names = ("cidr", "prefixlen", "gateway_ip", "enable_dhcp", "ipv6_ra_mode", "ipv6_address_mode")
    lists = ("dns_nameservers", "allocation_pools", "host_routes")
    properties |= said(fields, *names, *lists)
    properties = with_specs(properties, fields, "description", "service_types")
    lose_rest(writer, address, fields)
    writer.add(address, "OS::Neutron::Subnet", properties)


def _fixed_ips(writer: HotWriter, fixed_ips: list[Fields]) -> list[Fields]:
    return [
        {"subnet": writer.ref("subnet", each["subnet"])}
        | ({"ip_address": each["ip_address"]} if each.get("ip_address") else {})
        for each in fixed_ips
    ]


def _port(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties: Fields = {"name": address.name}
    network = fields.pop("network", "")
    fixed_ips = fields.pop("fixed_ips", [])
    if network:
        properties["network"] = writer.ref("network", network)
    else:
        parameter = f"network-of-{address.name}"
        writer.parameters[parameter] = {"type": "string"}
        properties["network"] = Asked(parameter)
        message = f"Heat wants the network of a port, which is to be given: parameter {parameter}"
        writer.source.lose(address, message)
    if fixed_ips:
        properties["fixed_ips"] = _fixed_ips(writer, fixed_ips)
    if "security_groups" in fields:
        groups = fields.pop("security_groups")
        properties["security_groups"] = [writer.ref("security_group", each) for each in groups]
    if pairs := fields.pop("allowed_address_pairs", None):
        properties["allowed_address_pairs"] = [
            {"ip_address": each} if not isinstance(each, dict) else each for each in pairs
        ]
    properties |= said(
        fields, "mac_address", "admin_state_up", "port_security_enabled", "dns_name",
        **{"binding:vnic_type": "vnic_type"},
    )  # fmt: skip
    properties |= policy(writer, fields)
    if options := fields.pop("extra_dhcp_opts", None):
        fields["extra_dhcp_opts"] = [_dhcp_option(name, each) for name, each in options.items()]
    properties = with_specs(properties, fields, "description", "extra_dhcp_opts")
    lose_rest(writer, address, fields)
    writer.add(address, "OS::Neutron::Port", properties)


def _dhcp_option(name: str, value: Any) -> Fields:
    version, text = (value["ip_version"], value["value"]) if isinstance(value, dict) else (4, value)
    return {"opt_name": name, "opt_value": str(text), "ip_version": version}


def _router(writer: HotWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    fields = writer.source.fields(address)
    for name in ("connects", "routes", "external_network"):
        fields.pop(name, None)  # which became resources of their own
    properties: Fields = {"name": address.name, **said(fields, "admin_state_up")}
    long = fields.pop("external_gateway", {})
    if gateway := spec.gateway:
        info: Fields = {"network": writer.ref("network", gateway.network)}
        info |= said(long, "enable_snat")
        if ips := long.get("external_fixed_ips"):
            info["external_fixed_ips"] = _fixed_ips(writer, ips)
        properties["external_gateway_info"] = info
    writer.add(address, "OS::Neutron::Router", with_specs(properties, fields, "description"))


def _router_interface(writer: HotWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    kind, name = ("port", spec.port) if spec.port else ("subnet", spec.subnet)
    properties = {"router": writer.ref("router", spec.router), kind: writer.ref(kind, name)}
    writer.add(address, "OS::Neutron::RouterInterface", properties)


def _router_routes(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties = {"router": writer.ref("router", fields["router"]), "routes": fields["routes"]}
    writer.add(address, "OS::Neutron::ExtraRouteSet", properties)


def _security_group(writer: HotWriter, address: Address) -> None:
    """Write a group; rules that name groups, and what may leave beside the usual, by themselves."""
    spec: Any = writer.source.scenario.specs[address]
    fields = writer.source.fields(address)
    replaces_egress = spec.default_egress is False
    inside: list[Fields] = []
    beside: list[Fields] = []
    for rule in writer.source.rules(address):
        if "remote_address_group_id" in rule:
            writer.source.lose(address, "Heat has no address groups: their rules are left out",
                               "rules")  # fmt: skip
            continue
        is_ours = rule["direction"] == "egress" and replaces_egress
        names_group = "remote_group_id" in rule
        (
            inside if is_ours or not (names_group or rule["direction"] == "egress") else beside
        ).append(rule)
    if replaces_egress and not any(rule["direction"] == "egress" for rule in inside):
        writer.source.lose(address, "Heat lets out what the cloud lets out by default",
                           "default_egress")  # fmt: skip
    properties: Fields = {"name": address.name, **said(fields, "description", "stateful")}
    if inside:
        properties["rules"] = [_rule_inside(rule) for rule in inside]
    writer.add(address, "OS::Neutron::SecurityGroup", properties)
    for number, rule in enumerate(beside, 1):
        remote = rule.pop("remote_group_id", None)
        if remote is not None:
            rule["remote_group"] = writer.ref(remote.address.kind, remote.address.name)
        writer.add(
            Address("security_group_rule", f"{address.name}-{number}"),
            "OS::Neutron::SecurityGroupRule",
            {"security_group": Ref(address), **rule},
            id=f"{writer.id(address)}-rule-{number}",
        )


def _rule_inside(rule: Fields) -> Fields:
    """Return a rule as it stands inside a group, where Heat has to be told of remote groups."""
    is_remote = "remote_group_id" in rule
    return rule | ({"remote_mode": "remote_group_id"} if is_remote else {})


def _floating_ip(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties: Fields = {"floating_network": writer.ref("network", fields.pop("network"))}
    properties |= _end(writer, address, fields, "port_id")
    properties |= said(fields, "fixed_ip_address", "floating_ip_address", "dns_name", "dns_domain")
    fields |= policy(writer, fields, "qos_policy_id")
    properties = with_specs(properties, fields, "description", "qos_policy_id")
    writer.add(address, "OS::Neutron::FloatingIP", properties)


def _end(writer: HotWriter, address: Address, fields: Fields, name: str) -> Fields:
    """Return the port that an outer address leads to."""
    fields.pop("on", None)
    if "port" in fields:
        return {name: writer.ref("port", fields.pop("port"))}
    if "server" not in fields:
        return {}
    server = Address("server", fields.pop("server"))
    kind, place = writer.source.place_reached(address)
    if not kind:
        writer.source.lose(address, f"Heat cannot tell the port of a server that it does not make: "
                                    f"{server.name}", "server")  # fmt: skip
        return {}
    if kind == "port":
        return {name: writer.ref("port", place)}
    path = ("addresses", writer.ref("network", place), 0, "port")
    return {name: Ref(server, path=path)}


def _port_forwarding(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    if any("-" in str(fields.get(name, "")) for name in ("external_port", "internal_port")):
        writer.source.lose(address, "Heat forwards single ports, not ranges", "external_port")
        writer.forget(address)
        return
    properties: Fields = {
        "floating_ip": writer.ref("floating_ip", fields.pop("floating_ip")),
        "protocol": fields.pop("protocol", "tcp"),
        "external_port": fields.pop("external_port"),
        "internal_port_number": fields.pop("internal_port"),
        **_end(writer, address, fields, "internal_port"),
    }
    port = properties.get("internal_port")
    if "internal_ip_address" in fields:
        properties["internal_ip_address"] = fields.pop("internal_ip_address")
    elif isinstance(port, Ref):
        path = (*port.path[:-1], "addr") if port.path else ()
        properties["internal_ip_address"] = Ref(port.address, "address", path)
    lose_rest(writer, address, fields)
    writer.add(address, "OS::Neutron::FloatingIPPortForward", properties)


def _trunk(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties: Fields = {"name": address.name, "port": writer.ref("port", fields.pop("port"))}
    subports = []
    for each in fields.pop("subports", []):
        kind = each.get("segmentation_type", "vlan")
        subport = {"port": writer.ref("port", each["port"]), "segmentation_type": kind}
        subports.append(subport | said(each, "segmentation_id"))
    if subports:
        properties["sub_ports"] = subports
    writer.add(address, "OS::Neutron::Trunk", properties | said(fields, *list(fields)))


def _subnet_pool(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    properties: Fields = {"name": address.name}
    scope = fields.pop("address_scope", None)
    if isinstance(scope, str):
        properties["address_scope"] = writer.ref("address_scope", scope)
    lengths = ("default_prefixlen", "min_prefixlen", "max_prefixlen", "default_quota")
    properties |= said(fields, "prefixes", *lengths, "shared", "is_default")
    lose_rest(writer, address, fields)
    writer.add(address, "OS::Neutron::SubnetPool", properties)


def _address_scope(writer: HotWriter, address: Address) -> None:
    properties = {"name": address.name, **writer.source.fields(address)}
    writer.add(address, "OS::Neutron::AddressScope", properties)


_QOS_TYPES = {
    "bandwidth_limit": "OS::Neutron::QoSBandwidthLimitRule",
    "dscp_marking": "OS::Neutron::QoSDscpMarkingRule",
    "minimum_bandwidth": "OS::Neutron::QoSMinimumBandwidthRule",
    "minimum_packet_rate": "OS::Neutron::QoSMinimumPacketRateRule",
}


def _qos_policy(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    rules = fields.pop("rules", [])
    properties = {"name": address.name, **said(fields, "description", "shared")}
    writer.add(address, "OS::Neutron::QoSPolicy", properties)
    lose_rest(writer, address, fields)
    for number, rule in enumerate(rules, 1):
        writer.add(
            Address("qos_rule", f"{address.name}-{number}"),
            _QOS_TYPES[rule.pop("type")],
            {"policy": Ref(address), **rule},
            id=f"{writer.id(address)}-rule-{number}",
        )


def _rbac_policy(writer: HotWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    kinds = {"network": "network", "qos_policy": "qos_policy", "security_group": "security_group",
             "address_scope": "address_scope", "subnet_pool": "subnetpool"}  # fmt: skip
    kind = next((each for each in kinds if each in fields), "")
    if not kind:
        writer.source.lose(address, "Heat shares no address groups")
        writer.forget(address)
        return
    properties = {
        "object_type": kinds[kind],
        "object_id": writer.ref(kind, fields[kind]),
        "action": fields.get("action", "access_as_shared"),
        "target_tenant": fields["target_project"],
    }
    writer.add(address, "OS::Neutron::RBACPolicy", properties)


WRITERS: Mapping[str, Callable[[HotWriter, Address], None]] = {
    "network": _network,
    "subnet": _subnet,
    "router": _router,
    "router_interface": _router_interface,
    "router_routes": _router_routes,
    "port": _port,
    "security_group": _security_group,
    "floating_ip": _floating_ip,
    "port_forwarding": _port_forwarding,
    "trunk": _trunk,
    "subnet_pool": _subnet_pool,
    "address_scope": _address_scope,
    "qos_policy": _qos_policy,
    "rbac_policy": _rbac_policy,
}
