# SPDX-License-Identifier: Apache-2.0
"""What a rule of a security group allows, in the words of a scenario: ``tcp/443``, ``icmp/8``.

It knows protocols and ports, neither addresses nor groups.
"""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

# neutron_lib/constants.py, IP_PROTOCOL_MAP, 2026.2; of several names of a number the one that we
# write comes last.
_NUMBERS = {
    "ah": 51,
    "dccp": 33,
    "egp": 8,
    "esp": 50,
    "gre": 47,
    "ip": 0,
    "hopopt": 0,
    "icmp": 1,
    "igmp": 2,
    "ipip": 4,
    "ipv6-encap": 41,
    "ipv6-frag": 44,
    "icmpv6": 58,
    "ipv6-icmp": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "ipv6-route": 43,
    "ospf": 89,
    "pgm": 113,
    "rsvp": 46,
    "sctp": 132,
    "tcp": 6,
    "udp": 17,
    "udplite": 136,
    "vrrp": 112,
}
_NAMES = {number: name for name, number in _NUMBERS.items()}
# neutron/common/_constants.py, SG_PORT_PROTO_NAMES, 29.0.0.
_WITH_PORTS = frozenset({"dccp", "sctp", "tcp", "udp", "udplite"})
_WITH_TYPES = frozenset({"icmp", "ipv6-icmp"})
# neutron/db/securitygroups_db.py, _validate_ethertype_and_protocol, 29.0.0.
_ONLY_IPV6 = frozenset(
    {"ipv6-encap", "ipv6-frag", "ipv6-icmp", "ipv6-nonxt", "ipv6-opts", "ipv6-route"}
)
# Ports that are written without their protocol by mistake; as protocols nobody speaks any of them.
_PORTS_BY_MISTAKE = frozenset({20, 21, 22, 23, 25, 53, 67, 68, 69, 80, 110, 123, 143, 161, 162})
_DNS = 53
_LAST_PORT = 65535
_LAST_NUMBER = 255
ETHERTYPES = ("IPv4", "IPv6")


class Traffic(msgspec.Struct, frozen=True):
    """A protocol and its ports, as Neutron has them; for ICMP the ports are type and code.

    Attributes:
        protocol: its name, its number where it has none, None for any.
        first, last: None for all.
    """

    protocol: str | None = None
    first: int | None = None
    last: int | None = None

    @property
    def ethertypes(self) -> tuple[str, ...]:
        """The versions of IP that it can be about."""
        if self.protocol == "icmp":
            return ("IPv4",)
        return ("IPv6",) if self.protocol in _ONLY_IPV6 else ETHERTYPES


class NotTraffic(ValueError):
    """A text says nothing that a rule can allow.

    Attributes:
        hint: what was probably meant.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def protocol_name(protocol: str | None, ethertype: str = "") -> str | None:
    """Return the one name of a protocol that has several, and a number; one we do not know stays.

    Source: neutron/db/securitygroups_db.py, ``_get_ip_proto_name_and_num``, 29.0.0: for IPv6 ICMP
    is ``ipv6-icmp``, whatever it was called.
    """
    if protocol is None or protocol == "any":
        return None
    number = int(protocol) if protocol.isdecimal() else _NUMBERS.get(protocol)
    name = protocol if number is None else _NAMES.get(number, str(number))
    return "ipv6-icmp" if name == "icmp" and ethertype == "IPv6" else name


def read_traffic(text: str) -> Traffic:
    """Read ``tcp/443``, ``tcp/8000-8080``, ``udp``, ``icmp/8``, ``icmp/8:0``, ``any``, ``47``.

    Raises:
        NotTraffic: it is none of these.
    """
    protocol, slash, ports = text.strip().lower().partition("/")
    if protocol == "any":
        if slash:
            raise NotTraffic("ports need a protocol", f"tcp/{ports} or udp/{ports}")
        return Traffic()
    if protocol.isdecimal():
        _check_number(int(protocol))
    elif protocol not in _NUMBERS:
        close = get_close_matches(protocol, _NUMBERS, n=1)
        hint = f'"{close[0]}" is meant?' if close else "such as tcp/443, udp/53, icmp, any"
        raise NotTraffic(f'"{protocol}" is not a protocol', hint)
    name = protocol_name(protocol)
    if not slash:
        return Traffic(name)
    if name in _WITH_PORTS:
        return Traffic(name, *_ports(ports))
    if name in _WITH_TYPES:
        return Traffic(name, *_type_and_code(ports))
    raise NotTraffic(f"{protocol} has no ports", f'"{protocol}" alone is all of it')


def _check_number(number: int) -> None:
    hint = f"{'udp' if number == _DNS else 'tcp'}/{number} is meant?"
    if number > _LAST_NUMBER:
        raise NotTraffic(f"{number} is no protocol: their numbers end with {_LAST_NUMBER}", hint)
    if number in _PORTS_BY_MISTAKE:
        raise NotTraffic(f"{number} by itself is the number of a protocol, not of a port", hint)


def _ports(text: str) -> tuple[int | None, int | None]:
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise NotTraffic(f'"{text}" is neither a port nor a range of ports', "such as 8000-8080")
    low, high = int(first), int(last or first)
    if low < 1 or high > _LAST_PORT:
        raise NotTraffic(f"ports go from 1 to {_LAST_PORT}")
    if low > high:
        raise NotTraffic(f"{text} ends before it begins", f"{high}-{low} is meant?")
    # neutron/db/securitygroups_db.py, _make_canonical_port_range, 29.0.0.
    return (None, None) if (low, high) == (1, _LAST_PORT) else (low, high)


def _type_and_code(text: str) -> tuple[int, int | None]:
    kind, colon, code = text.partition(":")
    if not kind.isdecimal() or (colon and not code.isdecimal()):
        raise NotTraffic(
            f'"{text}" is neither a type of ICMP nor type and code',
            "such as icmp/8 or icmp/3:4",
        )
    if max(int(kind), int(code or 0)) > _LAST_NUMBER:
        raise NotTraffic(f"types and codes of ICMP go from 0 to {_LAST_NUMBER}")
    return int(kind), int(code) if colon else None


def write_traffic(traffic: Traffic) -> str:
    """Write it the way ``read_traffic`` reads it, with the name that people use."""
    protocol, first, last = traffic.protocol, traffic.first, traffic.last
    name = {None: "any", "ipv6-icmp": "icmpv6"}.get(protocol, str(protocol))
    if first is None:
        return name
    if protocol in _WITH_TYPES:
        return f"{name}/{first}" + ("" if last is None else f":{last}")
    return f"{name}/{first}" if first == last else f"{name}/{first}-{last}"
