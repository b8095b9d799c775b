# SPDX-License-Identifier: Apache-2.0
"""A token that is already there, exchanged for one with another scope."""

from __future__ import annotations

from stackloom.auth.credentials import Credentials, Json, Method


def _identity(credentials: Credentials) -> Json:
    assert credentials.token is not None, "missing() was asked first"
    return {"id": credentials.token.reveal()}


METHOD = Method(
    auth_types=frozenset({"token", "v3token"}),
    name="token",
    identity=_identity,
    missing=lambda credentials: [] if credentials.token else ["token"],
)
