# SPDX-License-Identifier: Apache-2.0
"""Import of two packages what is needed, and the rest when somebody asks for it.

taskflow takes two classes and five functions from it (taskflow/types/graph.py, 6.5), and networkx
imports all its 280 modules for that: 9 MB in Cinder. Its own ``__init__`` still runs, and every
name is still there; only the large packages below it are read when one of their names is wanted.
pyparsing is imported for formulas by which a back end asks to be chosen
(cinder/scheduler/evaluator/evaluator.py, 29.0), and is read with the first of them.
Knows nothing about the services.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_WHOLE = "networkx"
# Package -> name in it -> the module below the package that defines it, or that is meant.
_WANTED: Mapping[str, Mapping[str, str]] = {
    "generators": {},
    "readwrite": {},
    "algorithms": {
        "compose": "operators.binary",
        "cycles": "cycles",
        "is_directed_acyclic_graph": "dag",
        "strongly_connected_components": "components.strongly_connected",
        "topological_generations": "dag",
        "topological_sort": "dag",
    },
    "algorithms.components": {},
    "algorithms.operators": {},
    "algorithms.traversal": {},
    "linalg": {},
    "drawing": {"nx_pydot": "nx_pydot"},
}
_reading = threading.RLock()


def install() -> None:
    """Import both in this way; they must not have been imported before in this process."""
    _unread("pyparsing", {})
    packages = [_unread(f"{_WHOLE}.{name}", wanted) for name, wanted in _WANTED.items()]
    whole = importlib.import_module(_WHOLE)

    def find(name: str) -> Any:
        if not name.startswith("__"):
            _read_all(whole, packages)
            if name in vars(whole):
                return vars(whole)[name]
        raise AttributeError(f"module {_WHOLE!r} has no attribute {name!r}")

    vars(whole)["__getattr__"] = find


class _Unread(ModuleType):
    """A package whose ``__init__`` has not run; the modules below it can be imported."""

    def __init__(self, specification: ModuleSpec, wanted: Mapping[str, str]) -> None:
        super().__init__(specification.name)
        self.__spec__ = specification
        self.__path__ = specification.submodule_search_locations or []
        self.__all__ = list(wanted)
        self._stackloom_wanted = wanted

    def __getattr__(self, name: str) -> Any:
        """Import the module that has the name, or all of the package."""
        if name.startswith("_"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name in self._stackloom_wanted:
            module = importlib.import_module(f"{self.__name__}.{self._stackloom_wanted[name]}")
            return getattr(module, name, module)
        _read(self)
        return object.__getattribute__(self, name)


def _unread(name: str, wanted: Mapping[str, str]) -> _Unread:
    above = name.rpartition(".")[0]
    path: Sequence[str] | None = None
    if above in sys.modules:
        path = sys.modules[above].__path__
    elif above:
        found = importlib.util.find_spec(above)
        path = None if found is None else found.submodule_search_locations
    # Not the usual find_spec, which would import the package above it.
    specification = importlib.machinery.PathFinder.find_spec(name, path)
    assert specification is not None, f"there is a package {name}"
    package = sys.modules[name] = _Unread(specification, wanted)
    return package


def _read(package: _Unread) -> None:
    """Let the package's own ``__init__`` run, once."""
    with _reading:
        if vars(package).pop("__all__", None) is None:
            return
        assert package.__spec__ is not None, "made with one"
        assert package.__spec__.loader is not None, "a package has a loader"
        package.__spec__.loader.exec_module(package)


def _read_all(whole: ModuleType, packages: Iterable[_Unread]) -> None:
    """Read every package, and take over what it offers, as networkx does."""
    with _reading:
        for package in packages:
            _read(package)
            for name, value in list(vars(package).items()):
                if not name.startswith("_"):
                    vars(whole).setdefault(name, value)
