# SPDX-License-Identifier: Apache-2.0
"""The OpenStack releases that can be installed: lock files with hashes for each.

``2026.2.txt`` holds what every cloud has, ``2026.2-heat.txt`` what Heat needs beyond that.

Knows where the lock files are, not how they are installed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stackloom.errors import UnknownName

_FOLDER = Path(__file__).parent / "releases"
DEFAULT = "2026.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release as it was locked.

    Attributes:
        extra_lock_files: of services that are not in every cloud; empty where none is asked for.
    """

    name: str
    lock_file: Path
    extra_lock_files: tuple[Path, ...] = ()

    @property
    def lock_files(self) -> tuple[Path, ...]:
        """All that is installed."""
        return (self.lock_file, *self.extra_lock_files)

    def key(self) -> str:
        """Name the environment: ``2026.2-py311-`` and the first 12 digits of the locks' SHA-256."""
        content = b"".join(path.read_bytes() for path in self.lock_files)
        digest = hashlib.sha256(content).hexdigest()[:12]
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        return f"{self.name}-{python}-{digest}"

    def package_count(self) -> int:
        """Count the packages in the lock files."""
        lines = [line for path in self.lock_files for line in path.read_text().splitlines()]
        return sum(1 for line in lines if line[:1].isalnum() and "==" in line)


def names() -> tuple[str, ...]:
    """List the releases that can be chosen, the newest first."""
    found = (path.stem for path in _FOLDER.glob("*.in") if "-" not in path.stem)
    return tuple(sorted(found, reverse=True))


def release(name: str = DEFAULT, services: Iterable[str] = ()) -> Release:
    """Return one release.

    Args:
        services: those that run; what they need beyond the base is installed as well.

    Raises:
        UnknownName: there is no such release.
    """
    if name not in names():
        raise UnknownName(
            f'there is no local cloud of release "{name}"', hint=f"there are: {', '.join(names())}"
        )
    extras = (_FOLDER / f"{name}-{service}.txt" for service in sorted(services))
    return Release(
        name=name,
        lock_file=_FOLDER / f"{name}.txt",
        extra_lock_files=tuple(path for path in extras if path.exists()),
    )
