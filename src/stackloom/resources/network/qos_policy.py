# SPDX-License-Identifier: Apache-2.0
"""A QoS policy of Neutron: limits and promises for the traffic of ports; also its rules' fields."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewQosPolicy(Body, frozen=True, kw_only=True):
    """What can be said when a QoS policy is made; by default only administrators may.

    Source: neutron_lib/api/definitions/{qos,qos_default}.py, 2026.2.
    """

    name: str
    description: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class QosPolicyChange(Body, frozen=True, kw_only=True):
    """What can be changed of a QoS policy."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


class QosRuleState(State, frozen=True, kw_only=True):
    """What Neutron tells of a rule; which fields have a value depends on its type."""

    type: str = ""
    max_kbps: int | None = None
    max_burst_kbps: int | None = None
    min_kbps: int | None = None
    min_kpps: int | None = None
    dscp_mark: int | None = None
    direction: str | None = None


class QosPolicyState(State, frozen=True, kw_only=True):
    """What Neutron tells of a QoS policy."""

    shared: bool = False
    is_default: bool = False
    rules: tuple[QosRuleState, ...] = ()
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


RULE_COLUMNS: tuple[Column[QosRuleState], ...] = (
    Column(title="ID", value=lambda state: state.id),
    Column(title="Type", value=lambda state: state.type),
    Column(title="Max Kbps", value=lambda state: state.max_kbps),
    Column(title="Max Burst Kbits", value=lambda state: state.max_burst_kbps),
    Column(title="Min Kbps", value=lambda state: state.min_kbps),
    Column(title="Min Kpps", value=lambda state: state.min_kpps),
    Column(title="DSCP mark", value=lambda state: state.dscp_mark),
    Column(title="Direction", value=lambda state: state.direction),
)

KIND = Kind(
    name="qos_policy",
    plural="policies",
    key="policy",
    noun="network qos policy",
    service="network",
    path="/v2.0/qos/policies",
    state=QosPolicyState,
    new=NewQosPolicy,
    change=QosPolicyChange,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Shared", value=lambda state: state.shared),
        Column(title="Default", value=lambda state: state.is_default),
        Column(title="Project", value=lambda state: state.project_id),
    ),
)
