# SPDX-License-Identifier: Apache-2.0
"""An application credential: a secret that fixes user, project and roles."""

from __future__ import annotations

from stackloom.auth.credentials import Credentials, Json, Method, missing_user


def _identity(credentials: Credentials) -> Json:
    assert credentials.application_credential_secret is not None, "missing() was asked first"
    credential = credentials.application_credential
    identity: dict[str, object] = {"secret": credentials.application_credential_secret.reveal()}
    if credential.id:
        return {"id": credential.id, **identity}
    return {"name": credential.name, "user": credentials.user.payload(), **identity}


def _missing(credentials: Credentials) -> list[str]:
    lacking = [] if credentials.application_credential else ["application_credential_id"]
    if credentials.application_credential.name and not credentials.application_credential.id:
        lacking += missing_user(credentials.user)
    if not credentials.application_credential_secret:
        lacking.append("application_credential_secret")
    return lacking


METHOD = Method(
    auth_types=frozenset({"v3applicationcredential"}),
    name="application_credential",
    identity=_identity,
    missing=_missing,
    takes_scope=False,
)
