# SPDX-License-Identifier: Apache-2.0
"""Who may import whom, and what decides without doing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "stackloom"
PURE = {"planner", "plan", "graph", "document", "schema", "model"}
PICTURE = SOURCE / "scenario" / "picture"
PURE_FILES = sorted(
    [
        *(path for path in (SOURCE / "scenario").rglob("*.py") if path.stem in PURE),
        *(SOURCE / "wire").glob("*.py"),
        *(path for path in PICTURE.glob("*.py") if path.stem not in {"__init__", "png"}),
    ]
)
# What does I/O, or makes it possible to.
DOING = {"asyncio", "pyreqwest", "subprocess", "socket", "os", "shutil", "tempfile", "threading"}
OPENING = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "print", "input"}


@pytest.mark.slow
def test_imports_point_down() -> None:
    """import-linter finds every contract of pyproject.toml kept."""
    command = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run(
        [command, "--no-cache"], cwd=SOURCE.parents[1], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_all_pure_modules_are_found() -> None:
    """Or the sweep would pass over nothing."""
    assert {path.stem for path in PURE_FILES} >= PURE


@pytest.mark.parametrize("path", PURE_FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_decides_does_nothing(path: Path) -> None:
    """No event loop, no requests, no files, no processes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert _imported(tree) & DOING == set()
    assert _called(tree) & OPENING == set()


def _imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def _called(tree: ast.AST) -> set[str]:
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {each.id for each in called if isinstance(each, ast.Name)}
    return names | {each.attr for each in called if isinstance(each, ast.Attribute)}
