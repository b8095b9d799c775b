# SPDX-License-Identifier: Apache-2.0
"""``OpenStack-API-Version: stackloom 1.0``: which microversion is asked for, and answered in.

Rules of the API working group: without the header the oldest is meant; ``latest`` is the newest;
what is said to other services in the same header is none of our business; a version that is not
offered is 406 with the range, one that is no version 400.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stackloom.service.refusal import Refused

SERVICE_TYPE = "stackloom"


@dataclass(frozen=True, slots=True, order=True)
class Microversion:
    """``1.0``; compared by its numbers."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = NEWEST = Microversion(1, 0)
_FORM = re.compile(r"([1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")


def asked_for(header: str) -> Microversion:
    """Return the version that *header* asks for; "" where the header is not given.

    Raises:
        Refused: it is no version, or none that is offered.
    """
    if not header:
        return OLDEST
    ours = [words for part in header.split(",") if (words := part.split())[:1] == [SERVICE_TYPE]]
    if not ours:
        return OLDEST
    if len(ours) > 1 or len(ours[0]) != 2:
        raise _unreadable(header)
    return _offered(ours[0][1], header)


def _offered(text: str, header: str) -> Microversion:
    if text == "latest":
        return NEWEST
    match = _FORM.fullmatch(text)
    if match is None:
        raise _unreadable(header)
    version = Microversion(int(match[1]), int(match[2]))
    if not OLDEST <= version <= NEWEST:
        raise Refused(
            "version.not-offered",
            f"microversion {version} is not offered: {OLDEST} to {NEWEST} are",
            hint=f"leave the header out, or send OpenStack-API-Version: {SERVICE_TYPE} {NEWEST}",
        )
    return version


def _unreadable(header: str) -> Refused:
    return Refused(
        "header.invalid",
        f"OpenStack-API-Version: {header[:100]} names no microversion",
        hint=f"for example OpenStack-API-Version: {SERVICE_TYPE} {NEWEST}",
    )
