# SPDX-License-Identifier: Apache-2.0
"""Install a release into an environment of its own, whole or not at all.

It is built beside its place and renamed when it is complete, so an installation that was
interrupted is never mistaken for one. Knows nothing about what is done with it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import uv

from stackloom.errors import InstallFailed
from stackloom.local import files
from stackloom.local.layout import Layout
from stackloom.local.progress import Phase, Report
from stackloom.local.release import Release

BUILDING = ".building-"
# The services' own tests: a quarter of the code, never run.
_NOT_COMPILED = r"/tests?/"


def python_of(environment: Path) -> Path:
    """Return the interpreter of an environment."""
    return environment / "bin" / "python"


async def ensure(layout: Layout, release: Release, report: Report) -> Path:
    """Return the environment of the release, installing it where it is missing.

    The caller holds the lock on installations.

    Raises:
        InstallFailed: with what the installer said.
    """
    environment = layout.environment(release.key())
    if python_of(environment).exists():
        return environment
    text = f"Installing OpenStack {release.name} ({release.package_count()} packages)"
    report(Phase(name="install", text=text, state="started"))
    started = time.monotonic()
    # A name of our own: an installer whose command was killed may still write into the old one.
    building = environment.with_name(f"{BUILDING}{os.getpid()}-{environment.name}")
    for leftover in (*environment.parent.glob(f"{BUILDING}*"), environment):
        await asyncio.to_thread(shutil.rmtree, leftover, ignore_errors=True)
    files.make_directory(environment.parent)
    try:
        await _create(building, release)
        await _compile(building, environment)
        building.rename(environment)
    finally:
        # Half of it may be what filled the disk. Gone already when all went well.
        shutil.rmtree(building, ignore_errors=True)
    report(Phase(name="install", text=text, state="done", seconds=time.monotonic() - started))
    return environment


async def _create(building: Path, release: Release) -> None:
    """Create the environment and install what the lock file names, by hash."""
    program = uv.find_uv_bin()
    python = str(python_of(building))
    await run_step(program, "venv", "--quiet", "--python", sys.executable, str(building))
    await run_step(
        program, "pip", "install", "--quiet", "--python", python, "--no-deps", "--require-hashes",
        *(f"--requirements={path}" for path in release.lock_files),
    )  # fmt: skip


async def _compile(building: Path, final: Path) -> None:
    """Compile everything to byte code now: imports then take a third of the time.

    The paths written into it are those of the final place, for tracebacks.
    """
    python = str(python_of(building))
    await run_step(
        python, "-m", "compileall", "-q", "-q", "-j", "0", "-x", _NOT_COMPILED,
        "-s", str(building), "-p", str(final), str(building / "lib"),
    )  # fmt: skip


async def run_step(*command: str) -> None:
    """Run a step of the installation; end it, and what it has started, when we are cancelled."""
    variables = {key: value for key, value in os.environ.items() if key not in _NOT_PASSED_ON}
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=variables,
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        # Its children too: compileall's hold the pipe, and waiting for it to close would not end.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if process.returncode:
        words = " ".join(Path(word).name if "/" in word else word for word in command[:3])
        text = output.decode(errors="replace").strip()[-2000:]
        raise InstallFailed(
            f"installing OpenStack: `{words}` ended with code {process.returncode}:\n{text}",
            hint="check that the package index can be reached and that the disk has 1 GB free",
        )


_NOT_PASSED_ON = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV"})
