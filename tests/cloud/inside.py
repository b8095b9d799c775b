# SPDX-License-Identifier: Apache-2.0
"""Run code as the services of a cloud run: in their environment, with our runtime."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from stackloom.local import layout
from stackloom.local.access import Access
from stackloom.local.blueprint import RUNTIME
from stackloom.local.install import python_of


def told_inside(access: Access, code: str) -> str:
    """Return what the code prints; it has to succeed."""
    cloud = layout.from_environment(os.environ).cloud(access.name)
    environment = json.loads(cloud.instructions.read_bytes())["environment"]
    ended = subprocess.run(
        [python_of(Path(environment)), "-W", "ignore", "-c", code],
        env={"PYTHONPATH": str(RUNTIME), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
