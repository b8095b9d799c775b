# SPDX-License-Identifier: Apache-2.0
"""Make the databases of a fresh cloud once: every service its own, all at the same time.

Runs one child for each program, because oslo.config keeps one configuration per process. Knows
nothing about what a program does.
"""

from __future__ import annotations

import functools
import importlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from . import process, seed, shared, sqlite
from .events import Events
from .instructions import Instructions, Program


def run(instructions: Instructions, events: Events) -> int:
    """Prepare into ``instructions.data``; tell of the first program that could not."""
    shutil.rmtree(instructions.data, ignore_errors=True)
    for name in ("databases", "nova", "neutron"):
        (instructions.data / name).mkdir(parents=True)
    shared.load()
    sqlite.install()
    shared.freeze()
    identities = seed.Identities()
    programs = {}
    for program in instructions.programs:
        body = functools.partial(_prepare, instructions, program, identities)
        programs[process.fork(program.name, program.log, body)] = program
    failed = False
    while programs:
        pid, status = os.wait()
        program = programs.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code and not failed:
            failed = True
            events.send("failed", program=program.name, code=code, log=str(program.log))
    if failed:
        return 1
    for database in (instructions.data / "databases").glob("*.sqlite"):
        _settle(database)
    events.send("ready")
    return 0


def _prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> int:
    os.environ.update(program.environment)
    module = importlib.import_module(f"{__package__}.programs.{program.name}")
    module.prepare(instructions, program, identities)
    return 0


def _settle(path: Path) -> None:
    """Bring what is in the write-ahead log into the file, so that copying the file is enough."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
