# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""Neutron's router plugin, with more than one external gateway and without agents' ways.

Several gateways for a router are offered by the plugin for OVN only (neutron/services/ovn_l3/
plugin.py, 29.0), though what they are made of is plain database code. Knows nothing of packets.
"""

from __future__ import annotations

from typing import ClassVar

from neutron.db import l3_extra_gws_db
from neutron.services.l3_router import l3_router_plugin
from neutron_lib.api.definitions import (
    l3_enable_default_route_bfd,
    l3_enable_default_route_ecmp,
    l3_ext_gw_multihoming,
)
from neutron_lib.callbacks import registry

_MORE = [
    l3_ext_gw_multihoming.ALIAS,
    l3_enable_default_route_bfd.ALIAS,
    l3_enable_default_route_ecmp.ALIAS,
]


@registry.has_registry_receivers
class RouterPlugin(
    l3_extra_gws_db.ExtraGatewaysDbOnlyMixin,
    l3_router_plugin.L3RouterPlugin,
):
    """Routers as rows in the database; the mechanism driver calls their ports active."""

    _supported_extension_aliases: ClassVar[list[str]] = [
        *l3_router_plugin.L3RouterPlugin._supported_extension_aliases,
        *_MORE,
    ]


def install() -> None:
    """Take the place of Neutron's own plugin, under its name: others ask for it by that.

    Source: neutron/services/portforwarding/pf_plugin.py, ``required_service_plugins`` (29.0).
    """
    l3_router_plugin.L3RouterPlugin = RouterPlugin
