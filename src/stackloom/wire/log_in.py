# SPDX-License-Identifier: Apache-2.0
"""What is typed into the page to log in; exchanged for a cookie, and kept nowhere."""

from __future__ import annotations

import msgspec

from stackloom.wire.words import Line, SecretText


class LogIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of ``POST /session``: one of three ways, the others left empty.

    Attributes:
        user, password, project: with the domains that their names are in.
        application_credential_id, application_credential_secret: fix the project by themselves.
        bearer: a token of Keystone's for a project; without Keystone, the bearer that
            ``stackloom serve`` has printed.
    """

    user: Line = ""
    password: SecretText = ""
    user_domain: Line = "Default"
    project: Line = ""
    project_domain: Line = "Default"
    application_credential_id: Line = ""
    application_credential_secret: SecretText = ""
    bearer: SecretText = ""

    def __repr__(self) -> str:
        return "LogIn(…)"
