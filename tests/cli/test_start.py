# SPDX-License-Identifier: Apache-2.0
"""What a command imports before it answers: that is most of the time it takes.

No clock is asked; ``benchmarks/network_list.py`` is for that.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.fakes.fake_cloud import FakeCloud

# Each of them takes 1 to 200 ms, and what is listed here is not needed for a list that goes well.
_HEAVY = frozenset(
    [
        *("ast", "asyncio", "csv", "dataclasses", "difflib", "email", "hashlib", "html", "inspect"),
        *("json", "logging", "random", "socket", "ssl", "subprocess", "tempfile", "threading"),
        *("httpx2", "jsonschema_rs", "rich", "structlog", "typing_extensions", "yaml"),
        *("stackloom.local", "stackloom.operations", "stackloom.scenario", "stackloom.library"),
        *("stackloom.service", "stackloom.web", "stackloom.wire"),
    ]
)
# What needs no cloud needs none of these either.
_OF_CLOUDS = frozenset([*_HEAVY, *("pyreqwest", "stackloom.cloud", "stackloom.resources")])
# How many modules of ours a list may import; each takes 0.1 to 0.3 ms. Before a number goes up:
# is it needed for a list that goes well?
_MOST_OF_OURS = 60


def _imported_by(words: str) -> tuple[int, set[str]]:
    """Run a command as it is installed; return its exit code and all modules at its end."""
    code = (
        "import os, sys\n"
        f"sys.argv = ['stackloom', *{words.split()!r}]\n"
        "leave = os._exit\n"
        "def tell(code):\n"
        "    modules = [*sys.modules]\n"
        "    import json\n"
        "    print('\\n' + json.dumps([code, *modules]), flush=True)\n"
        "    leave(0)\n"
        "os._exit = tell\n"
        "from stackloom.cli.start import start\n"
        "start()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    exit_code, *modules = json.loads(ended.stdout.splitlines()[-1])
    return exit_code, set(modules)


def _ours(modules: set[str]) -> list[str]:
    return sorted(name for name in modules if name.partition(".")[0] == "stackloom")


@pytest.mark.slow
def test_a_list_imports_nothing_that_it_does_not_use(cloud: FakeCloud) -> None:
    """Log-in, request and table; the token of the second run is that of the first."""
    first, _ = _imported_by("network list")
    code, modules = _imported_by("network list")
    assert (first, code, sorted(modules & _HEAVY)) == (0, 0, [])
    ours = _ours(modules)
    assert len(ours) <= _MOST_OF_OURS, f"{len(ours)} modules: {ours}"


@pytest.mark.slow
def test_to_look_for_the_local_cloud_costs_little() -> None:
    """Where no cloud is named, each command does; it is not up here, and the command ends so."""
    code, modules = _imported_by("network list")
    assert (code, sorted(modules & _HEAVY)) == (2, ["stackloom.local"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        "network --help",
        "server create --help",
        "network list --help",
        "serve --help",
        "config check --help",
        "complete -- netw",
        "complete -- network list --lo",
    ],
)
def test_help_and_completion_import_nothing_of_clouds(words: str) -> None:
    """The overview reads every command's file, and none of what they use."""
    code, modules = _imported_by(words)
    assert (code, sorted(modules & _OF_CLOUDS)) == (0, [])


@pytest.mark.slow
def test_what_msgspec_was_kept_from_can_be_imported_later() -> None:
    """It went without ``typing_extensions``; whoever needs that module gets it."""
    code = (
        "import sys; from stackloom.cli.start import _import_msgspec; _import_msgspec()\n"
        "import typing_extensions; print(typing_extensions.__name__, 'msgspec' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "typing_extensions True\n"
