# SPDX-License-Identifier: Apache-2.0
"""What a port may send from beside its own addresses, and what DHCP tells it alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Difference, Fault, Place
from stackloom.resources.network._ranges import (
    address_faults,
    as_neutron_writes,
    range_as_neutron_writes,
    range_faults,
)


class AddressPairSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another address or range that a port may send from; without a MAC, with the port's own."""

    ip_address: str
    mac_address: str = ""


class DhcpOptionSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A DHCP option of one family."""

    value: str | int
    ip_version: Literal[4, 6] = 4


PairsSpec = tuple[str | AddressPairSpec, ...]
OptionsSpec = dict[str, str | int | DhcpOptionSpec]


class AddressPair(msgspec.Struct, frozen=True, kw_only=True):
    """Another address or range that a port may send from; without a MAC, with the port's own."""

    ip_address: str
    mac_address: str | UnsetType = UNSET


class DhcpOption(msgspec.Struct, frozen=True, kw_only=True):
    """An option that DHCP gives to this port alone; a value of null takes it away."""

    opt_name: str
    opt_value: str | None = None
    ip_version: int | UnsetType = UNSET


def as_mac(text: str) -> str:
    """Return a MAC as Neutron writes it."""
    return text.lower().replace("-", ":")


def _read_pairs(pairs: PairsSpec) -> list[AddressPairSpec]:
    return [AddressPairSpec(ip_address=each) if isinstance(each, str) else each for each in pairs]


def pair_faults(pairs: PairsSpec, place: Place) -> Iterator[Fault]:
    """Check that each pair has an address, or a range."""
    for index, pair in enumerate(_read_pairs(pairs)):
        if "/" in pair.ip_address:
            yield from range_faults(pair.ip_address, (*place, index))
        else:
            yield from address_faults(pair.ip_address, "", (*place, index))


def _plain_pair(ip_address: str, mac_address: str | UnsetType) -> dict[str, str]:
    """Return an address pair as Neutron writes it."""
    write = range_as_neutron_writes if "/" in ip_address else as_neutron_writes
    plain = {"ip_address": write(ip_address)}
    return plain | ({"mac_address": as_mac(mac_address)} if mac_address else {})


def wanted_pairs(pairs: PairsSpec) -> list[dict[str, str]]:
    """Return what is sent."""
    return [_plain_pair(each.ip_address, each.mac_address) for each in _read_pairs(pairs)]


def compared_pairs(
    pairs: PairsSpec | UnsetType, found: Iterable[AddressPair], mac_address: str
) -> tuple[list[dict[str, str]], list[dict[str, str]] | UnsetType]:
    """Return what there is and what is wanted, each pair with its MAC, in an order of their own."""
    have = [_plain_pair(each.ip_address, each.mac_address or mac_address) for each in found]
    if isinstance(pairs, UnsetType):
        return _sorted(have), UNSET
    read = _read_pairs(pairs)
    want = [_plain_pair(each.ip_address, each.mac_address or mac_address) for each in read]
    return _sorted(have), _sorted(want)


def _sorted(pairs: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(pairs, key=lambda each: tuple(each.values()))


def captured_pairs(pairs: Iterable[AddressPair], mac_address: str) -> list[object]:
    """Return pairs as they stand in a file, the port's own MAC left out."""
    return [
        each.ip_address
        if each.mac_address in {UNSET, mac_address}
        else {"ip_address": each.ip_address, "mac_address": each.mac_address}
        for each in pairs
    ]


def wanted_options(options: OptionsSpec) -> list[dict[str, Any]]:
    """Return what is sent."""
    return _plain_options(_read_options(options))


def _read_options(options: OptionsSpec) -> dict[tuple[str, int], str]:
    """Return values by name and family."""
    return {
        (name, option.ip_version if isinstance(option, DhcpOptionSpec) else 4): str(
            option.value if isinstance(option, DhcpOptionSpec) else option
        )
        for name, option in options.items()
    }


def _plain_options(options: Mapping[tuple[str, int], str | None]) -> list[dict[str, Any]]:
    return [
        {"opt_name": name, "opt_value": value, "ip_version": version}
        for (name, version), value in sorted(options.items())
    ]


def compare_options(options: OptionsSpec, found: Sequence[DhcpOption]) -> Iterator[Difference]:
    """Compare DHCP options; those to be taken away are sent with a value of null.

    Source: neutron/db/extradhcpopt_db.py, ``_update_extra_dhcp_opts_on_port``, 29.0.0.
    """
    wanted = _read_options(options)
    have = {(each.opt_name, each.ip_version or 4): each.opt_value or "" for each in found}
    if have != wanted:
        without = dict.fromkeys(have.keys() - wanted.keys())
        want = _plain_options({**wanted, **without})
        yield Difference(field="extra_dhcp_opts", have=_plain_options(have), want=want)


def captured_options(options: Iterable[DhcpOption]) -> dict[str, object]:
    """Return DHCP options as they stand in a file."""
    return {
        each.opt_name: {"value": each.opt_value, "ip_version": 6}
        if each.ip_version == 6
        else each.opt_value
        for each in options
    }
