# SPDX-License-Identifier: Apache-2.0
"""How to log in to a local cloud that is up: the quick look that every command takes.

Reads one file and asks the kernel about one process. Knows nothing about starting or stopping.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from stackloom.local import layout, processes
from stackloom.log import Secret

# {what the person asks for: (user, scope)}; an empty scope is the whole system.
USERS = {"demo": ("demo", "demo"), "admin": ("admin", "admin"), "admin-system": ("admin", "")}
_DOMAIN = "Default"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Where the cloud is and who may log in.

    Attributes:
        passwords: of ``admin`` and ``demo``.
        clouds_yaml: the same for other tools, in a file.
    """

    name: str
    auth_url: str
    region: str
    passwords: Mapping[str, Secret]
    clouds_yaml: Path

    def cloud_config(self, user: str = "demo") -> dict[str, object]:
        """Return one entry of a ``clouds.yaml``.

        Args:
            user: ``demo``, ``admin``, or ``admin-system`` for a system-scoped token.
        """
        login, project = USERS[user]
        scope = (
            {"project_name": project, "project_domain_name": _DOMAIN}
            if project
            else {"system_scope": "all"}
        )
        return {
            "auth_type": "password",
            "auth": {
                "auth_url": self.auth_url,
                "username": login,
                "password": self.passwords[login].reveal(),
                "user_domain_name": _DOMAIN,
                **scope,
            },
            "region_name": self.region,
            "identity_api_version": "3",
            "interface": "public",
        }

    def environment(self, user: str = "demo") -> dict[str, str]:
        """Return the ``OS_*`` variables that mean the same."""
        login, project = USERS[user]
        variables = {
            "OS_AUTH_TYPE": "password",
            "OS_AUTH_URL": self.auth_url,
            "OS_IDENTITY_API_VERSION": "3",
            "OS_USERNAME": login,
            "OS_PASSWORD": self.passwords[login].reveal(),
            "OS_USER_DOMAIN_NAME": _DOMAIN,
            "OS_REGION_NAME": self.region,
            "OS_INTERFACE": "public",
        }
        if not project:
            return {**variables, "OS_SYSTEM_SCOPE": "all"}
        return {**variables, "OS_PROJECT_NAME": project, "OS_PROJECT_DOMAIN_NAME": _DOMAIN}


def access(name: str = "local") -> Access | None:
    """Return how to log in to the cloud, or None when it is not up."""
    return read(layout.from_environment(os.environ).cloud(name))


def read(cloud: layout.CloudLayout) -> Access | None:
    """Return how to log in to the cloud that lies there, or None when it is not up."""
    try:
        raw = msgspec.json.decode(cloud.access.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    if not processes.is_running(raw["supervisor"], str(cloud.instructions)):
        return None
    return Access(
        name=cloud.name,
        auth_url=raw["auth_url"],
        region=raw["region"],
        passwords={user: Secret(value) for user, value in raw["passwords"].items()},
        clouds_yaml=cloud.clouds_yaml,
    )
