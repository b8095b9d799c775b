# SPDX-License-Identifier: Apache-2.0
"""User and password."""

from __future__ import annotations

from stackloom.auth.credentials import Credentials, Json, Method


def _identity(credentials: Credentials) -> Json:
    assert credentials.password is not None, "missing() was asked first"
    return {"user": {**credentials.user.payload(), "password": credentials.password.reveal()}}


def _missing(credentials: Credentials) -> list[str]:
    user = credentials.user
    lacking = [] if user else ["username"]
    if user.name and not user.id and not (user.domain_id or user.domain_name):
        lacking.append("user_domain_name")
    if not credentials.password:
        lacking.append("password")
    return lacking


METHOD = Method(
    auth_types=frozenset({"password", "v3password"}),
    name="password",
    identity=_identity,
    missing=_missing,
)
