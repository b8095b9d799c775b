# SPDX-License-Identifier: Apache-2.0
"""The picture of a topology as data: what is drawn, and what happens to each part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from stackloom.cloud.sketch import Part
from stackloom.wire.links import Links


class GraphRemark(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one part, as a plan or run says.

    Attributes:
        lines: the fields that differ: ``("mtu: 1500 → 1400",)``.
        stage: how far a run is with it; None where none is under way.
        reason: what went wrong, in the cloud's words.
    """

    change: Literal["keep", "create", "update", "replace", "delete"] = "keep"
    lines: tuple[str, ...] = ()
    stage: Literal["waiting", "running", "done", "failed", "skipped"] | None = None
    reason: str = ""


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """What the picture shows.

    Attributes:
        remarks: by the key of a part, or by two keys with a blank between them.
        elsewhere: changes of what has no place in a picture.
        notices: what is missing from it and why.
    """

    title: str
    parts: tuple[Part, ...]
    remarks: Mapping[str, GraphRemark]
    elsewhere: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    links: Links = ()
