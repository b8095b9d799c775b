# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""A mechanism driver for Neutron that binds every port at once: there are no agents to wait for.

No packet moves. Without it every binding would fail for want of an agent (neutron/plugins/ml2/
managers.py, ``_bind_port_level``, 29.0), and every server would end in ERROR.
"""

from __future__ import annotations

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api


class InstantBindDriver(api.MechanismDriver):
    """Bind each port on its first segment, as Open vSwitch would, and call it active."""

    def initialize(self) -> None:
        """Do nothing: there is nothing to reach."""

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
