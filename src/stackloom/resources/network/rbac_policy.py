# SPDX-License-Identifier: Apache-2.0
"""An RBAC policy of Neutron: an object that other projects may use."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewRbacPolicy(Body, frozen=True, kw_only=True):
    """What can be said when an RBAC policy is made; a target of ``*`` is every project.

    Source: neutron/extensions/rbac.py, 29.0.0.
    """

    object_type: str
    object_id: str
    action: str
    target_project: str = msgspec.field(name="target_tenant")
    project_id: str | UnsetType = UNSET


class RbacPolicyChange(Body, frozen=True, kw_only=True):
    """What can be changed of an RBAC policy."""

    target_project: str | UnsetType = msgspec.field(name="target_tenant", default=UNSET)


class RbacPolicyState(State, frozen=True, kw_only=True):
    """What Neutron tells of an RBAC policy."""

    object_type: str = ""
    object_id: str = ""
    action: str = ""
    target_project: str = msgspec.field(name="target_tenant", default="")
    project_id: str = ""


KIND = Kind(
    name="rbac_policy",
    plural="rbac_policies",
    noun="network rbac",
    service="network",
    path="/v2.0/rbac-policies",
    state=RbacPolicyState,
    new=NewRbacPolicy,
    change=RbacPolicyChange,
    has_name=False,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Object Type", value=lambda state: state.object_type),
        Column(title="Object ID", value=lambda state: state.object_id),
    ),
    long_columns=(Column(title="Action", value=lambda state: state.action),),
)
