# SPDX-License-Identifier: Apache-2.0
"""Entries as people write them: short where short says the same, in a familiar order. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

Entries = dict[str, dict[str, dict[str, Any]]]

_ORDER = (
    "address_scopes",
    "subnet_pools",
    "qos_policies",
    "networks",
    "subnets",
    "routers",
    "security_groups",
    "ports",
    "trunks",
    "keypairs",
    "server_groups",
    "images",
    "volumes",
    "servers",
    "floating_ips",
    "port_forwardings",
)
_SHARED = {
    "network": "networks",
    "qos_policy": "qos_policies",
    "address_scope": "address_scopes",
    "subnet_pool": "subnet_pools",
}
# What a file need not say.
_USUAL = {"enable_dhcp": True, "admin_state_up": True}


def shortened(entries: Entries) -> Entries:
    """Return entries in short forms; they ask for the same."""
    for section in entries.values():
        for entry in section.values():
            for name, value in _USUAL.items():
                if entry.get(name) is value:
                    del entry[name]
    _share(entries)
    networks, subnets = entries.get("networks", {}), entries.get("subnets", {})
    _shorten_connections(entries.get("routers", {}), networks, subnets)
    for name in list(subnets):
        network = networks.get(name, {"count": 1})
        is_plain = subnets[name].keys() == {"network", "cidr"} and "count" not in network
        if is_plain and subnets[name]["network"] == name:
            networks[name] = {"cidr": subnets.pop(name)["cidr"], **network}
    ordered = sorted(entries, key=lambda s: _ORDER.index(s) if s in _ORDER else len(_ORDER))
    return {section: entries[section] for section in ordered if entries[section]}


def _share(entries: Entries) -> None:
    """Let what every project may use say so itself, as scenarios do."""
    policies = entries.get("rbac_policies", {})
    for name, policy in list(policies.items()):
        kind = next((each for each in _SHARED if each in policy), "")
        owner = entries.get(_SHARED.get(kind, ""), {}).get(policy.get(kind, ""))
        if policy.get("target_project") == "*" and owner is not None:
            is_external = policy.get("action") == "access_as_external"
            owner["external" if is_external else "shared"] = True
            del policies[name]


def _shorten_connections(
    routers: dict[str, dict[str, Any]],
    networks: dict[str, dict[str, Any]],
    subnets: dict[str, dict[str, Any]],
) -> None:
    """Let routers connect networks where those have one subnet."""
    counts = Counter(str(subnet.get("network")) for subnet in subnets.values())
    repeated = any("count" in subnet for subnet in subnets.values())
    for router in routers.values():
        for index, leg in enumerate(router.get("connects", ())):
            subnet = subnets.get(leg.get("subnet", ""), {})
            network = subnet.get("network", "")
            if not repeated and network in networks and counts[network] == 1:
                router["connects"][index] = network
