# SPDX-License-Identifier: Apache-2.0
"""A security group of Neutron: rules for what may reach a port, and leave it."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State
from stackloom.resources.network.security_group_rule import SecurityGroupRuleState


class NewSecurityGroup(Body, frozen=True, kw_only=True):
    """What can be said when a security group is made.

    Source: neutron/extensions/{securitygroup,stateful_security_group}.py, 29.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class SecurityGroupChange(Body, frozen=True, kw_only=True):
    """What can be changed of a security group; of one that ports use, not ``stateful``."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    stateful: bool | UnsetType = UNSET


class SecurityGroupState(State, frozen=True, kw_only=True):
    """What Neutron tells of a security group."""

    stateful: bool | None = None
    shared: bool = False
    security_group_rules: tuple[SecurityGroupRuleState, ...] = ()
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


KIND = Kind(
    name="security_group",
    plural="security_groups",
    service="network",
    path="/v2.0/security-groups",
    state=SecurityGroupState,
    new=NewSecurityGroup,
    change=SecurityGroupChange,
    project_query="project_id",
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Project", value=lambda state: state.project_id),
        Column(title="Tags", value=lambda state: list(state.tags)),
        Column(title="Shared", value=lambda state: state.shared),
    ),
)
