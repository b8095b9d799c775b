# SPDX-License-Identifier: Apache-2.0
"""What the cloud lists of the caller's project, in the cloud's own words."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from stackloom.wire.links import Links
from stackloom.wire.words import Json

Item = Mapping[str, Json]
"""One of the cloud's resources, with the fields that its service gives it."""


class Networks(msgspec.Struct, frozen=True, kw_only=True):
    """Networks as Neutron lists them: the project's own, and those that are shared with it."""

    networks: tuple[Item, ...]
    links: Links = ()


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """Servers as Nova lists them, in full."""

    servers: tuple[Item, ...]
    links: Links = ()


class Images(msgspec.Struct, frozen=True, kw_only=True):
    """Images as Glance lists them: the project's own, public ones, and those shared with it."""

    images: tuple[Item, ...]
    links: Links = ()


class Flavors(msgspec.Struct, frozen=True, kw_only=True):
    """Flavors as Nova lists them, in full."""

    flavors: tuple[Item, ...]
    links: Links = ()
