# SPDX-License-Identifier: Apache-2.0
"""Heat's resources of Neutron as entries of a scenario. Pure.

Source: heat/engine/resources/openstack/neutron/*.py, 2026.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackloom.scenario.convert.hot_entry import Source, given
from stackloom.scenario.convert.hot_nodes import CannotCarry, ServerPlace, name_text, written

Entry = dict[str, Any]


def network(source: Source) -> Entry:
    """Net and ProviderNet."""
    entry: Entry = {}
    source.texts(entry, "description", "dns_domain")
    source.lists(entry, "availability_zone_hints")
    source.integers(entry, "mtu")
    source.truths(entry, "admin_state_up", "port_security_enabled", "shared", "router_external")
    source.truths(entry, "router:external")
    for name in ("router_external", "router:external"):
        if name in entry:
            entry["external"] = entry.pop(name)
    provider: Entry = {}
    for name in ("network_type", "physical_network"):
        source.texts(provider, name, f"provider:{name}")
    source.integers(provider, "segmentation_id", "provider:segmentation_id")
    if provider:
        entry["provider"] = {key.removeprefix("provider:"): each for key, each in provider.items()}
    policy = source.name("qos_policy", "qos_policy", "qos_policy_id", looked_up=True)
    return entry | given(qos_policy=policy)


def subnet(source: Source) -> Entry:
    """Subnet."""
    entry: Entry = given(
        network=source.name("network", "network", "network_id"),
        subnet_pool=source.name("subnet_pool", "subnetpool", looked_up=True),
    )
    source.texts(entry, "cidr", "description")
    source.lists(entry, "dns_nameservers", "service_types")
    source.integers(entry, "prefixlen", "ip_version")
    source.truths(entry, "enable_dhcp")
    if source.says_none("gateway_ip"):
        source.node("gateway_ip")
        entry["gateway_ip"] = None
    else:
        source.texts(entry, "gateway_ip")
    source.texts(entry, "ipv6_ra_mode", "ipv6_address_mode")
    if not entry.keys() & {"cidr", "subnet_pool"}:
        raise CannotCarry("a subnet needs a range, or a pool to cut it from")
    if "cidr" in entry and "${" not in str(entry["cidr"]):
        entry.pop("ip_version", None)
    if entry.get("ipv6_ra_mode") == entry.get("ipv6_address_mode") is not None:
        entry["ipv6"] = entry.pop("ipv6_ra_mode")
        del entry["ipv6_address_mode"]
    for name in ("allocation_pools", "host_routes"):
        value = source.node(name)
        if value is not None:
            entry[name] = written(value)
    return entry


def _fixed_ips(source: Source, name: str, network: str = "") -> list[Entry]:
    result = []
    for each in source.parts(name):
        entry = given(subnet=each.name("subnet", "subnet", "subnet_id"))
        each.texts(entry, "ip_address")
        each.end()
        if network and "subnet" not in entry:
            found = source.writing.items.subnet_holding(network, entry.get("ip_address"))
            entry = given(subnet=found) | entry
        if "subnet" in entry:
            result.append(entry)
        elif entry:
            each.lose("ip_address", "an address needs the subnet that it is on", "add subnet: …")
    return result


def port(source: Source) -> Entry:
    """Port."""
    entry: Entry = given(network=source.name("network", "network", "network_id"))
    entry |= given(fixed_ips=_fixed_ips(source, "fixed_ips", entry.get("network", "")))
    if "network" not in entry and "fixed_ips" in entry:
        subnet = source.writing.entry("subnet", entry["fixed_ips"][0]["subnet"]) or {}
        entry |= given(network=subnet.get("network", ""))
    source.texts(entry, "mac_address", "description", "dns_name")
    source.truths(entry, "admin_state_up", "port_security_enabled")
    groups = source.names("security_group", "security_groups", alone="default")
    if groups or source.item.properties.get("security_groups") == []:
        entry["security_groups"] = groups
    pairs = []
    for pair in source.parts("allowed_address_pairs"):
        plain: Entry = {}
        pair.texts(plain, "ip_address", "mac_address")
        pairs.append(plain if "mac_address" in plain else plain.get("ip_address", ""))
    vnic = source.node("binding:vnic_type")
    entry |= given(
        allowed_address_pairs=[each for each in pairs if each],
        vnic_type="" if vnic == "normal" else written(vnic),
        qos_policy=source.name("qos_policy", "qos_policy", "qos_policy_id", looked_up=True),
        extra_dhcp_opts=_dhcp_options(source),
    )
    return entry


def _dhcp_options(source: Source) -> Entry:
    result: Entry = {}
    for option in source.parts("extra_dhcp_opts"):
        plain: Entry = {}
        option.texts(plain, "opt_name", "opt_value")
        option.integers(plain, "ip_version")
        value = plain.get("opt_value", "")
        is_six = plain.get("ip_version") == 6
        result[plain.get("opt_name", "")] = {"value": value, "ip_version": 6} if is_six else value
    return result


def router(source: Source) -> Entry:
    """Router."""
    entry: Entry = {}
    source.texts(entry, "description")
    source.truths(entry, "admin_state_up")
    if source.has("external_gateway_info"):
        source.node("external_gateway_info")
        raw = source.item.properties["external_gateway_info"]
        if not isinstance(raw, Mapping):
            raise CannotCarry("external_gateway_info should be a mapping")
        inner = Source(source.writing, source.item, raw, source.at("external_gateway_info"))
        entry |= gateway(inner)
        inner.end()
    return entry


def gateway(source: Source) -> Entry:
    """Return the way out of a router: short, where nothing but the network is said."""
    name = source.name("network", "network", "network_id", looked_up=True)
    long: Entry = {}
    source.truths(long, "enable_snat")
    long |= given(external_fixed_ips=_fixed_ips(source, "external_fixed_ips"))
    if not name:
        return {}
    return {"external_gateway": {"network": name, **long}} if long else {"external_network": name}


def floating_ip(source: Source) -> Entry:
    """FloatingIP, of Neutron and of Nova."""
    names = ("floating_network", "floating_network_id", "pool")
    entry: Entry = given(network=source.name("network", *names, looked_up=True))
    source.texts(entry, "floating_ip_address", "description", "dns_name", "dns_domain")
    policy = source.name("qos_policy", "qos_policy_id", looked_up=True)
    return entry | given(qos_policy=policy) | target(source, "port_id", "fixed_ip_address")


def target(source: Source, port_name: str, address_name: str) -> Entry:
    """Return what an outer address leads to."""
    node = source.node(port_name)
    entry: Entry = {}
    if isinstance(node, ServerPlace):
        server = name_text(node.server)
        is_only = source.writing.items.network_count(node.server.name) <= 1
        on = "" if is_only else _network_of_place(source, node, port_name)
        source.node(address_name)
        return given(server=server, on=on)
    if node is not None:
        entry |= given(port=source.name("port", port_name))
    source.texts(entry, address_name)
    return entry


def _network_of_place(source: Source, node: ServerPlace, place: str) -> str:
    """Return the entry of the network that a place of a server names by its name in the cloud."""
    try:
        name = name_text(node.network)
        if source.writing.entry("network", name) is not None:
            return name
        return source.writing.there("network", node.network)
    except CannotCarry as error:
        source.lose(place, str(error), error.hint)
        return ""


def port_forwarding(source: Source) -> Entry:
    """FloatingIPPortForward."""
    entry: Entry = given(floating_ip=source.name("floating_ip", "floating_ip"))
    source.texts(entry, "protocol")
    source.integers(entry, "external_port", "internal_port_number")
    entry["internal_port"] = entry.pop("internal_port_number", entry.get("external_port"))
    entry |= target(source, "internal_port", "internal_ip_address")
    if "${" in str(entry.get("internal_ip_address", "")):
        del entry["internal_ip_address"]  # the address of that very port, which is the default
    return entry


def trunk(source: Source) -> Entry:
    """Trunk."""
    entry: Entry = given(port=source.name("port", "port"))
    source.texts(entry, "description")
    source.truths(entry, "admin_state_up")
    subports = []
    for each in source.parts("sub_ports"):
        subport = given(port=each.name("port", "port"))
        each.integers(subport, "segmentation_id")
        each.texts(subport, "segmentation_type")
        if subport.get("segmentation_type") == "vlan":
            del subport["segmentation_type"]
        each.end()
        subports.append(subport)
    return entry | given(subports=subports)


def subnet_pool(source: Source) -> Entry:
    """SubnetPool."""
    entry: Entry = {}
    source.texts(entry, "description")
    source.lists(entry, "prefixes")
    source.integers(entry, "default_quota", "default_prefixlen", "min_prefixlen", "max_prefixlen")
    source.truths(entry, "is_default", "shared")
    scope = source.name("address_scope", "address_scope", looked_up=True)
    return entry | given(address_scope=scope)


def address_scope(source: Source) -> Entry:
    """AddressScope; Heat takes 4 where nothing is said."""
    entry: Entry = {}
    source.integers(entry, "ip_version")
    source.truths(entry, "shared")
    return {"ip_version": 4, **entry}


def qos_policy(source: Source) -> Entry:
    """QoSPolicy; its rules come as resources of their own."""
    entry: Entry = {}
    source.texts(entry, "description")
    source.truths(entry, "shared")
    return entry


def rbac_policy(source: Source) -> Entry:
    """RBACPolicy."""
    kind = {"subnetpool": "subnet_pool"}.get(*[str(source.node("object_type"))] * 2)
    if kind not in source.writing.kinds:
        raise CannotCarry(f"nothing here is of type {kind}")
    entry: Entry = given(**{kind: source.name(kind, "object_id")})
    source.texts(entry, "action")
    project = source.node("target_tenant")
    return entry | given(target_project=written(project))
