# SPDX-License-Identifier: Apache-2.0
"""Every kind as an attribute of a cloud, and their structs; by ``scripts/docs``.

A kind's module is imported when its attribute is first used.
"""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import TYPE_CHECKING

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.collection import (
    AnyCollection,
    AnySyncCollection,
    Collection,
    SyncCollection,
)

if TYPE_CHECKING:
    from stackloom.cloud.kind import Body
    from stackloom.resources.compute.flavor import FlavorState
    from stackloom.resources.compute.server import NewServer, ServerChange, ServerState
    from stackloom.resources.image.image import ImageState
    from stackloom.resources.network.network import NetworkChange, NetworkState, NewNetwork
    from stackloom.resources.network.port import PortState
    from stackloom.resources.network.router import RouterState
    from stackloom.resources.network.subnet import SubnetState
else:  # a __getattr__ in sight of type checkers would hide mistyped names

    def __getattr__(name: str) -> object:
        if name not in _MODULE_BY_NAME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_MODULE_BY_NAME[name]), name)


_MODULE_BY_NAME = {
    "FlavorState": "stackloom.resources.compute.flavor",
    "ImageState": "stackloom.resources.image.image",
    "NetworkChange": "stackloom.resources.network.network",
    "NetworkState": "stackloom.resources.network.network",
    "NewNetwork": "stackloom.resources.network.network",
    "NewServer": "stackloom.resources.compute.server",
    "PortState": "stackloom.resources.network.port",
    "RouterState": "stackloom.resources.network.router",
    "ServerChange": "stackloom.resources.compute.server",
    "ServerState": "stackloom.resources.compute.server",
    "SubnetState": "stackloom.resources.network.subnet",
}
__all__ = [
    "FlavorState",
    "ImageState",
    "Kinds",
    "NetworkChange",
    "NetworkState",
    "NewNetwork",
    "NewServer",
    "PortState",
    "RouterState",
    "ServerChange",
    "ServerState",
    "SubnetState",
    "SyncKinds",
]


class Kinds:
    """One attribute a kind."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _all(self, module: str) -> AnyCollection:
        kind = importlib.import_module(f"stackloom.resources.{module}").KIND
        return Collection(self._cloud, kind)

    @cached_property
    def flavors(self) -> Collection[FlavorState, Body, Body]:
        """All flavors."""
        return self._all("compute.flavor")

    @cached_property
    def images(self) -> Collection[ImageState, Body, Body]:
        """All images."""
        return self._all("image.image")

    @cached_property
    def networks(self) -> Collection[NetworkState, NewNetwork, NetworkChange]:
        """All networks."""
        return self._all("network.network")

    @cached_property
    def ports(self) -> Collection[PortState, Body, Body]:
        """All ports."""
        return self._all("network.port")

    @cached_property
    def routers(self) -> Collection[RouterState, Body, Body]:
        """All routers."""
        return self._all("network.router")

    @cached_property
    def servers(self) -> Collection[ServerState, NewServer, ServerChange]:
        """All servers."""
        return self._all("compute.server")

    @cached_property
    def subnets(self) -> Collection[SubnetState, Body, Body]:
        """All subnets."""
        return self._all("network.subnet")


class SyncKinds:
    """The same without an event loop."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _all(self, module: str) -> AnySyncCollection:
        kind = importlib.import_module(f"stackloom.resources.{module}").KIND
        return SyncCollection(self._cloud, kind)

    @cached_property
    def flavors(self) -> SyncCollection[FlavorState, Body, Body]:
        """All flavors."""
        return self._all("compute.flavor")

    @cached_property
    def images(self) -> SyncCollection[ImageState, Body, Body]:
        """All images."""
        return self._all("image.image")

    @cached_property
    def networks(self) -> SyncCollection[NetworkState, NewNetwork, NetworkChange]:
        """All networks."""
        return self._all("network.network")

    @cached_property
    def ports(self) -> SyncCollection[PortState, Body, Body]:
        """All ports."""
        return self._all("network.port")

    @cached_property
    def routers(self) -> SyncCollection[RouterState, Body, Body]:
        """All routers."""
        return self._all("network.router")

    @cached_property
    def servers(self) -> SyncCollection[ServerState, NewServer, ServerChange]:
        """All servers."""
        return self._all("compute.server")

    @cached_property
    def subnets(self) -> SyncCollection[SubnetState, Body, Body]:
        """All subnets."""
        return self._all("network.subnet")
