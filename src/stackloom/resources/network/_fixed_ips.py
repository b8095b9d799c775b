# SPDX-License-Identifier: Apache-2.0
"""Addresses on subnets, as ports and gateways of routers have them: asked for and found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Address

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Fault, Ids, Place, Reference
from stackloom.resources.network._ranges import address_faults, as_neutron_writes, read_address


class FixedIpSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address on a subnet; without ``ip_address`` Neutron chooses one."""

    subnet: str
    ip_address: str = ""


class FixedIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a port has."""

    subnet_id: str
    ip_address: str


class WantedIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a port should have; what is left out Neutron chooses."""

    subnet_id: str | UnsetType = UNSET
    ip_address: str | UnsetType = UNSET


def fixed_ip_references(
    fixed_ips: Iterable[FixedIpSpec], place: Place, *, declared: bool = True, rebinds: bool = False
) -> Iterator[Reference]:
    """Yield the subnets that addresses are on."""
    for index, fixed in enumerate(fixed_ips):
        yield Reference(
            kind="subnet",
            name=fixed.subnet,
            place=(*place, index, "subnet"),
            declared=declared,
            rebinds=rebinds,
        )


def fixed_ip_faults(fixed_ips: Iterable[FixedIpSpec], place: Place) -> Iterator[Fault]:
    """Check that what stands for an address is one."""
    for index, fixed in enumerate(fixed_ips):
        if fixed.ip_address:
            yield from address_faults(fixed.ip_address, "", (*place, index, "ip_address"))


def wanted_ips(fixed_ips: Iterable[FixedIpSpec], ids: Ids) -> list[dict[str, str]]:
    """Return what is sent: ``[{"subnet_id": ..., "ip_address": ...}]``, the latter only if said."""
    return [
        {"subnet_id": ids("subnet", fixed.subnet)}
        | ({"ip_address": as_neutron_writes(fixed.ip_address)} if fixed.ip_address else {})
        for fixed in fixed_ips
    ]


def compared_ips(
    fixed_ips: Sequence[FixedIpSpec], found: Sequence[FixedIp], ids: Ids, mac_address: str = ""
) -> tuple[list[dict[str, str]], list[dict[str, str]]] | None:
    """Compare addresses; one that was left to Neutron is right on whatever the subnet gave.

    An address that hosts make up from their MAC is nobody's wish: Neutron gives it to every port
    of a network as soon as the network has such a subnet, and keeps it.

    Returns:
        What there is and what should be sent, None where both are the same. In the latter, what
        is kept has its address, or Neutron would choose a new one.

    Source: neutron/db/ipam_backend_mixin.py, ``_get_changed_ips_for_port``, and
    ipam_pluggable_backend.py, ``add_auto_addrs_on_network_ports``, 29.0.0.
    """
    wanted = wanted_ips(fixed_ips, ids)
    have = [{"subnet_id": ip.subnet_id, "ip_address": ip.ip_address} for ip in found]
    left = list(have)
    is_new = False
    for want in sorted(wanted, key=lambda each: "ip_address" not in each):
        match = next((each for each in left if want.items() <= each.items()), None)
        if match is None:
            is_new = True
            continue
        left.remove(match)
        want.update(match)
    too_many = [each for each in left if not is_made_of(each["ip_address"], mac_address)]
    return (have, wanted) if is_new or too_many else None


def is_made_of(address: str, mac_address: str) -> bool:
    """Tell whether the last 64 bits of an address are those that a host makes of its MAC.

    Source: RFC 4291, appendix A, "Modified EUI-64".
    """
    parsed = read_address(address)
    octets = mac_address.split(":")
    if not isinstance(parsed, IPv6Address) or len(octets) != 6:
        return False
    first = int(octets[0], 16) ^ 2
    made = bytes([first, *(int(each, 16) for each in octets[1:3]), 0xFF, 0xFE])
    return parsed.packed[8:] == made + bytes(int(each, 16) for each in octets[3:])


def has_both_families(found: Iterable[FixedIp]) -> bool:
    """Tell whether a port has addresses of IPv4 and of IPv6.

    The leg of a router that has was a port before; Neutron makes one of its own for each family
    (neutron/db/l3_db.py, ``_add_interface_by_subnet``, 29.0.0).
    """
    parsed = [read_address(each.ip_address) for each in found]
    return {4, 6} <= {each.version for each in parsed if each is not None}
