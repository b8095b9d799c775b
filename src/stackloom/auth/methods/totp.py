# SPDX-License-Identifier: Apache-2.0
"""A one-time passcode of an authenticator app.

Source: keystone/auth/plugins/totp.py, 30.0.0: a passcode is good for one time step and not refused
when it is used twice within it.
"""

from __future__ import annotations

from stackloom.auth.credentials import Credentials, Json, Method, missing_user


def _identity(credentials: Credentials) -> Json:
    assert credentials.passcode is not None, "missing() was asked first"
    return {"user": {**credentials.user.payload(), "passcode": credentials.passcode.reveal()}}


def _missing(credentials: Credentials) -> list[str]:
    return missing_user(credentials.user) + ([] if credentials.passcode else ["passcode"])


METHOD = Method(auth_types=frozenset({"v3totp"}), name="totp", identity=_identity, missing=_missing)
