# SPDX-License-Identifier: Apache-2.0
"""A user of Keystone."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State

Options = Mapping[str, bool | tuple[tuple[str, ...], ...] | None]
"""``{"lock_password": true, "multi_factor_auth_rules": [["password", "totp"]]}``."""


class NewUser(Body, frozen=True, kw_only=True):
    """What can be said when a user is made.

    Source: keystone/identity/schema.py, 30.0.0.
    """

    name: str
    password: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET
    default_project_id: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    options: Options | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"NewUser({self.name})"  # without the password


class UserChange(Body, frozen=True, kw_only=True):
    """What can be changed of a user."""

    name: str | UnsetType = UNSET
    password: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    default_project_id: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    options: Options | UnsetType = UNSET

    def __repr__(self) -> str:
        return "UserChange(...)"  # without the password


class UserState(State, frozen=True, kw_only=True):
    """What Keystone tells of a user."""

    domain_id: str | None = None
    default_project_id: str | None = None
    email: str | None = None
    enabled: bool = True
    password_expires_at: str | None = None
    options: Options = msgspec.field(default_factory=dict)


KIND = Kind(
    name="user",
    plural="users",
    service="identity",
    path="/v3/users",
    state=UserState,
    new=NewUser,
    change=UserChange,
    update_method="PATCH",
    in_token=lambda token: (token.user_id, token.user_name),
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
    ),
    long_columns=(
        Column(title="Project", value=lambda state: state.default_project_id),
        Column(title="Domain", value=lambda state: state.domain_id),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Email", value=lambda state: state.email),
        Column(title="Enabled", value=lambda state: state.enabled),
    ),
)
