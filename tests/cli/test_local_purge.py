# SPDX-License-Identifier: Apache-2.0
"""A local cloud is removed only when somebody means it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine

from stackloom.local import layout


@pytest.fixture
def directory() -> Path:
    """Return the directory of a cloud that is down."""
    found = layout.from_environment(os.environ).cloud("mine").directory
    found.mkdir(parents=True)
    return found


@pytest.mark.parametrize("which", [("--name", "mine"), ("--all",)])
def test_without_a_terminal_nothing_is_removed_unless_told_to(
    stackloom: CommandLine, directory: Path, which: tuple[str, ...]
) -> None:
    """``--yes`` is how a program means it."""
    said = stackloom("local", "purge", *which)
    assert (said.code, said.stderr) == (
        2,
        "error: there is no terminal to ask on\nhint: give --yes to go on without asking\n",
    )
    assert directory.is_dir()
    assert stackloom("local", "purge", *which, "--yes").code == 0
    assert not directory.exists()


def test_a_name_and_all_exclude_each_other(stackloom: CommandLine, directory: Path) -> None:
    """Nothing is removed."""
    assert stackloom("local", "purge", "--all", "--name", "mine", "--yes").code == 2
    assert directory.is_dir()


def test_a_jitter_needs_a_latency(stackloom: CommandLine) -> None:
    """Nothing is started."""
    said = stackloom("local", "up", "--jitter", "5ms")
    assert (said.code, said.stderr) == (
        2,
        "error: --jitter says how much --latency varies\nhint: give both\n",
    )
