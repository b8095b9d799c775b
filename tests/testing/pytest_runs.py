# SPDX-License-Identifier: Apache-2.0
"""Run pytest on a file of tests, as somebody does who has installed stackloom."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from stackloom.local import layout, processes

_WITHIN_SECONDS = 240


def pytest_run(directory: Path, tests: str, *options: str) -> subprocess.Popen[str]:
    """Start pytest on these tests, in a directory where nothing of ours is configured."""
    (directory / "test_theirs.py").write_text(tests)
    (directory / "pytest.ini").write_text("[pytest]\n")
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=directory,
        env={name: value for name, value in os.environ.items() if not name.startswith("OS_")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output_of(run: subprocess.Popen[str]) -> str:
    """Wait until it ends, and return all that it said."""
    try:
        output, _ = run.communicate(timeout=_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        raise AssertionError(f"it hung: {run.communicate()[0]}") from None
    return output


def what_is_left(name: str) -> list[object]:
    """Return what there is of a cloud: processes, directory, locks."""
    everything = layout.from_environment(os.environ)
    cloud = everything.cloud(name)
    found: list[object] = [*processes.started_with(str(cloud.instructions))]
    found += [cloud.directory] if cloud.directory.exists() else []
    return [*found, *everything.lock("any").parent.glob(f"*{name}*")]
