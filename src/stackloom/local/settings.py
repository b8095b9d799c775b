# SPDX-License-Identifier: Apache-2.0
"""What makes one cloud different from another, kept in one file.

Its ports and passwords, its release, and the services that it has beside those of every cloud.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stackloom.local import files
from stackloom.log import Secret

_PASSWORD_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one cloud was given and keeps.

    Attributes:
        first_port: the first of its ports; 0 until some were found.
        passwords: ``{user name: password}``.
        release: such as ``2026.2``; empty until one was chosen.
        extras: names of services.
        has_stock_quotas: those of OpenStack itself in place of our generous ones.
    """

    first_port: int
    passwords: Mapping[str, Secret]
    release: str = ""
    extras: tuple[str, ...] = ()
    has_stock_quotas: bool = False

    def with_users(self, names: Iterable[str]) -> Settings:
        """Return the settings with a new password for each user that has none."""
        missing = {
            name: Secret(secrets.token_urlsafe(_PASSWORD_BYTES))
            for name in names
            if name not in self.passwords
        }
        return replace(self, passwords={**self.passwords, **missing})

    def with_choice(self, release: str, extras: Iterable[str]) -> Settings:
        """Return the settings with another release and other services."""
        return replace(self, release=release, extras=tuple(sorted(extras)))

    def with_first_port(self, port: int) -> Settings:
        """Return the settings with other ports."""
        return replace(self, first_port=port)


EMPTY = Settings(first_port=0, passwords={})


def read(path: Path) -> Settings:
    """Read the file; where there is none, or half of one, start afresh."""
    try:
        raw = json.loads(path.read_text())
        return Settings(
            first_port=int(raw["first_port"]),
            passwords={name: Secret(value) for name, value in raw["passwords"].items()},
            release=str(raw.get("release", "")),
            extras=tuple(map(str, raw.get("extras", ()))),
            has_stock_quotas=bool(raw.get("has_stock_quotas", False)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return EMPTY


def write(path: Path, settings: Settings) -> None:
    """Write the file."""
    raw = {
        "first_port": settings.first_port,
        "passwords": {name: value.reveal() for name, value in settings.passwords.items()},
        "release": settings.release,
        "extras": list(settings.extras),
        "has_stock_quotas": settings.has_stock_quotas,
    }
    files.write(path, json.dumps(raw, indent=1) + "\n")
