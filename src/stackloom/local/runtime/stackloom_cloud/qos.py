# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""A driver for quality of service that takes every rule that Open vSwitch would take.

Without one Neutron has no types of rules, and refuses a policy with rules at a port that is bound
(neutron/services/qos/drivers/manager.py, ``supported_rule_types`` and ``validate_rule_for_port``,
29.0). Nothing is shaped.
"""

from __future__ import annotations

from neutron.services.qos.drivers.openvswitch import driver as openvswitch
from neutron_lib.api.definitions import portbindings
from neutron_lib.services.qos import base

_NAME = "stackloom_instant"


class QosDriver(base.DriverBase):
    """Quality of service for the ports that ``instant_bind`` binds."""


def create() -> QosDriver:
    """Return the driver; it registers itself when the plugin is there."""
    return QosDriver(
        name=_NAME,
        vif_types=[portbindings.VIF_TYPE_OVS],
        vnic_types=[portbindings.VNIC_NORMAL, portbindings.VNIC_DIRECT],
        supported_rules=openvswitch.SUPPORTED_RULES,
    )
