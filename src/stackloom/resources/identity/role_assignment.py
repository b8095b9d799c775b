# SPDX-License-Identifier: Apache-2.0
"""Who has which role where; an assignment has no id, and is made by ``PUT`` on its own path."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from stackloom.cloud.kind import Column, Kind, State


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of Keystone; its name only where names were asked for, as everything here.

    Attributes:
        domain: of a user, a group or a project: where its name is unique.
    """

    id: str = ""
    name: str = ""
    domain: Mapping[str, str] | None = None

    def __str__(self) -> str:
        if not self.name:
            return self.id
        return f"{self.name}@{self.domain.get('name', '')}" if self.domain else self.name


class AssignedScope(msgspec.Struct, frozen=True, kw_only=True):
    """Where the role counts: one of the three."""

    project: Named | None = None
    domain: Named | None = None
    system: Mapping[str, bool] | None = None
    inherited_to: str = msgspec.field(name="OS-INHERIT:inherited_to", default="")


class RoleAssignmentState(State, frozen=True, kw_only=True):
    """One role of one user or group in one place.

    Source: keystone/api/role_assignments.py, 30.0.0.
    """

    id: str = ""
    role: Named = Named()
    user: Named | None = None
    group: Named | None = None
    scope: AssignedScope = AssignedScope()


def assignment_path(
    role_id: str,
    *,
    user_id: str = "",
    group_id: str = "",
    project_id: str = "",
    domain_id: str = "",
    is_inherited: bool = False,
) -> str:
    """Return the path to ``PUT``, ``HEAD`` or ``DELETE``; without project and domain, the system's.

    Source: keystone/api/{projects,domains,system,os_inherit}.py, 30.0.0.
    """
    if project_id:
        place = f"/projects/{quote(project_id, safe='')}"
    elif domain_id:
        place = f"/domains/{quote(domain_id, safe='')}"
    else:
        place = "/system"
    who = f"/users/{quote(user_id, safe='')}" if user_id else f"/groups/{quote(group_id, safe='')}"
    role = f"/roles/{quote(role_id, safe='')}"
    if is_inherited:
        return f"/v3/OS-INHERIT{place}{who}{role}/inherited_to_projects"
    return f"/v3{place}{who}{role}"


def _text(named: Named | None) -> str:
    return str(named) if named else ""


KIND = Kind(
    name="role_assignment",
    plural="role_assignments",
    service="identity",
    path="/v3/role_assignments",
    state=RoleAssignmentState,
    has_name=False,
    has_pages=False,
    columns=(
        Column(title="Role", value=lambda state: str(state.role)),
        Column(title="User", value=lambda state: _text(state.user)),
        Column(title="Group", value=lambda state: _text(state.group)),
        Column(title="Project", value=lambda state: _text(state.scope.project)),
        Column(title="Domain", value=lambda state: _text(state.scope.domain)),
        Column(title="System", value=lambda state: "all" if state.scope.system else ""),
        Column(title="Inherited", value=lambda state: state.scope.inherited_to == "projects"),
    ),
)
