# SPDX-License-Identifier: Apache-2.0
"""What a resource looks like in a picture of the topology: bars, boxes, and legs between them.

Networks are bars; routers and servers are boxes; a leg joins a box to a bar. Pure data, contributed
by each kind and put together by ``scenario/drawing.py``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A network. ``key`` is what legs and notes refer to: an id, or an address before it exists."""

    key: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarNote:
    """A line about a bar, such as the range of one of its subnets."""

    bar: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A router or a server; ``sort`` is the name of its kind."""

    key: str
    sort: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A box stands on a bar; ``note`` is its address there."""

    box: str
    bar: str
    note: str = ""


Part = Bar | BarNote | Box | Leg
