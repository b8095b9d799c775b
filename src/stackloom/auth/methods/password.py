# SPDX-License-Identifier: Apache-2.0
"""User and password."""

from __future__ import annotations

from stackloom.auth.credentials import Credentials, Json, Method, missing_user


def _identity(credentials: Credentials) -> Json:
    assert credentials.password is not None, "missing() was asked first"
    return {"user": {**credentials.user.payload(), "password": credentials.password.reveal()}}


def _missing(credentials: Credentials) -> list[str]:
    return missing_user(credentials.user) + ([] if credentials.password else ["password"])


METHOD = Method(
    auth_types=frozenset({"password", "v3password"}),
    name="password",
    identity=_identity,
    missing=_missing,
)
