# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped"
"""Give a cloud the freshly prepared data, and what is its own: passwords, keys, addresses.

The data is copied beside and renamed when it is whole, so a copy that was interrupted is never
mistaken for a cloud. Knows the few table columns that hold what differs from cloud to cloud.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import bcrypt

from . import seed
from .instructions import Instructions, Program

# Keystone's own range starts at 4 (keystone/conf/identity.py, `password_hash_rounds`, 30.0). The
# passwords are 32 random characters: slow hashing would protect nothing and cost 0.2 s a token.
_HASH_ROUNDS = 4
KEY_REPOSITORIES = ("fernet-keys", "credential-keys", "receipt-keys")


def is_needed(instructions: Instructions) -> bool:
    """Tell whether the cloud has no data yet."""
    return not instructions.data.is_dir()


def renew(instructions: Instructions) -> None:
    """Replace the cloud's data by a copy of what was prepared."""
    fresh = instructions.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    # Horizon's style sheets and scripts are served from where they were prepared.
    shutil.copytree(instructions.prepared, fresh, ignore=shutil.ignore_patterns("horizon"))
    for name in KEY_REPOSITORIES:
        create_keys(fresh / name)
    _set_passwords(fresh, instructions.passwords)
    _set_paths(fresh, instructions.data)
    old = instructions.data.with_name("data.old")
    shutil.rmtree(old, ignore_errors=True)
    if instructions.data.exists():
        instructions.data.rename(old)
    fresh.rename(instructions.data)
    shutil.rmtree(old, ignore_errors=True)


def _complete(instructions: Instructions) -> None:
    """Give the cloud the data of services that it has not had before."""
    for prepared in (instructions.prepared / "databases").glob("*.sqlite"):
        own = instructions.data / "databases" / prepared.name
        if not own.exists():
            beside = own.with_suffix(".new")
            shutil.copy(prepared, beside)
            beside.rename(own)


def set_addresses(instructions: Instructions) -> None:
    """Let the data fit what runs now: services that are new here, and ports that have changed.

    Catalog entries of services that do not run any more are disabled; those that are not ours are
    left alone.
    """
    _complete(instructions)
    with closing(_connect(instructions.data, "keystone")) as database, database:
        ours = "url LIKE 'http://127.0.0.1:%'"
        database.execute(f"UPDATE endpoint SET enabled = 0 WHERE {ours}")  # noqa: S608 - no input
        for program in instructions.programs:
            known = database.execute(
                "SELECT id FROM service WHERE type = ?", (program.service_type,)
            ).fetchone()
            if known is None:
                _add_to_catalog(database, program)
                continue
            database.execute(
                f"UPDATE endpoint SET url = ?, enabled = 1 WHERE {ours} AND service_id = ?",  # noqa: S608 - no input
                (program.url, known[0]),
            )


def _add_to_catalog(database: sqlite3.Connection, program: Program) -> None:
    """Add a service and its three endpoints, as ``programs/keystone.py`` does for a fresh cloud."""
    service_id = uuid.uuid4().hex
    database.execute(
        "INSERT INTO service (id, type, enabled, extra) VALUES (?, ?, 1, ?)",
        (service_id, program.service_type, json.dumps({"name": program.name})),
    )
    database.executemany(
        "INSERT INTO endpoint (id, interface, service_id, url, enabled, extra, region_id)"
        " VALUES (?, ?, ?, ?, 1, '{}', ?)",
        [
            (uuid.uuid4().hex, interface, service_id, program.url, seed.REGION)
            for interface in seed.INTERFACES
        ],
    )


def _connect(data: Path, name: str) -> sqlite3.Connection:
    return sqlite3.connect(data / "databases" / f"{name}.sqlite")


def create_keys(repository: Path) -> None:
    """Create a staged and a primary key, as ``keystone-manage fernet_setup`` does (30.0)."""
    repository.mkdir(mode=0o700, exist_ok=True)
    for number in ("0", "1"):
        key = base64.urlsafe_b64encode(secrets.token_bytes(32))
        (repository / number).write_bytes(key)
        os.chmod(repository / number, 0o600)  # noqa: PTH101 - one call, beside the writing


def _set_passwords(data: Path, passwords: dict[str, str]) -> None:
    with closing(_connect(data, "keystone")) as database, database:
        for name, password in passwords.items():
            hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_HASH_ROUNDS)).decode()
            database.execute(
                "UPDATE password SET password_hash = ? WHERE local_user_id IN"
                " (SELECT id FROM local_user WHERE name = ?)",
                (hashed, name),
            )


def _set_paths(fresh: Path, final: Path) -> None:
    """Replace the paths of the prepared data: a cloud must not write into the original."""
    with closing(_connect(fresh, "nova-api")) as database, database:
        database.execute(
            "UPDATE cell_mappings SET database_connection ="
            " 'sqlite:///' || ? || '/databases/' || CASE name"
            " WHEN 'cell0' THEN 'nova-cell0.sqlite' ELSE 'nova.sqlite' END",
            (str(final),),
        )
    with closing(_connect(fresh, "glance")) as database, database:
        database.execute(
            "UPDATE image_locations SET value = 'file://' || ? || '/images/' || image_id",
            (str(final),),
        )
