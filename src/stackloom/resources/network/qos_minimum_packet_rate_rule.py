# SPDX-License-Identifier: Apache-2.0
"""A rule of a QoS policy: a rate of packets that ports are promised."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Kind
from stackloom.resources.network.qos_policy import RULE_COLUMNS, QosRuleState


class NewMinimumPacketRateRule(Body, frozen=True, kw_only=True):
    """What can be said when the rule is made.

    Source: neutron_lib/api/definitions/qos_pps_minimum_rule.py, 2026.2.
    """

    min_kpps: int
    direction: str | UnsetType = UNSET


class MinimumPacketRateRuleChange(Body, frozen=True, kw_only=True):
    """What can be changed of the rule."""

    min_kpps: int | UnsetType = UNSET
    direction: str | UnsetType = UNSET


KIND = Kind(
    name="qos_minimum_packet_rate_rule",
    plural="minimum_packet_rate_rules",
    key="minimum_packet_rate_rule",
    noun="network qos rule",
    parent="network.qos_policy",
    service="network",
    path="/v2.0/qos/policies/{parent}/minimum_packet_rate_rules",
    state=QosRuleState,
    new=NewMinimumPacketRateRule,
    change=MinimumPacketRateRuleChange,
    has_name=False,
    columns=RULE_COLUMNS,
)
