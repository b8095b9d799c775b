# SPDX-License-Identifier: Apache-2.0
"""A credential that Keystone keeps for a user: the seed of a TOTP, an EC2 key."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewCredential(Body, frozen=True, kw_only=True):
    """What can be said when a credential is made; ``blob`` is the secret itself.

    Source: keystone/credential/schema.py, 30.0.0.
    """

    user_id: str
    type: str
    blob: str
    project_id: str | UnsetType | None = UNSET

    def __repr__(self) -> str:
        return f"NewCredential({self.type})"  # without the secret


class CredentialChange(Body, frozen=True, kw_only=True):
    """What can be changed of a credential."""

    user_id: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    blob: str | UnsetType = UNSET
    project_id: str | UnsetType | None = UNSET

    def __repr__(self) -> str:
        return "CredentialChange(...)"  # without the secret


class CredentialState(State, frozen=True, kw_only=True):
    """What Keystone tells of a credential, the secret with it."""

    user_id: str = ""
    type: str = ""
    blob: str = ""
    project_id: str | None = None

    def __repr__(self) -> str:
        return f"CredentialState({self.id}, {self.type})"  # without the secret


KIND = Kind(
    name="credential",
    plural="credentials",
    service="identity",
    path="/v3/credentials",
    state=CredentialState,
    new=NewCredential,
    change=CredentialChange,
    update_method="PATCH",
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Type", value=lambda state: state.type),
        Column(title="User ID", value=lambda state: state.user_id),
        Column(title="Data", value=lambda state: state.blob),
        Column(title="Project ID", value=lambda state: state.project_id),
    ),
)
