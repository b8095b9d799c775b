# SPDX-License-Identifier: Apache-2.0
"""A password that nobody gave: asked for on a terminal, and nowhere else."""

from __future__ import annotations

import sys

from msgspec.structs import replace

from stackloom.auth.config import cloud_config
from stackloom.auth.settings import Settings
from stackloom.cli.command import Invocation
from stackloom.errors import BadConfig

# No password; only for looking whether everything else is there.
_ANY = "-"


def with_password(invocation: Invocation, settings: Settings) -> Settings:
    """Return *settings* with the password that a person types, if that is all that is missing.

    Without a terminal, and where more is missing, they come back as they are.
    """
    asked_for = {**settings.values, "password": _ANY}
    try:
        config = cloud_config(replace(settings, values=asked_for))
    except BadConfig:
        return settings
    if settings.values.get("password") or not sys.stdin.isatty():
        return settings
    from getpass import getpass

    user = config.credentials.user
    typed = getpass(f"Password of {user.name or user.id} at {config.auth_url}: ", invocation.stderr)
    return replace(settings, values={**settings.values, "password": typed}) if typed else settings
