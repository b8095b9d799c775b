# SPDX-License-Identifier: Apache-2.0
"""A plug folder is read as it lies there, on a package made for the test."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from stackloom import plug

_NAME = "garden_of_numbers"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A package with two numbers, a private module, a package inside and a text."""
    folder = tmp_path / _NAME
    (folder / "inside").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "two.py": "NUMBER = 2",
        "one.py": "NUMBER = 1",
        "_private.py": "raise AssertionError('not a plug')",
        "inside/__init__.py": "raise AssertionError('not a plug')",
        "README.md": "no code",
    }.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module(_NAME)
    for name in [name for name in sys.modules if name.partition(".")[0] == _NAME]:
        del sys.modules[name]


def test_the_modules_are_listed_without_importing_them(package: ModuleType) -> None:
    """Names are sorted; packages and private modules are no plugs."""
    assert plug.module_names(package) == ["one", "two"]
    assert f"{_NAME}.one" not in sys.modules


def test_every_module_gives_its_object(package: ModuleType) -> None:
    """A new file is a new entry, and no other file is edited."""
    assert plug.read(package, "NUMBER", int) == {"one": 1, "two": 2}


def test_one_module_is_read_without_the_others(package: ModuleType) -> None:
    """Who needs one object pays for one module."""
    assert plug.read_one(package, "two", "NUMBER", int) == 2
    assert f"{_NAME}.one" not in sys.modules


@pytest.mark.parametrize("text", ["", "NUMBER = 'three'"])
def test_a_module_without_its_object_is_told(package: ModuleType, text: str) -> None:
    """Who writes a plug is told what it has to define."""
    (Path(package.__path__[0]) / "three.py").write_text(text)
    importlib.invalidate_caches()
    # pytest may add a line of its own: as the home of a plugin of pytest, the package is rewritten.
    told = rf"^{_NAME}\.three must define NUMBER, a int(\n|$)"
    with pytest.raises(AssertionError, match=told):
        plug.read(package, "NUMBER", int)
