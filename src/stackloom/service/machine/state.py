# SPDX-License-Identifier: Apache-2.0
"""What ``serve`` keeps between its starts: the folder of its own database, keys, a bearer.

Everything is in one folder, 0700, which is what has to be backed up.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from stackloom.log import Secret
from stackloom.service.grant.key_file import write_new_key
from stackloom.service.machine.address import Address
from stackloom.service.machine.postgres import make_private
from stackloom.service.private_file import write_private
from stackloom.service.settings import DatabaseSettings

_BEARER_BYTES = 32


def state_folder(settings: DatabaseSettings, environment: Mapping[str, str]) -> Path:
    """Return the folder: the one that is set, else ``$XDG_STATE_HOME/stackloom/service``."""
    if settings.folder:
        return Path(settings.folder).absolute()
    home = Path(environment.get("HOME") or "~").expanduser()
    root = environment.get("XDG_STATE_HOME") or home / ".local" / "state"
    return (Path(root) / "stackloom" / "service").absolute()


def keys_beside_database(folder: Path) -> Path:
    """Return the file of keys, which is made where it is not there yet.

    Raises:
        NotServed: *folder* is not ours, or is open to others.
    """
    make_private(folder)
    file = folder / "keys"
    if not file.exists():
        write_new_key(file)
    return file


def write_bearer(folder: Path, address: Address) -> tuple[Path, Secret]:
    """Make a bearer for this start at an address; return its file and itself.

    Raises:
        NotServed: *folder* is not ours, or is open to others.
    """
    make_private(folder)
    bearer = Secret(secrets.token_urlsafe(_BEARER_BYTES))
    # By address: two services of one person, each with a PostgreSQL elsewhere, share the folder.
    file = folder / f"bearer-{address.port}"
    write_private(file, bearer.reveal() + "\n")
    return file, bearer
