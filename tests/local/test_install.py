# SPDX-License-Identifier: Apache-2.0
"""An installation is whole or not there; tried with lock files that need no package index."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from stackloom.errors import InstallFailed
from stackloom.local import install
from stackloom.local.layout import Layout
from stackloom.local.progress import Event, Phase
from stackloom.local.release import Release

pytestmark = pytest.mark.slow


def _release(tmp_path: Path, lock: str) -> Release:
    lock_file = tmp_path / "lock.txt"
    lock_file.write_text(lock)
    return Release(name="0.0", lock_file=lock_file)


def _ensure(tmp_path: Path, release: Release) -> tuple[Path, list[Event]]:
    events: list[Event] = []
    layout = Layout(root=tmp_path / "data")
    return asyncio.run(install.ensure(layout, release, events.append)), events


def test_it_is_installed_once(tmp_path: Path) -> None:
    """The second time there is nothing to do and nothing to tell."""
    release = _release(tmp_path, "")
    environment, events = _ensure(tmp_path, release)
    assert [event.state for event in events if isinstance(event, Phase)] == ["started", "done"]
    subprocess.run([install.python_of(environment), "-c", "import sys"], check=True)
    assert _ensure(tmp_path, release) == (environment, [])


def test_what_an_interrupted_installation_left_is_replaced(tmp_path: Path) -> None:
    """Neither a half-built environment nor a broken one is taken for whole."""
    release = _release(tmp_path, "")
    environments = tmp_path / "data" / "environments"
    (environments / f".building-1-{release.key()}" / "bin").mkdir(parents=True)
    (environments / release.key() / "bin").mkdir(parents=True)
    (environments / release.key() / "bin" / "python").symlink_to(tmp_path / "gone")
    environment, _ = _ensure(tmp_path, release)
    assert install.python_of(environment).exists()
    assert [path.name for path in environments.iterdir()] == [release.key()]


def test_a_package_that_is_not_what_was_locked_is_refused(tmp_path: Path) -> None:
    """The message says what the installer said, and nothing is left that looks whole."""
    wheel = tmp_path / "thing-1-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    release = _release(tmp_path, f"thing @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(InstallFailed, match="ended with code") as caught:
        _ensure(tmp_path, release)
    assert "thing" in str(caught.value)
    assert list((tmp_path / "data" / "environments").iterdir()) == []


def test_a_step_that_is_cancelled_ends_with_what_it_has_started(tmp_path: Path) -> None:
    """A child that holds the pipe would otherwise keep a Ctrl-C waiting for as long as it lives."""
    started = tmp_path / "started"
    child = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"

    async def cancel_it() -> None:
        step = asyncio.create_task(
            install.run_step(sys.executable, "-c", parent, child, str(started))
        )
        while not started.exists():  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.01)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(step, timeout=60)

    asyncio.run(cancel_it())
