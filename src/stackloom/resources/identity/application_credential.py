# SPDX-License-Identifier: Apache-2.0
"""An application credential: a log-in for programs, in one project, with some of the roles."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class RoleOf(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A role by id, or by name."""

    id: str = ""
    name: str = ""


class AccessRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request that is allowed: ``GET /v2.1/servers`` of ``compute``."""

    id: str = ""
    service: str = ""
    method: str = ""
    path: str = ""


class NewApplicationCredential(Body, frozen=True, kw_only=True):
    """What can be said when one is made; Keystone thinks of a secret where none is given.

    Source: keystone/application_credential/schema.py, 30.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET
    expires_at: str | UnsetType | None = UNSET
    roles: tuple[RoleOf, ...] | UnsetType = UNSET
    unrestricted: bool | UnsetType = UNSET
    access_rules: tuple[AccessRule, ...] | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"NewApplicationCredential({self.name})"  # without the secret


class ApplicationCredentialState(State, frozen=True, kw_only=True):
    """What Keystone tells of one; the secret only in the answer that makes it."""

    project_id: str = ""
    user_id: str = ""
    roles: tuple[RoleOf, ...] = ()
    unrestricted: bool | None = False
    access_rules: tuple[AccessRule, ...] | None = ()
    expires_at: str | None = None
    secret: str | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"ApplicationCredentialState({self.id}, {self.name})"  # without the secret


def _rules(state: ApplicationCredentialState) -> list[str]:
    return [f"{each.method} {each.path} ({each.service})" for each in state.access_rules or ()]


KIND = Kind(
    name="application_credential",
    plural="application_credentials",
    service="identity",
    # Its place is under its user, and only that user can make one.
    path="/v3/users/{user_id}/application_credentials",
    state=ApplicationCredentialState,
    new=NewApplicationCredential,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Project ID", value=lambda state: state.project_id),
        Column(title="Roles", value=lambda state: [each.name or each.id for each in state.roles]),
        Column(title="Unrestricted", value=lambda state: state.unrestricted),
        Column(title="Access Rules", value=_rules),
        Column(title="Expires At", value=lambda state: state.expires_at),
    ),
)
