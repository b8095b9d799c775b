# SPDX-License-Identifier: Apache-2.0
"""What a scenario has of Neutron as resources of Terraform. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stackloom.cloud.mark import Address
from stackloom.scenario.convert.hcl import Block, Code
from stackloom.scenario.convert.terraform_writer import TerraformWriter
from stackloom.scenario.convert.worked_out import Fields, Ref

_ROUTE = "openstack_networking_subnet_route_v2"
_RULE = "openstack_networking_secgroup_rule_v2"
_PORT = "openstack_networking_port_v2"


def rest(writer: TerraformWriter, address: Address, fields: Fields) -> None:
    """Note what is left of the fields."""
    for name in fields:
        writer.source.lose(address, f"Terraform's provider has nothing for {name}", name)


def _policy(writer: TerraformWriter, fields: Fields) -> Any:
    named = fields.pop("qos_policy", None)
    return writer.id("qos_policy", named) if isinstance(named, str) else None


def _network(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    block = writer.block(
        address,
        name=address.name,
        **{
            name: fields.pop(name, None)
            for name in (
                "description",
                "admin_state_up",
                "mtu",
                "port_security_enabled",
                "shared",
                "external",
                "dns_domain",
                "availability_zone_hints",
            )
        },
        qos_policy_id=_policy(writer, fields),
    )
    if provider := fields.pop("provider", None):
        writer.inside(block, address, "segments", **provider)


def _subnet(writer: TerraformWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    fields = writer.source.fields(address)
    has_gateway = fields.get("gateway_ip", "") is not None
    mode = fields.pop("ipv6", None)
    gateway = fields.pop("gateway_ip", None)
    pool = fields.pop("subnet_pool", None)
    fields.pop("ip_version", None)
    block = writer.block(
        address,
        name=address.name,
        network_id=writer.id("network", fields.pop("network")),
        description=fields.pop("description", None),
        ip_version=spec.version,
        subnetpool_id=writer.id("subnet_pool", pool) if pool else None,
        prefix_length=None if "cidr" in fields else fields.pop("prefixlen", None),
        cidr=fields.pop("cidr", None),
        gateway_ip=gateway,
        no_gateway=None if has_gateway else True,
        enable_dhcp=fields.pop("enable_dhcp", None),
        ipv6_ra_mode=fields.pop("ipv6_ra_mode", mode),
        ipv6_address_mode=fields.pop("ipv6_address_mode", mode),
        dns_nameservers=fields.pop("dns_nameservers", None),
        service_types=fields.pop("service_types", None),
    )
    for pool in fields.pop("allocation_pools", ()):
        writer.inside(block, address, "allocation_pool", **pool)
    for number, route in enumerate(fields.pop("host_routes", ()), 1):
        writer.side(
            _ROUTE, address, f"{address.name}_{number}", subnet_id=Ref(address),
            destination_cidr=route["destination"], next_hop=route["nexthop"],
        )  # fmt: skip
    fields.pop("prefixlen", None)  # which the range says as well
    rest(writer, address, fields)


def _fixed_ips(
    writer: TerraformWriter, block: Block, of: Address, ips: list[Fields], name: str
) -> None:
    for each in ips:
        subnet = writer.id("subnet", each["subnet"])
        address = each.get("ip_address") or None
        writer.inside(block, of, name, subnet_id=subnet, ip_address=address)


def _port(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    network, ips = fields.pop("network", ""), fields.pop("fixed_ips", [])
    if not network:
        writer.source.lose(address, "Terraform wants the network of a port, too")
    groups = fields.pop("security_groups", None)
    named = [writer.id("security_group", each) for each in groups or ()]
    block = writer.block(
        address,
        name=address.name,
        network_id=writer.id("network", network) if network else None,
        **{
            name: fields.pop(name, None)
            for name in ("description", "admin_state_up", "mac_address", "port_security_enabled",
                         "dns_name")
        },
        security_group_ids=named or None,
        no_security_groups=True if groups == [] else None,
        qos_policy_id=_policy(writer, fields),
    )  # fmt: skip
    _fixed_ips(writer, block, address, ips, "fixed_ip")
    for pair in fields.pop("allowed_address_pairs", ()):
        whole = pair if isinstance(pair, dict) else {"ip_address": pair}
        writer.inside(block, address, "allowed_address_pairs", **{k: v or None for k, v in
                                                                  whole.items()})  # fmt: skip
    for name, option in fields.pop("extra_dhcp_opts", {}).items():
        whole = option if isinstance(option, dict) else {"value": option}
        value, version = str(whole["value"]), whole.get("ip_version")
        writer.inside(
            block, address, "extra_dhcp_option", name=name, value=value, ip_version=version
        )
    if "vnic_type" in fields:
        writer.inside(block, address, "binding", vnic_type=fields.pop("vnic_type"))
    rest(writer, address, fields)
    said = [Ref(Address("network", network)), *(Ref(Address("subnet", i["subnet"])) for i in ips)]
    said += [Ref(Address("security_group", each)) for each in groups or ()]
    writer.order(block, address, said, without=("qos_policy",))


def _router(writer: TerraformWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    fields = writer.source.fields(address)
    gateway = spec.gateway
    long = fields.get("external_gateway", {})
    block = writer.block(
        address,
        name=address.name,
        description=fields.get("description"),
        admin_state_up=fields.get("admin_state_up"),
        external_network_id=writer.id("network", gateway.network) if gateway else None,
        enable_snat=long.get("enable_snat"),
    )
    ips = long.get("external_fixed_ips", [])
    _fixed_ips(writer, block, address, ips, "external_fixed_ip")
    said = [Ref(Address("subnet", each["subnet"])) for each in ips]
    writer.order(block, address, said, without=("network",))


def _router_interface(writer: TerraformWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    writer.block(
        address,
        router_id=writer.id("router", spec.router),
        subnet_id=writer.id("subnet", spec.subnet) if spec.subnet else None,
        port_id=writer.id("port", spec.port) if spec.port else None,
    )


def _router_routes(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    router = fields["router"]
    writer.forget(address)
    for number, route in enumerate(fields["routes"], 1):
        block = writer.side(
            "openstack_networking_router_route_v2", address, f"{address.name}_{number}",
            router_id=writer.id("router", router), destination_cidr=route["destination"],
            next_hop=route["nexthop"],
        )  # fmt: skip
        writer.order(block, address, Ref(Address("router", router)))


def _security_group(writer: TerraformWriter, address: Address) -> None:
    """Write a group and each of its rules, which is how they may name each other in a circle."""
    fields = writer.source.fields(address)
    keeps = fields.pop("default_egress", True) is not False
    writer.block(
        address,
        name=address.name,
        description=fields.pop("description", None),
        stateful=fields.pop("stateful", None),
        delete_default_rules=None if keeps else True,
    )
    for number, rule in enumerate(writer.source.rules(address), 1):
        if "port_range_min" in rule and "port_range_max" not in rule:
            message = (
                "a rule about a type of ICMP with any code is left out: the provider wants one"
            )
            writer.source.lose(address, message, "rules")
            continue
        for theirs, ours in (("remote_group_id", "security_group"),
                             ("remote_address_group_id", "address_group")):  # fmt: skip
            if theirs in rule:
                rule[theirs] = writer.id(ours, rule[theirs].address.name)
        name = f"{address.name}_{number}"
        writer.side(_RULE, address, name, security_group_id=Ref(address), **rule)


def _address_group(writer: TerraformWriter, address: Address) -> None:
    writer.block(address, name=address.name, **writer.source.fields(address))


def _floating_ip(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    said: list[Any] = []
    policy = _policy(writer, fields)
    block = writer.block(
        address,
        pool=writer.name("network", fields.pop("network")),
        port_id=_end(writer, address, fields, said),
        fixed_ip=fields.pop("fixed_ip_address", None),
        address=fields.pop("floating_ip_address", None),
        description=fields.pop("description", None),
        dns_name=fields.pop("dns_name", None),
        dns_domain=fields.pop("dns_domain", None),
        value_specs={"qos_policy_id": policy} if policy else None,
    )
    writer.order(block, address, said, without=("network", "qos_policy"))


def _end(writer: TerraformWriter, address: Address, fields: Fields, said: list[Any]) -> Any:
    """Return the port that an outer address leads to; looked up, where Nova has made it."""
    fields.pop("on", None)
    if "port" in fields:
        said.append(Ref(Address("port", fields["port"])))
        return writer.id("port", fields.pop("port"))
    if "server" not in fields:
        return None
    server = Address("server", fields.pop("server"))
    said.append(Ref(server))
    kind, name = writer.source.place_reached(address)
    if not kind:
        message = f"the port of a server that is there already cannot be told: {server.name}"
        writer.source.lose(address, message, "server")
        return None
    if kind == "port":
        return writer.id("port", name)
    label = writer.label(f"data.{_PORT}", f"{server.name}_{name}")
    found = Block(("data", _PORT, label))
    network = writer.id("network", name)
    writer.put(found, address, device_id=Ref(server), network_id=network)
    writer.data[_PORT, label] = found
    return Code(f"data.{_PORT}.{label}.id")


def _port_forwarding(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    if any("-" in str(fields.get(name, "")) for name in ("external_port", "internal_port")):
        message = "Terraform's provider forwards single ports, not ranges"
        writer.source.lose(address, message, "external_port")
        writer.forget(address)
        return
    floating_ip = fields.pop("floating_ip")
    said: list[Any] = [Ref(Address("floating_ip", floating_ip))]
    port = _end(writer, address, fields, said)
    inner = fields.pop("internal_ip_address", None)
    if inner is None and isinstance(port, Code):
        inner = Code(f"{port.text.removesuffix('.id')}.all_fixed_ips[0]")
    elif inner is None and isinstance(port, Ref):
        inner = Ref(port.address, "address")
    block = writer.block(
        address,
        floatingip_id=writer.id("floating_ip", floating_ip),
        protocol=fields.pop("protocol", "tcp"),
        external_port=fields.pop("external_port"),
        internal_port=fields.pop("internal_port"),
        internal_port_id=port,
        internal_ip_address=inner,
        description=fields.pop("description", None),
    )
    writer.order(block, address, said, without=("network",))


def _trunk(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    block = writer.block(
        address,
        name=address.name,
        description=fields.get("description"),
        admin_state_up=fields.get("admin_state_up", True),
        port_id=writer.id("port", fields["port"]),
    )
    for each in fields.get("subports", ()):
        kind = each.get("segmentation_type", "vlan")
        writer.inside(
            block, address, "sub_port", port_id=writer.id("port", each["port"]),
            segmentation_id=each.get("segmentation_id", 0), segmentation_type=kind,
        )  # fmt: skip


def _subnet_pool(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    scope = fields.pop("address_scope", None)
    named = writer.id("address_scope", scope) if isinstance(scope, str) else None
    writer.block(address, name=address.name, address_scope_id=named, **fields)


def _address_scope(writer: TerraformWriter, address: Address) -> None:
    writer.block(address, name=address.name, **writer.source.fields(address))


_QOS_TYPES = {
    "bandwidth_limit": "openstack_networking_qos_bandwidth_limit_rule_v2",
    "dscp_marking": "openstack_networking_qos_dscp_marking_rule_v2",
    "minimum_bandwidth": "openstack_networking_qos_minimum_bandwidth_rule_v2",
}


def _qos_policy(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    rules = fields.pop("rules", [])
    writer.block(address, name=address.name, **fields)
    for number, rule in enumerate(rules):
        kind = rule.pop("type")
        if kind not in _QOS_TYPES:
            message = f"Terraform's provider has no rules of type {kind}"
            writer.source.lose(address, message, "rules", number)
            continue
        name = f"{address.name}_{number + 1}"
        writer.side(_QOS_TYPES[kind], address, name, qos_policy_id=Ref(address), **rule)


_SHARED = {"subnet_pool": "subnetpool"}


def _rbac_policy(writer: TerraformWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    fields = writer.source.fields(address)
    [shared] = spec.objects
    writer.block(
        address,
        action=spec.action,
        object_type=_SHARED.get(shared.kind, shared.kind),
        object_id=writer.id(shared.kind, shared.name),
        target_tenant=fields["target_project"],
    )


WRITERS: Mapping[str, Callable[[TerraformWriter, Address], None]] = {
    "network": _network,
    "subnet": _subnet,
    "router": _router,
    "router_interface": _router_interface,
    "router_routes": _router_routes,
    "port": _port,
    "security_group": _security_group,
    "address_group": _address_group,
    "floating_ip": _floating_ip,
    "port_forwarding": _port_forwarding,
    "trunk": _trunk,
    "subnet_pool": _subnet_pool,
    "address_scope": _address_scope,
    "qos_policy": _qos_policy,
    "rbac_policy": _rbac_policy,
}
