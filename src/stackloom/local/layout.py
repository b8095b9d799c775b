# SPDX-License-Identifier: Apache-2.0
"""Where everything of the local clouds lies; pure, looks at nothing.

::

    $XDG_DATA_HOME/stackloom/
    ├─ environments/2026.2-1f0c…/     the installed services, one for each release and lock file
    ├─ prepared/2026.2-1f0c…-77ab…/   the databases of a fresh cloud, copied for each one
    ├─ locks/                         one command at a time
    └─ clouds/local/
       ├─ settings.json  access.json  clouds.yaml
       ├─ etc/  logs/  run/
       └─ data/                       what reset renews: databases, images, keys
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from stackloom.errors import UsageError

_NAME = r"[a-z0-9][a-z0-9-]{0,39}"


class CloudLayout(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one cloud."""

    name: str
    directory: Path

    @property
    def settings(self) -> Path:
        """Ports and passwords, made once."""
        return self.directory / "settings.json"

    @property
    def access(self) -> Path:
        """Written when the cloud is up; says how to log in."""
        return self.directory / "access.json"

    @property
    def clouds_yaml(self) -> Path:
        """The same for other tools."""
        return self.directory / "clouds.yaml"

    @property
    def etc(self) -> Path:
        """Configuration files, written anew by each ``up``."""
        return self.directory / "etc"

    @property
    def data(self) -> Path:
        """What ``reset`` renews."""
        return self.directory / "data"

    @property
    def run(self) -> Path:
        """Sockets, process ids and temporary files."""
        return self.directory / "run"

    @property
    def instructions(self) -> Path:
        """What the supervisor was told; its last argument, by which it is known again."""
        return self.run / "instructions.json"

    @property
    def control(self) -> Path:
        """The socket on which the supervisor takes requests."""
        return self.run / "control.sock"

    @property
    def state(self) -> Path:
        """What the supervisor last said of its programs."""
        return self.run / "state.json"

    @property
    def supervisor_pid(self) -> Path:
        """The supervisor's process id, written by itself."""
        return self.run / "supervisor.pid"

    @property
    def logs(self) -> Path:
        """One file for each program."""
        return self.directory / "logs"

    def log(self, program: str) -> Path:
        """Return the log of one program."""
        return self.logs / f"{program}.log"


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, below one root."""

    root: Path

    @property
    def cache(self) -> Path:
        """What the services' libraries cache, kept out of the person's own cache."""
        return self.root / "cache"

    @property
    def clouds(self) -> Path:
        """One directory for each cloud."""
        return self.root / "clouds"

    @property
    def locks(self) -> Path:
        """One file for each thing on which one command works at a time."""
        return self.root / "locks"

    @property
    def environments(self) -> Path:
        """All virtual environments."""
        return self.root / "environments"

    @property
    def prepared_all(self) -> Path:
        """All prepared data."""
        return self.root / "prepared"

    def environment(self, key: str) -> Path:
        """Return the virtual environment of one release and lock file."""
        return self.environments / key

    def prepared(self, key: str) -> Path:
        """Return the prepared data for one environment and one version of our own code."""
        return self.prepared_all / key

    def lock(self, name: str) -> Path:
        """Return the file that is locked while a command works on *name*."""
        return self.locks / f"{name}.lock"

    def cloud(self, name: str) -> CloudLayout:
        """Return the layout of one cloud.

        Raises:
            UsageError: the name cannot be one.
        """
        if not re.fullmatch(_NAME, name):
            raise UsageError(
                f'"{name}" cannot be the name of a local cloud',
                hint="use up to 40 lower-case letters, digits and hyphens",
            )
        return CloudLayout(name=name, directory=self.clouds / name)


def from_environment(environment: Mapping[str, str]) -> Layout:
    """Return the layout for a process with these variables."""
    home = environment.get("HOME", "/")
    data = environment.get("XDG_DATA_HOME") or f"{home}/.local/share"
    return Layout(root=Path(data) / "stackloom")
