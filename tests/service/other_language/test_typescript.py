# SPDX-License-Identifier: Apache-2.0
"""Another language: a client that a generator makes of our description, compiled and used.

The versions are pinned: TypeScript 7.0 breaks the generator.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.service.live import listening
from tests.service.serving import app_for, settings_for

from stackloom.service.rest.document import document_of
from stackloom.service.rest.routes import all_routes

_HERE = Path(__file__).parent
_FILES = (
    "package.json",
    "package-lock.json",
    "openapi-ts.config.mjs",
    "tsconfig.json",
    "program.ts",
)
# What npm says when the registry cannot be reached, which is no fault of ours.
_NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a program that was compiled against a generated client."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("there is no node with npm on this machine: apt-get install nodejs npm")
    folder = tmp_path_factory.mktemp("typescript")
    for name in _FILES:
        shutil.copy(_HERE / name, folder)
    (folder / "openapi.json").write_bytes(document_of(all_routes(), "http://service.test"))
    installed = _run(folder, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund")
    if installed.returncode and any(word in installed.stderr for word in _NO_NETWORK):
        pytest.skip("the registry of npm cannot be reached")
    assert installed.returncode == 0, installed.stderr
    for command in (("npx", "openapi-ts"), ("npx", "tsc", "--project", ".")):
        done = _run(folder, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_generated_client_starts_a_run(compiled: Path, database_url: str, tmp_path: Path) -> None:
    """It is strict about types, lists scenarios, is refused with our codes, and starts a run."""

    async def work() -> Any:
        app = app_for(settings_for(database_url, tmp_path))
        async with listening(app) as url:
            program = await asyncio.create_subprocess_exec(
                "node",
                str(compiled / "compiled" / "program.js"),
                url,
                "blue-member",
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=compiled,
            )
            said, complaints = await program.communicate()
        assert program.returncode == 0, complaints.decode()
        return json.loads(said)

    assert asyncio.run(work()) == {
        "before": [],
        "valid": True,
        "refused": [[409, "stackloom.scenario.exists"]],
        "revision": 1,
        "run": ["typed", "apply", "queued"],
        "state": "cancelled",
        "events": ["queued", "cancelled"],
        "after": ["typed"],
    }
