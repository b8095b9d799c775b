# SPDX-License-Identifier: Apache-2.0
"""A rule of a QoS policy: a mark that packets of ports get."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Kind
from stackloom.resources.network.qos_policy import RULE_COLUMNS, QosRuleState


class NewDscpMarkingRule(Body, frozen=True, kw_only=True):
    """What can be said when the rule is made.

    Source: neutron_lib/api/definitions/qos.py, 2026.2.
    """

    dscp_mark: int


class DscpMarkingRuleChange(Body, frozen=True, kw_only=True):
    """What can be changed of the rule."""

    dscp_mark: int | UnsetType = UNSET


KIND = Kind(
    name="qos_dscp_marking_rule",
    plural="dscp_marking_rules",
    key="dscp_marking_rule",
    noun="network qos rule",
    parent="network.qos_policy",
    service="network",
    path="/v2.0/qos/policies/{parent}/dscp_marking_rules",
    state=QosRuleState,
    new=NewDscpMarkingRule,
    change=DscpMarkingRuleChange,
    has_name=False,
    columns=RULE_COLUMNS,
)
