# SPDX-License-Identifier: Apache-2.0
"""A ``clouds.yaml`` for other tools; pure."""

from __future__ import annotations

import json

from stackloom.local.access import Access

_SUFFIX_BY_USER = {"demo": "", "admin": "-admin", "admin-system": "-system"}


def entries(access: Access) -> dict[str, dict[str, object]]:
    """Return ``{"stackloom-local": {...}, "stackloom-local-admin": ..., ...}``."""
    return {
        f"stackloom-{access.name}{suffix}": access.cloud_config(user)
        for user, suffix in _SUFFIX_BY_USER.items()
    }


def text(access: Access) -> str:
    """Return the file: JSON, which is YAML as well, so there is nothing to get wrong in quoting."""
    return json.dumps({"clouds": entries(access)}, indent=2) + "\n"
