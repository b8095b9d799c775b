# SPDX-License-Identifier: Apache-2.0
"""Read a plug folder: a package in which every module holds one object under one name.

Adding a kind, an auth method, a local service or a command is one new file in such a folder; no
registry is edited by hand. This module knows nothing about what the objects are.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def module_names(package: ModuleType) -> list[str]:
    """List the plain names of the modules in *package*, sorted, without importing them."""
    files = [file for folder in package.__path__ for file in Path(folder).glob("*.py")]
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


def read_one(package: ModuleType, module_name: str, attribute: str, expected: type[T]) -> T:
    """Import one module of *package* and return its object."""
    module = importlib.import_module(f"{package.__name__}.{module_name}")
    found = getattr(module, attribute, None)
    assert isinstance(found, expected), (
        f"{module.__name__} must define {attribute}, a {expected.__name__}"
    )
    return found


def read(package: ModuleType, attribute: str, expected: type[T]) -> dict[str, T]:
    """Import every module of *package* and return its objects: ``{module name: object}``."""
    return {name: read_one(package, name, attribute, expected) for name in module_names(package)}
