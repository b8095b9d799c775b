# SPDX-License-Identifier: Apache-2.0
"""The functions inside ``${...}``. Pure; ``file``, which is not, is handed in elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from itertools import islice
from typing import Any

Function = Callable[..., Any]


class BadValue(Exception):
    """A function was given what it cannot work with; the message says what it wants."""


def cidrsubnet(prefix: str, newbits: int, number: int) -> str:
    """Return subnet *number*, from 0, of a range whose mask is made *newbits* longer.

    ``cidrsubnet("10.0.0.0/16", 8, 2)`` is ``10.0.2.0/24``.
    """
    network = ip_network(prefix)
    if newbits < 0 or network.prefixlen + newbits > network.max_prefixlen:
        raise BadValue(f"{prefix} cannot have a mask {newbits} bits longer")
    if not 0 <= number < 2**newbits:
        raise BadValue(f"{prefix} has {2**newbits} such subnets, and {number} is none of them")
    size = 2 ** (network.max_prefixlen - network.prefixlen - newbits)
    first = network.network_address + number * size
    return f"{first}/{network.prefixlen + newbits}"


def cidrhost(prefix: str, number: int) -> str:
    """Return address *number* of a range; negative numbers count from its end.

    ``cidrhost("10.0.2.0/24", 5)`` is ``10.0.2.5``.
    """
    network = ip_network(prefix)
    place = number if number >= 0 else network.num_addresses + number
    if not 0 <= place < network.num_addresses:
        raise BadValue(f"{prefix} has no address {number}")
    return str(network.network_address + place)


def _range(*ends: int) -> list[int]:
    numbers = range(*ends)
    if len(numbers) > MOST_REPETITIONS:
        raise BadValue(f"a range of at most {MOST_REPETITIONS:,} numbers")
    return list(numbers)


def _join(separator: str, values: list[Any]) -> str:
    return separator.join(as_text(each) for each in values)


def _lookup(mapping: Mapping[str, Any], key: str, default: Any) -> Any:
    return mapping.get(key, default)


def _base64encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _first(values: list[Any], number: int) -> list[Any]:
    return list(islice(values, number))


def as_text(value: object) -> str:
    """Write a value inside a text: words as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


# Far more than a project holds; a typing mistake should not fill the memory.
MOST_REPETITIONS = 100_000

FUNCTIONS: Mapping[str, Function] = {
    "base64encode": _base64encode,
    "cidrhost": cidrhost,
    "cidrsubnet": cidrsubnet,
    "first": _first,
    "int": int,
    "join": _join,
    "keys": sorted,
    "length": len,
    "lookup": _lookup,
    "lower": str.lower,
    "max": max,
    "min": min,
    "range": _range,
    "replace": str.replace,
    "sorted": sorted,
    "split": lambda separator, text: text.split(separator),
    "text": as_text,
    "tojson": json.dumps,
    "upper": str.upper,
    "values": lambda mapping: [mapping[key] for key in sorted(mapping)],
}
