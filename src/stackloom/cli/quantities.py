# SPDX-License-Identifier: Apache-2.0
"""Words of a command line that mean a time or a rate; for ``type=`` of argparse."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

import msgspec

_SECONDS_BY_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|)")
_RATE = re.compile(r"(\d+)/(\d*(?:ms|s|m|h))")


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """So many in a second; *burst* of them may come at once."""

    per_second: float
    burst: int


def seconds(text: str) -> float:
    """Read ``150ms``, ``2s``, ``1.5m``, or a number of seconds."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(f'"{text}" is no time; write 150ms, 2s or 1m')
    return float(found[1]) * _SECONDS_BY_UNIT[found[2]]


def rate(text: str) -> Rate:
    """Read ``10/s``, ``600/m`` or ``5/10s``: the number may come at once, then they wait."""
    found = _RATE.fullmatch(text)
    if found is None or not int(found[1]):
        raise ArgumentTypeError(f'"{text}" is no rate; write 10/s or 600/m')
    time = found[2] if found[2][0].isdigit() else f"1{found[2]}"
    if not seconds(time):
        raise ArgumentTypeError(f'"{text}" is no rate: its time is none')
    return Rate(per_second=int(found[1]) / seconds(time), burst=int(found[1]))
