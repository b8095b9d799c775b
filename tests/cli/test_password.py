# SPDX-License-Identifier: Apache-2.0
"""A password that nobody gave: typed on a terminal, and told as missing everywhere else."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud

_COMMAND = [str(Path(sys.executable).parent / "stackloom"), "network", "list", "-f", "value"]
_MISSING = (
    "error: OS_* variables: password is missing\n"
    "hint: give it as --os-password or OS_PASSWORD, or in clouds.yaml or secure.yaml; on a "
    "terminal stackloom asks for it\n"
)


@pytest.fixture(autouse=True)
def no_password(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a cloud, and leave the password out."""
    monkeypatch.delenv("OS_PASSWORD")


def test_without_a_terminal_it_is_told(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """With the ways to give it; nothing is sent."""
    assert stackloom("network", "list") == Said(code=2, stdout="", stderr=_MISSING)
    assert cloud.requests == []


def _typed(words: list[str], password: str) -> tuple[int, str, str]:
    """Run a command on a terminal, type *password* when it asks; return code, stdout, stderr."""
    keyboard, terminal = pty.openpty()
    command = subprocess.Popen(
        words,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # without a terminal of its own beside stdin
    )
    assert command.stderr is not None
    try:
        asked, _, _ = select.select([command.stderr], [], [], 30)
        assert asked, "it asked for nothing"
        prompt = os.read(command.stderr.fileno(), 1000).decode()
        os.write(keyboard, f"{password}\n".encode())
        stdout, stderr = command.communicate(timeout=30)
        return command.returncode, stdout.decode(), prompt + stderr.decode()
    finally:
        os.close(keyboard)
        os.close(terminal)


@pytest.mark.slow
def test_on_a_terminal_it_is_typed(cloud: FakeCloud) -> None:
    """It is asked for once, by user and place, and shown nowhere."""
    code, stdout, stderr = _typed(_COMMAND, "swordfish")
    assert (code, stdout) == (0, "")
    assert stderr == f"Password of demo at {cloud.base}/v3: \n"
    assert cloud.requests == ["POST /v3/auth/tokens", "GET /v2.0/networks"]


@pytest.mark.slow
def test_nothing_typed_is_no_password(cloud: FakeCloud) -> None:
    """The usual message follows."""
    code, stdout, stderr = _typed(_COMMAND, "")
    assert (code, stdout) == (2, "")
    assert stderr.endswith(f": \n{_MISSING}")


@pytest.mark.slow
def test_where_more_is_missing_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password would not help."""
    monkeypatch.delenv("OS_USER_DOMAIN_NAME")
    code, stdout, stderr = _typed(_COMMAND, "swordfish")
    assert (code, stdout) == (2, "")
    assert stderr.startswith("error: OS_* variables: username needs user_domain_name")
