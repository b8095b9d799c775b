# SPDX-License-Identifier: Apache-2.0
"""The version documents, by which clients find out what the service speaks."""

from __future__ import annotations

from typing import Literal

import msgspec

from stackloom.wire.links import Links


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the API; ``min_version`` and ``max_version`` are microversions."""

    id: str
    status: Literal["CURRENT", "SUPPORTED", "EXPERIMENTAL", "DEPRECATED"]
    min_version: str
    max_version: str
    links: Links


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """The body of ``GET /``."""

    versions: tuple[Version, ...]


class OneVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The body of ``GET /v1``."""

    version: Version
