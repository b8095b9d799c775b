# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""A mechanism driver for Neutron that does at once what agents would do after a while.

It binds ports, and says of router ports and floating IPs that they are active. No packet moves.
Without it every binding would fail for want of an agent (neutron/plugins/ml2/
managers.py, ``_bind_port_level``, 29.0), and every server would end in ERROR.
"""

from __future__ import annotations

from typing import Any

from neutron.db import models_v2
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events, registry, resources
from neutron_lib.plugins.ml2 import api

from . import qos, trunks

_ROUTERS_OWN = frozenset({constants.DEVICE_OWNER_ROUTER_INTF, constants.DEVICE_OWNER_ROUTER_GW})


class InstantBindDriver(api.MechanismDriver):
    """Bind each port on its first segment, as Open vSwitch would, and call it active."""

    def initialize(self) -> None:
        """Ask to be told of floating IPs, and bring the drivers for trunks and QoS along."""
        self._trunks, self._qos = trunks.create(), qos.create()
        for event in (events.PRECOMMIT_CREATE, events.PRECOMMIT_UPDATE):
            registry.subscribe(_settle_floating_ip, resources.FLOATING_IP, event)

    @property
    def connectivity(self) -> Any:
        """Say what kind of connectivity Neutron may promise."""
        return portbindings.CONNECTIVITY_L2

    def bind_port(self, context: Any) -> None:
        """Take the first segment there is."""
        for segment in context.segments_to_bind:
            context.set_binding(
                segment[api.ID],
                portbindings.VIF_TYPE_OVS,
                {portbindings.CAP_PORT_FILTER: True},
                status=constants.PORT_STATUS_ACTIVE,
            )
            return

    def create_port_precommit(self, context: Any) -> None:
        """Activate a port that a router brings along."""
        _activate_router_port(context)

    def update_port_precommit(self, context: Any) -> None:
        """Activate a port that a router took over."""
        _activate_router_port(context)


def _activate_router_port(context: Any) -> None:
    """Call a router's port active, as the agent of a router would."""
    port = context.current
    if port["device_owner"] not in _ROUTERS_OWN or port["status"] == constants.PORT_STATUS_ACTIVE:
        return
    rows = context.plugin_context.session.query(models_v2.Port).filter_by(id=port["id"])
    rows.update({"status": constants.PORT_STATUS_ACTIVE})
    port["status"] = constants.PORT_STATUS_ACTIVE


def _settle_floating_ip(_resource: str, _event: str, _trigger: Any, payload: Any) -> None:
    """Call a floating IP active while it belongs to a port.

    In the transaction that changes it: neutron/db/l3_db.py, ``_create_floatingip`` and
    ``_update_floatingip`` (29.0).
    """
    floating_ip = payload.desired_state
    is_used = floating_ip.fixed_port_id is not None
    floating_ip.status = (
        constants.FLOATINGIP_STATUS_ACTIVE if is_used else constants.FLOATINGIP_STATUS_DOWN
    )
