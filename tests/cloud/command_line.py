# SPDX-License-Identifier: Apache-2.0
"""Run the ``stackloom`` command as a person does, against the run's local cloud."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from stackloom.local.access import Access

COMMAND = str(Path(sys.executable).parent / "stackloom")
EXAMPLES = Path(__file__).parents[2] / "examples"


def variables(access: Access, user: str = "demo") -> dict[str, str]:
    """Return this process's variables with the cloud's ``OS_*`` in place of its own."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}
    return own | access.environment(user)


def stackloom(access: Access, *words: str, user: str = "demo") -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [COMMAND, *words],
        env=variables(access, user),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def done(access: Access, *words: str, user: str = "demo") -> str:
    """Run one command that has to succeed, and return its stdout."""
    result = stackloom(access, *words, user=user)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
