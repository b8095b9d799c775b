# SPDX-License-Identifier: Apache-2.0
"""What the cloud lists, handed on: the items are the cloud's own words, with all their fields."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from stackloom.wire.links import Links
from stackloom.wire.words import Json

CloudItem = Mapping[str, Json]
"""One thing, as the cloud's service describes it."""


class NetworkList(msgspec.Struct, frozen=True, kw_only=True):
    """Networks, as Neutron describes them."""

    networks: tuple[CloudItem, ...]
    links: Links = ()


class ServerList(msgspec.Struct, frozen=True, kw_only=True):
    """Servers, as Nova describes them."""

    servers: tuple[CloudItem, ...]
    links: Links = ()


class ImageList(msgspec.Struct, frozen=True, kw_only=True):
    """Images, as Glance describes them."""

    images: tuple[CloudItem, ...]
    links: Links = ()


class FlavorList(msgspec.Struct, frozen=True, kw_only=True):
    """Flavors, as Nova describes them."""

    flavors: tuple[CloudItem, ...]
    links: Links = ()
