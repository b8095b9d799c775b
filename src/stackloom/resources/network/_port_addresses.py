# SPDX-License-Identifier: Apache-2.0
"""Addresses of ports beside the subnets that they are on, and beside each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stackloom.cloud.kind import Declared, Fault
from stackloom.cloud.mark import Address
from stackloom.resources.network._fixed_ips import FixedIpSpec
from stackloom.resources.network._ranges import as_neutron_writes, host_address_faults
from stackloom.resources.network.subnet import SubnetSpec

_AUTOMATIC = ("slaac", "dhcpv6-stateless")

Placed = tuple[Address, str, Sequence[FixedIpSpec]]
"""A port, its network (empty where nobody says it), and its addresses."""


def faults_of_addresses(
    ports: Iterable[Placed], declared: Declared
) -> Iterator[tuple[Address, Fault]]:
    """Check that each address is of its subnet, each subnet of its network, and none is twice."""
    taken: dict[tuple[str, str], Address] = {}
    for address, network, fixed_ips in ports:
        for index, fixed in enumerate(fixed_ips):
            place = ("fixed_ips", index)
            subnet = declared.get(Address("subnet", fixed.subnet))
            if isinstance(subnet, SubnetSpec):
                for fault in _faults_on(subnet, network, fixed, index):
                    yield address, fault
            if not fixed.ip_address:
                continue
            key = (fixed.subnet, as_neutron_writes(fixed.ip_address))
            first = taken.setdefault(key, address)
            if first != address:
                message = f'{fixed.ip_address} is the address of port "{first.name}" already'
                yield address, Fault(place=(*place, "ip_address"), message=message)


def _faults_on(subnet: SubnetSpec, network: str, fixed: FixedIpSpec, index: int) -> Iterator[Fault]:
    place = ("fixed_ips", index)
    if network and subnet.network != network:
        message = f'subnet "{fixed.subnet}" is on network "{subnet.network}", not on "{network}"'
        yield Fault(place=(*place, "subnet"), message=message)
    if not fixed.ip_address:
        return
    yield from host_address_faults(fixed.ip_address, subnet.cidr, (*place, "ip_address"))
    if {subnet.ipv6, subnet.ipv6_address_mode} & set(_AUTOMATIC):
        # neutron/db/ipam_pluggable_backend.py, ``AllocationOnAutoAddressSubnet``, 29.0.0.
        message = f'on subnet "{fixed.subnet}" each host makes up its own address'
        hint = "leave ip_address out"
        yield Fault(place=(*place, "ip_address"), message=message, hint=hint)
