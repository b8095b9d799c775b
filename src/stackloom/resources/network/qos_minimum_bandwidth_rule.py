# SPDX-License-Identifier: Apache-2.0
"""A rule of a QoS policy: a bandwidth that ports are promised."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Kind
from stackloom.resources.network.qos_policy import RULE_COLUMNS, QosRuleState


class NewMinimumBandwidthRule(Body, frozen=True, kw_only=True):
    """What can be said when the rule is made.

    Source: neutron_lib/api/definitions/{qos,qos_bw_minimum_ingress}.py, 2026.2.
    """

    min_kbps: int
    direction: str | UnsetType = UNSET


class MinimumBandwidthRuleChange(Body, frozen=True, kw_only=True):
    """What can be changed of the rule."""

    min_kbps: int | UnsetType = UNSET
    direction: str | UnsetType = UNSET


KIND = Kind(
    name="qos_minimum_bandwidth_rule",
    plural="minimum_bandwidth_rules",
    key="minimum_bandwidth_rule",
    noun="network qos rule",
    parent="network.qos_policy",
    service="network",
    path="/v2.0/qos/policies/{parent}/minimum_bandwidth_rules",
    state=QosRuleState,
    new=NewMinimumBandwidthRule,
    change=MinimumBandwidthRuleChange,
    has_name=False,
    columns=RULE_COLUMNS,
)
