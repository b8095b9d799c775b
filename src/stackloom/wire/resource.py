# SPDX-License-Identifier: Apache-2.0
"""What a scenario has in the cloud, and how it differs from what is asked for."""

from __future__ import annotations

from typing import Literal

import msgspec

from stackloom.wire.links import Links
from stackloom.wire.plan import FieldDifference
from stackloom.wire.words import Instant, Json

ResourceCondition = Literal["in_sync", "changed", "missing", "unmanaged"]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource, as the last run or check saw it.

    Attributes:
        cloud_id: None while it is missing.
        condition: ``unmanaged``: it carries the scenario's mark and is not in its text.
    """

    address: str
    kind: str
    cloud_id: str | None
    name: str
    condition: ResourceCondition
    differences: tuple[FieldDifference, ...]
    needs: tuple[str, ...]
    seen_at: Instant


class ResourcePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some resources, by address."""

    resources: tuple[Resource, ...]
    links: Links = ()


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario tells; *value* is null where it is not known yet."""

    name: str
    value: Json
    is_known: bool


class OutputPage(msgspec.Struct, frozen=True, kw_only=True):
    """All outputs of a scenario, by name."""

    outputs: tuple[Output, ...]
    links: Links = ()
