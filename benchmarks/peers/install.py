# SPDX-License-Identifier: Apache-2.0
"""The peers' own virtual environments, byte code compiled, made once under the cache directory."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import uv

FLASK_PACKAGES = ("flask==3.1.3", "requests==2.34.2")
PACKAGES = ("openstacksdk==4.22.0", "python-openstackclient==10.5.0", "pyreqwest==0.15.1")


def installed(name: str = "scenario-peers", packages: tuple[str, ...] = PACKAGES) -> Path:
    """Return the directory of its commands, installing what is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    venv = cache / "stackloom" / "benchmarks" / name
    done = venv / "installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        command = uv.find_uv_bin()
        subprocess.run([command, "venv", "--quiet", "--clear", str(venv)], check=True)
        python = str(venv / "bin" / "python")
        install = [command, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
        subprocess.run([*install, *packages], check=True)
        done.write_text(" ".join(packages))
    return venv / "bin"
