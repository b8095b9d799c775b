# SPDX-License-Identifier: Apache-2.0
"""Files with holes, as volumes are kept; the module belongs to the cloud's own environment."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from stackloom.local import blueprint

_GIB = 1 << 30


@pytest.fixture(scope="module")
def sparse() -> ModuleType:
    """Return the module, loaded from its place beside the package."""
    path = blueprint.RUNTIME / "stackloom_cloud" / "sparse.py"
    specification = importlib.util.spec_from_file_location("sparse", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_an_empty_volume_takes_no_room(sparse: ModuleType, tmp_path: Path) -> None:
    """Neither when it is created nor when it is copied, however large."""
    sparse.resize(tmp_path / "volume", 2000)
    sparse.copy(tmp_path / "volume", tmp_path / "copy")
    for path in (tmp_path / "volume", tmp_path / "copy"):
        assert (path.stat().st_size, path.stat().st_blocks) == (2000 * _GIB, 0)


def test_what_is_written_is_copied_where_it_was(sparse: ModuleType, tmp_path: Path) -> None:
    """The holes between stay holes."""
    source, target = tmp_path / "source", tmp_path / "target"
    sparse.resize(source, 1)
    with source.open("r+b") as file:
        file.write(b"beginning")
        file.seek(_GIB - 3)
        file.write(b"end")
    sparse.copy(source, target)
    with target.open("rb") as file:
        assert file.read(9) == b"beginning"
        file.seek(_GIB - 3)
        assert file.read() == b"end"
    assert target.stat().st_blocks * 512 < 1 << 20


def test_a_copy_does_not_shrink_what_it_is_written_into(sparse: ModuleType, tmp_path: Path) -> None:
    """A backup may be restored into a larger volume."""
    small, large = tmp_path / "small", tmp_path / "large"
    sparse.resize(small, 1)
    sparse.resize(large, 3)
    with small.open("rb") as source, large.open("r+b") as target:
        sparse.copy_open(source.fileno(), target.fileno())
    assert large.stat().st_size == 3 * _GIB
