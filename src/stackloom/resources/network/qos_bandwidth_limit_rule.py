# SPDX-License-Identifier: Apache-2.0
"""A rule of a QoS policy: a limit for the traffic of ports."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Kind
from stackloom.resources.network.qos_policy import RULE_COLUMNS, QosRuleState


class NewBandwidthLimitRule(Body, frozen=True, kw_only=True):
    """What can be said when the rule is made.

    Source: neutron_lib/api/definitions/{qos,qos_bw_limit_direction}.py, 2026.2.
    """

    max_kbps: int
    max_burst_kbps: int | UnsetType = UNSET
    direction: str | UnsetType = UNSET


class BandwidthLimitRuleChange(Body, frozen=True, kw_only=True):
    """What can be changed of the rule."""

    max_kbps: int | UnsetType = UNSET
    max_burst_kbps: int | UnsetType = UNSET
    direction: str | UnsetType = UNSET


KIND = Kind(
    name="qos_bandwidth_limit_rule",
    plural="bandwidth_limit_rules",
    key="bandwidth_limit_rule",
    noun="network qos rule",
    parent="network.qos_policy",
    service="network",
    path="/v2.0/qos/policies/{parent}/bandwidth_limit_rules",
    state=QosRuleState,
    new=NewBandwidthLimitRule,
    change=BandwidthLimitRuleChange,
    has_name=False,
    columns=RULE_COLUMNS,
)
