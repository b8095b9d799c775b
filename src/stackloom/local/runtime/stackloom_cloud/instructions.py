# SPDX-License-Identifier: Apache-2.0
"""The JSON file that says what to run, parsed once; knows nothing of what the programs are."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One OpenStack service: one process and one listening socket.

    Attributes:
        service_type: its type in the catalog, such as ``network``.
        url: what the catalog says, such as ``http://127.0.0.1:20104/v2.1``.
        socket: number of the listening socket that was inherited; -1 while preparing.
        environment: variables that are set in this process only.
    """

    name: str
    service_type: str
    distribution: str
    url: str
    socket: int
    log: Path
    environment: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """All of it.

    Attributes:
        data: databases and other things that ``reset`` renews.
        prepared: the freshly prepared data that is copied, or made where the task is to prepare.
        run: sockets, state and temporary files of the running cloud.
        passwords: ``{user name: password}`` of the users that every cloud has.
        latency_seconds: how long every request from outside waits, give or take *jitter_seconds*.
    """

    name: str
    directory: Path
    environment: Path
    data: Path
    prepared: Path
    run: Path
    log: Path
    programs: tuple[Program, ...]
    passwords: dict[str, str]
    latency_seconds: float
    jitter_seconds: float


def read(path: Path) -> Instructions:
    """Read the file and restrict everything that this process will create to its owner."""
    os.umask(0o077)
    raw = json.loads(path.read_text())
    programs = tuple(Program(**{**each, "log": Path(each["log"])}) for each in raw.pop("programs"))
    passwords = raw.pop("passwords")
    name = raw.pop("name")
    latency_seconds, jitter_seconds = raw.pop("latency_seconds"), raw.pop("jitter_seconds")
    paths: dict[str, Path] = {key: Path(value) for key, value in raw.items()}
    return Instructions(
        name=name,
        programs=programs,
        passwords=passwords,
        latency_seconds=latency_seconds,
        jitter_seconds=jitter_seconds,
        **paths,
    )
