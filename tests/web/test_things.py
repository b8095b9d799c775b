# SPDX-License-Identifier: Apache-2.0
"""The parts of a picture as rows of a table."""

from __future__ import annotations

from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Port
from stackloom.web.things import Thing, things_of


def test_each_thing_is_one_row() -> None:
    """Whatever says something of it; networks first, then what stands on them."""
    parts = (
        Badge(on="p", key="g", sort="security_group"),
        Badge(on="", key="g", sort="security_group", label="web", details=("allow",)),
        Port(key="p", bar="n", label="p", note="10.0.0.9"),
        Box(key="r", sort="router", label="hub", status="ACTIVE"),
        Leg(box="r", bar="n", note="10.0.0.1"),
        Leg(box="r", bar="n", note="10.0.0.1"),
        Leg(box="r", bar="0123456789abcdef"),
        BarNote(bar="n", note="10.0.0.0/24"),
        Bar(key="n", label="blue"),
        Bar(key="n", is_borrowed=True, details=("mtu 1400",)),
    )
    assert things_of(parts) == (
        Thing(
            key="n",
            kind="network",
            name="blue",
            is_borrowed=True,
            places=["subnet 10.0.0.0/24"],
            details=["mtu 1400"],
        ),
        Thing(
            key="r",
            kind="router",
            name="hub",
            status="ACTIVE",
            places=["blue 10.0.0.1", "01234567…"],
        ),
        Thing(key="p", kind="port", note="10.0.0.9", places=["on blue"]),
        Thing(
            key="g",
            kind="security_group",
            name="web",
            places=["on port 10.0.0.9"],
            details=["allow"],
        ),
    )
