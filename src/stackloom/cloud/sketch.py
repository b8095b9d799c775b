# SPDX-License-Identifier: Apache-2.0
"""What a resource looks like in a picture of the topology: bars, boxes, and legs between them.

Networks are bars; routers and servers are boxes; a leg joins a box to a bar. Pure data, contributed
by each kind and put together by ``scenario/drawing.py``.
"""

from __future__ import annotations

import msgspec


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A network. ``key`` is what legs and notes refer to: an id, or an address before it exists."""

    key: str
    label: str
    note: str = ""


class BarNote(msgspec.Struct, frozen=True, kw_only=True):
    """A line about a bar, such as the range of one of its subnets."""

    bar: str
    note: str


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A router or a server; ``sort`` is the name of its kind."""

    key: str
    sort: str
    label: str
    note: str = ""


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A box stands on a bar; ``note`` is its address there."""

    box: str
    bar: str
    note: str = ""


Part = Bar | BarNote | Box | Leg
