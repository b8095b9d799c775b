# SPDX-License-Identifier: Apache-2.0
"""Who uses a cloud, and that it goes with the last of them; the clouds are only directories."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stackloom.errors import NotReady, UsageError
from stackloom.local import layout, status, throwaway
from stackloom.local.access import Access


@pytest.fixture(autouse=True)
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> layout.Layout:
    """Keep the person's clouds out of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return layout.from_environment(os.environ)


def _make(everything: layout.Layout, name: str) -> None:
    everything.cloud(name).directory.mkdir(parents=True)


def _locks(everything: layout.Layout) -> list[str]:
    return sorted(path.name for path in everything.lock("any").parent.glob("*"))


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_what_nobody_uses_any_more_is_swept_with_what_was_beside_it(
    everything: layout.Layout,
) -> None:
    """Clouds that are used, and those that never were to be thrown away, stay."""
    for name in ("gone", "gone-drill", "gonebut", "used", "kept"):
        _make(everything, name)
    throwaway.use("gone").close()
    used = throwaway.use("used")
    throwaway.sweep()
    assert status.names() == ["gonebut", "kept", "used"]
    assert _locks(everything) == ["users-used.lock"]
    used.close()
    throwaway.sweep()
    assert status.names() == ["gonebut", "kept"]
    assert _locks(everything) == []


def test_only_the_last_user_is_told_so() -> None:
    """And then nobody comes in any more."""
    first, second = throwaway.use("shared"), throwaway.use("shared")
    assert not first.is_last()
    assert second.is_last()
    first.close()
    second.forget()


def test_who_comes_while_it_is_taken_away_waits_and_starts_afresh(
    everything: layout.Layout,
) -> None:
    """The file that is waited for is removed meanwhile; another one takes its place."""
    last = throwaway.use("cloud")
    assert last.is_last()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(throwaway.use, "cloud")
        last.forget()
        share = coming.result(timeout=60)
    assert _locks(everything) == ["users-cloud.lock"]
    assert share.is_last()
    share.close()


def test_until_gone_takes_away_what_the_last_user_left(everything: layout.Layout) -> None:
    """While somebody uses it, it stays, and the wait has an end."""
    _make(everything, "left")
    share = throwaway.use("left")
    throwaway.until_gone("left", within_seconds=0.1)
    assert status.names() == ["left"]
    share.close()
    throwaway.until_gone("left", within_seconds=60)
    assert (status.names(), _locks(everything)) == ([], [])


async def _bring_up(*, name: str, tie: Callable[[int], None]) -> Access:
    await asyncio.sleep(0)
    cloud = layout.from_environment(os.environ).cloud(name)
    cloud.directory.mkdir(parents=True)
    tie(os.open(os.devnull, os.O_RDONLY))
    return Access(
        name=name, auth_url="", region="", passwords={}, clouds_yaml=cloud.directory / "none"
    )


async def _fail(*, name: str, tie: Callable[[int], None]) -> Access:
    await _bring_up(name=name, tie=tie)
    raise NotReady("it did not come up")


def test_it_is_there_for_a_while_and_then_nothing_is_left(everything: layout.Layout) -> None:
    """Neither directory nor lock, and the descriptor that it was tied to is closed."""
    before = _open_files()
    with throwaway.throw_away("brief", _bring_up) as access:
        assert access.name == "brief"
        assert status.names() == ["brief"]
    assert (status.names(), _locks(everything)) == ([], [])
    assert _open_files() == before


def test_one_that_does_not_come_up_leaves_nothing(everything: layout.Layout) -> None:
    """The error is told as it is."""
    with pytest.raises(NotReady), throwaway.throw_away("never", _fail):
        pass
    assert (status.names(), _locks(everything)) == ([], [])


def test_a_cloud_that_is_there_is_not_thrown_away(everything: layout.Layout) -> None:
    """It may be somebody's."""
    _make(everything, "mine")
    with pytest.raises(UsageError, match="already"), throwaway.throw_away("mine", _bring_up):
        pass
    assert status.names() == ["mine"]
