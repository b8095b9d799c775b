# SPDX-License-Identifier: Apache-2.0
"""The OpenStack releases that can be installed: one lock file with hashes for each.

Knows where the lock files are, not how they are installed.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "releases"
DEFAULT = "2026.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release as it was locked."""

    name: str
    lock_file: Path

    def key(self) -> str:
        """Name the environment: ``2026.2-py311-`` and the first 12 digits of the lock's SHA-256."""
        digest = hashlib.sha256(self.lock_file.read_bytes()).hexdigest()[:12]
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        return f"{self.name}-{python}-{digest}"

    def package_count(self) -> int:
        """Count the packages in the lock file."""
        lines = self.lock_file.read_text().splitlines()
        return sum(1 for line in lines if line[:1].isalnum() and "==" in line)


def release(name: str = DEFAULT) -> Release:
    """Return one release."""
    return Release(name=name, lock_file=_FOLDER / f"{name}.txt")
