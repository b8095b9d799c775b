# SPDX-License-Identifier: Apache-2.0
"""What load balancers and operators are told of a process of the service."""

from __future__ import annotations

from typing import Literal

import msgspec

PartName = Literal["database", "keystone", "operator"]


class HealthPart(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the process needs; *detail* says what is wrong, "" where nothing is."""

    name: PartName
    is_well: bool
    detail: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How a process is; well if all its parts are."""

    is_well: bool
    parts: tuple[HealthPart, ...] = ()
