# SPDX-License-Identifier: Apache-2.0
"""A ``clouds.yaml`` for other tools; pure."""

from __future__ import annotations

import json

from stackloom.local.access import Access

_SUFFIX_BY_USER = {"demo": "", "admin": "-admin", "admin-system": "-system"}


def entry_name(cloud: str, user: str) -> str:
    """Return the name of a user's entry: ``stackloom-local-admin``."""
    return f"stackloom-{cloud}{_SUFFIX_BY_USER[user]}"


def entries(access: Access) -> dict[str, dict[str, object]]:
    """Return ``{"stackloom-local": {...}, "stackloom-local-admin": ..., ...}``."""
    return {entry_name(access.name, user): access.cloud_config(user) for user in _SUFFIX_BY_USER}


def text(access: Access) -> str:
    """Return the file: JSON, which is YAML as well, so there is nothing to get wrong in quoting."""
    return json.dumps({"clouds": entries(access)}, indent=2) + "\n"
