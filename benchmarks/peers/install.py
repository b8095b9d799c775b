# SPDX-License-Identifier: Apache-2.0
"""The peers' own virtual environment, byte code compiled, made once under the cache directory."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import uv

PACKAGES = ("openstacksdk==4.22.0", "python-openstackclient==10.5.0", "pyreqwest==0.15.1")


def installed() -> Path:
    """Return the directory of its commands, installing what is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    venv = cache / "stackloom" / "benchmarks" / "scenario-peers"
    done = venv / "installed"
    if not done.exists() or done.read_text() != " ".join(PACKAGES):
        command = uv.find_uv_bin()
        subprocess.run([command, "venv", "--quiet", "--clear", str(venv)], check=True)
        python = str(venv / "bin" / "python")
        install = [command, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
        subprocess.run([*install, *PACKAGES], check=True)
        done.write_text(" ".join(PACKAGES))
    return venv / "bin"
