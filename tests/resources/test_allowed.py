# SPDX-License-Identifier: Apache-2.0
"""What a rule allows: read, written, and refused with what was probably meant."""

from __future__ import annotations

import pytest

from stackloom.resources.network._allowed import (
    NotTraffic,
    Traffic,
    protocol_name,
    read_traffic,
    write_traffic,
)

_BOTH = ("IPv4", "IPv6")


@pytest.mark.parametrize(
    ("text", "traffic", "ethertypes", "written"),
    [
        ("any", Traffic(), _BOTH, "any"),
        ("tcp", Traffic("tcp"), _BOTH, "tcp"),
        ("tcp/443", Traffic("tcp", 443, 443), _BOTH, "tcp/443"),
        ("TCP/8000-8080", Traffic("tcp", 8000, 8080), _BOTH, "tcp/8000-8080"),
        ("udp/1-65535", Traffic("udp"), _BOTH, "udp"),
        ("6/22", Traffic("tcp", 22, 22), _BOTH, "tcp/22"),
        ("47", Traffic("gre"), _BOTH, "gre"),
        ("200", Traffic("200"), _BOTH, "200"),
        ("icmp", Traffic("icmp"), ("IPv4",), "icmp"),
        ("icmp/8", Traffic("icmp", 8), ("IPv4",), "icmp/8"),
        ("icmp/8:0", Traffic("icmp", 8, 0), ("IPv4",), "icmp/8:0"),
        ("icmpv6/128", Traffic("ipv6-icmp", 128), ("IPv6",), "icmpv6/128"),
        ("ipv6-route", Traffic("ipv6-route"), ("IPv6",), "ipv6-route"),
    ],
)
def test_what_people_write_is_read_and_written_again(
    text: str, traffic: Traffic, ethertypes: tuple[str, ...], written: str
) -> None:
    """As protocol and ports, in the one form of several that mean the same."""
    assert read_traffic(text) == traffic
    assert traffic.ethertypes == ethertypes
    assert write_traffic(traffic) == written
    assert read_traffic(written) == traffic


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("any/80", "ports need a protocol", "tcp/80 or udp/80"),
        ("443", "443 is no protocol: their numbers end with 255", "tcp/443 is meant?"),
        ("22", "22 by itself is the number of a protocol, not of a port", "tcp/22 is meant?"),
        ("53", "53 by itself is the number of a protocol, not of a port", "udp/53 is meant?"),
        ("tpc/80", '"tpc" is not a protocol', '"tcp" is meant?'),
        ("", '"" is not a protocol', "such as tcp/443, udp/53, icmp, any"),
        ("tcp/https", '"https" is neither a port nor a range of ports', "such as 8000-8080"),
        ("tcp/80-", '"80-" is neither a port nor a range of ports', "such as 8000-8080"),
        ("tcp/0", "ports go from 1 to 65535", ""),
        ("tcp/65536", "ports go from 1 to 65535", ""),
        ("tcp/9-8", "9-8 ends before it begins", "8-9 is meant?"),
        ("gre/80", "gre has no ports", '"gre" alone is all of it'),
        ("icmp/256", "types and codes of ICMP go from 0 to 255", ""),
        ("icmp/8:300", "types and codes of ICMP go from 0 to 255", ""),
        (
            "icmp/echo",
            '"echo" is neither a type of ICMP nor type and code',
            "such as icmp/8 or icmp/3:4",
        ),
    ],
)
def test_nonsense_is_refused(text: str, message: str, hint: str) -> None:
    """With what was probably meant."""
    with pytest.raises(NotTraffic) as refused:
        read_traffic(text)
    assert (str(refused.value), refused.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("protocol", "ethertype", "name"),
    [
        (None, "IPv4", None),
        ("any", "IPv4", None),
        ("6", "IPv4", "tcp"),
        ("icmp", "IPv4", "icmp"),
        ("icmp", "IPv6", "ipv6-icmp"),
        ("icmpv6", "IPv6", "ipv6-icmp"),
        ("1", "IPv6", "ipv6-icmp"),
        ("58", "IPv6", "ipv6-icmp"),
        ("254", "IPv4", "254"),
        ("quic", "IPv4", "quic"),
    ],
)
def test_a_protocol_has_one_name(protocol: str | None, ethertype: str, name: str | None) -> None:
    """Neutron keeps what it was sent, name or number."""
    assert protocol_name(protocol, ethertype) == name
