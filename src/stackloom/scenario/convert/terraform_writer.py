# SPDX-License-Identifier: Apache-2.0
"""The resources of a Terraform configuration while a scenario is written as one. Pure.

Source: terraform-provider-openstack, openstack/{resource,data_source}_openstack_*.go, 3.4.0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from stackloom.cloud.kind import Place
from stackloom.cloud.mark import Address
from stackloom.scenario.convert.hcl import Block, Code, Template
from stackloom.scenario.convert.worked_out import (
    Ref,
    Secret,
    Text,
    WorkedOut,
    late_words,
    referenced,
)

TYPES: Mapping[str, str] = {
    "network": "openstack_networking_network_v2",
    "subnet": "openstack_networking_subnet_v2",
    "router": "openstack_networking_router_v2",
    "router_interface": "openstack_networking_router_interface_v2",
    "router_routes": "openstack_networking_router_route_v2",
    "port": "openstack_networking_port_v2",
    "security_group": "openstack_networking_secgroup_v2",
    "address_group": "openstack_networking_address_group_v2",
    "floating_ip": "openstack_networking_floatingip_v2",
    "port_forwarding": "openstack_networking_portforwarding_v2",
    "trunk": "openstack_networking_trunk_v2",
    "subnet_pool": "openstack_networking_subnetpool_v2",
    "address_scope": "openstack_networking_addressscope_v2",
    "qos_policy": "openstack_networking_qos_policy_v2",
    "rbac_policy": "openstack_networking_rbac_policy_v2",
    "server": "openstack_compute_instance_v2",
    "server_group": "openstack_compute_servergroup_v2",
    "server_volume": "openstack_compute_volume_attach_v2",
    "keypair": "openstack_compute_keypair_v2",
    "volume": "openstack_blockstorage_volume_v3",
    "image": "openstack_images_image_v2",
}
# What can be looked up by its name.
_DATA = {
    "network": "openstack_networking_network_v2",
    "subnet": "openstack_networking_subnet_v2",
    "port": "openstack_networking_port_v2",
    "router": "openstack_networking_router_v2",
    "security_group": "openstack_networking_secgroup_v2",
    "subnet_pool": "openstack_networking_subnetpool_v2",
    "address_scope": "openstack_networking_addressscope_v2",
    "qos_policy": "openstack_networking_qos_policy_v2",
    "image": "openstack_images_image_v2",
    "flavor": "openstack_compute_flavor_v2",
    "server_group": "openstack_compute_servergroup_v2",
    "volume": "openstack_blockstorage_volume_v3",
    "volume_snapshot": "openstack_blockstorage_snapshot_v3",
}
# With @ for the resource where it does not stand first.
_ATTRIBUTES: Mapping[tuple[str, str], str] = {
    ("server", "address"): "access_ip_v4",
    ("server", "addresses"): "compact(flatten([for place in @.network : "
    "[place.fixed_ip_v4, place.fixed_ip_v6]]))",
    ("port", "address"): "all_fixed_ips[0]",
    ("port", "addresses"): "all_fixed_ips",
    ("port", "mac_address"): "mac_address",
    ("floating_ip", "address"): "address",
    ("floating_ip", "floating_ip_address"): "address",
    ("floating_ip", "fixed_ip_address"): "fixed_ip",
    ("network", "mtu"): "mtu",
    ("subnet", "cidr"): "cidr",
    ("subnet", "gateway_ip"): "gateway_ip",
    ("keypair", "public_key"): "public_key",
    ("keypair", "fingerprint"): "fingerprint",
    ("volume", "size"): "size",
}


class TerraformWriter:
    """Writes the blocks of a configuration.

    Attributes:
        data: what is looked up, by ``(type, label)``.
        blocks: the resources, in order.
    """

    def __init__(self, source: WorkedOut) -> None:
        self.source = source
        self.data: dict[tuple[str, str], Block] = {}
        self.blocks: list[Block] = []
        self._labels: dict[Address, str] = {}
        self._taken: set[tuple[str, str]] = set()
        for address in source.scenario.specs:
            if address.kind in TYPES:
                self._labels[address] = self.label(TYPES[address.kind], address.name)

    def label(self, type: str, name: str) -> str:
        """Return what a resource is called in the configuration, by nobody else."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
        chosen, number = plain, 1
        while (type, chosen) in self._taken:
            number += 1
            chosen = f"{plain}_{number}"
        self._taken.add((type, chosen))
        return chosen

    def place(self, address: Address) -> str:
        """Return how a configuration names a resource; "" for one that it does not make."""
        label = self._labels.get(address)
        return f"{TYPES[address.kind]}.{label}" if label else ""

    def forget(self, address: Address) -> None:
        """Take a resource back that is not written after all."""
        self._labels.pop(address, None)

    def block(self, address: Address, /, **attributes: Any) -> Block:
        """Begin the resource of *address*; None for attributes that are not said."""
        block = Block(("resource", TYPES[address.kind], self._labels[address]))
        self.blocks.append(block)
        self.put(block, address, **attributes)
        return block

    def side(self, type: str, of: Address, name: str, /, **attributes: Any) -> Block:
        """Begin a resource that has no address of its own."""
        block = Block(("resource", type, self.label(type, name)))
        self.blocks.append(block)
        self.put(block, of, **attributes)
        return block

    def put(self, block: Block, of: Address, /, **attributes: Any) -> None:
        """Add attributes to a block."""
        block.add(**{name: self.value(each, of) for name, each in attributes.items()})

    def inside(self, block: Block, of: Address, name: str, /, **attributes: Any) -> None:
        """Add a block inside a block."""
        block.inside(name, **{key: self.value(each, of) for key, each in attributes.items()})

    def order(
        self, block: Block, address: Address, said: Any, *, without: Collection[str] = ()
    ) -> None:
        """Let a resource wait for what it does not name.

        Args:
            said: what it points to already.
            without: kinds that it need not wait for.
        """
        waited = self.source.needs.get(address, set()) - referenced(said) - {address}
        places = sorted(self.place(each) for each in waited if each.kind not in without)
        if orders := [Code(each) for each in places if each]:
            block.add(depends_on=orders)

    # --- what others are called -------------------------------------------------------------------

    def id(self, kind: str, name: str) -> Any:
        """Return what stands for the id of what a spec names."""
        address = Address(kind, name)
        if self.place(address):
            return Ref(address)
        how, found = self.source.found_by(address)
        if how == "id" or kind not in _DATA:
            return found
        return Code(f"{self.looked_up(kind, found)}.id")

    def name(self, kind: str, name: str) -> Any:
        """Return what stands for the name in the cloud of what a spec names."""
        address = Address(kind, name)
        if self.place(address):
            return Ref(address, "name")
        how, found = self.source.found_by(address)
        if how == "name" or kind not in _DATA:
            return found
        return Code(f"{self.looked_up(kind, found, by_id=True)}.name")

    def looked_up(self, kind: str, name: str, *, by_id: bool = False) -> str:
        """Return how a configuration names what it looks up; writes it where it is new."""
        type = _DATA[kind]
        label = re.sub(r"[^A-Za-z0-9_-]+", "_", name)
        label = label if re.match(r"[A-Za-z_]", label) else f"_{label}"
        field = "name"
        if by_id:
            field = {"image": "image_id", "flavor": "flavor_id"}.get(kind, f"{kind}_id")
        block = Block(("data", type, label))
        block.add(**{field: name})
        self.data.setdefault((type, label), block)
        return f"data.{type}.{label}"

    # --- values -----------------------------------------------------------------------------------

    def value(self, value: Any, of: Address, place: Place = ()) -> Any:
        """Return values as ``hcl`` takes them."""
        if isinstance(value, dict):
            return {key: self.value(each, of, place) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, of, place) for each in value]
        if isinstance(value, Text):
            parts = [p if isinstance(p, str) else self._code(p, of, place) for p in value.parts]
            return Template(tuple(parts))
        return self._code(value, of, place) if isinstance(value, Ref | Secret) else value

    def _code(self, value: Ref | Secret, of: Address, place: Place) -> Code:
        if isinstance(value, Secret):
            return Code(f"var.{value.name}")
        made = self.place(value.address)
        if made and value.attribute in {"id", "name"}:
            return Code(f"{made}.{value.attribute}")
        theirs = _ATTRIBUTES.get((value.address.kind, value.attribute))
        if made and theirs:
            return Code(theirs.replace("@", made) if "@" in theirs else f"{made}.{theirs}")
        words = f"{late_words(value)} cannot be asked of Terraform's provider"
        if place:
            self.source.lose_at(place, words)
        else:
            self.source.lose(of, words)
        return Code("null")
