# SPDX-License-Identifier: Apache-2.0
"""A trust: one user lets another one act with some of its roles in one project."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State
from stackloom.resources.identity.application_credential import RoleOf


class NewTrust(Body, frozen=True, kw_only=True):
    """What can be said when a trust is made; only the trustor can make it.

    Source: keystone/trust/schema.py, 30.0.0.
    """

    trustor_user_id: str
    trustee_user_id: str
    project_id: str | UnsetType | None = UNSET
    roles: tuple[RoleOf, ...] | UnsetType = UNSET
    impersonation: bool = False
    expires_at: str | UnsetType | None = UNSET
    remaining_uses: int | UnsetType | None = UNSET
    allow_redelegation: bool | UnsetType = UNSET
    redelegation_count: int | UnsetType | None = UNSET


class TrustState(State, frozen=True, kw_only=True):
    """What Keystone tells of a trust; its roles only where it is asked for alone."""

    trustor_user_id: str = ""
    trustee_user_id: str = ""
    project_id: str | None = None
    impersonation: bool = False
    roles: tuple[RoleOf, ...] = ()
    expires_at: str | None = None
    deleted_at: str | None = None
    remaining_uses: int | None = None
    redelegation_count: int | None = None
    redelegated_trust_id: str | None = None


KIND = Kind(
    name="trust",
    plural="trusts",
    service="identity",
    path="/v3/OS-TRUST/trusts",
    state=TrustState,
    new=NewTrust,
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Expires At", value=lambda state: state.expires_at),
        Column(title="Impersonation", value=lambda state: state.impersonation),
        Column(title="Project ID", value=lambda state: state.project_id),
        Column(title="Trustee User ID", value=lambda state: state.trustee_user_id),
        Column(title="Trustor User ID", value=lambda state: state.trustor_user_id),
    ),
)
