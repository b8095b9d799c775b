# SPDX-License-Identifier: Apache-2.0
"""Scenarios inside the existing client: its shell is a fake, its command classes are not."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from osc_lib.exceptions import CommandError
from tests.cli.conftest import no_clouds
from tests.fakes.fake_cloud import FakeCloud
from tests.fakes.http_bridge import served

from stackloom import openstack_plugin

__all__ = ["no_clouds"]

_BLUE = "scenario: s\nnetworks: {blue: {cidr: 10.1.0.0/24}}\n"


@dataclass(slots=True, kw_only=True)
class _Shell:
    """As much of the client's shell as a command sees."""

    configuration: dict[str, Any]
    stdout: io.StringIO = field(default_factory=io.StringIO)
    stderr: io.StringIO = field(default_factory=io.StringIO)
    verbose_level: int = 1

    @property
    def options(self) -> SimpleNamespace:
        return SimpleNamespace(verbose_level=self.verbose_level)

    @property
    def client_manager(self) -> SimpleNamespace:
        return SimpleNamespace(get_configuration=lambda: self.configuration)

    def run(self, name: str, *words: str) -> int:
        command = getattr(openstack_plugin, name)(self, None)
        parser = command.get_parser(f"openstack scenario {name.lower()}")
        code: int = command.run(parser.parse_args(words))
        return code


@pytest.fixture
def cloud() -> FakeCloud:
    """Return a cloud."""
    return FakeCloud()


@pytest.fixture
def shell(cloud: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Shell]:
    """Return a shell whose configuration leads to the cloud, where stray variables do not."""
    (tmp_path / "s.yaml").write_text(_BLUE, encoding="utf-8")
    monkeypatch.setenv("OS_USERNAME", "somebody else")
    with served(cloud) as address:
        cloud.base = address
        auth = {
            "auth_url": f"{address}/v3",
            "username": "demo",
            "password": "secret",
            "project_name": "demo",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
            "user_domain_id": "",
        }
        yield _Shell(
            configuration={
                "auth": auth,
                "auth_type": "password",
                "region_name": None,
                "interface": "public",
                "verify": True,
                "timing": False,
                "networks": [],
            }
        )


def test_a_scenario_lives_in_the_existing_client(shell: _Shell, cloud: FakeCloud) -> None:
    """Planned, applied, shown, drawn, and taken away."""
    assert shell.run("Plan", "s.yaml") == 0
    assert shell.stdout.getvalue().endswith('scenario "s": 2 to create\n')
    assert shell.run("Plan", "s.yaml", "--detailed-exitcode") == 2
    assert shell.run("Apply", "s.yaml", "--yes") == 0
    assert cloud.told() == ["network blue", "subnet blue 10.1.0.0/24 on blue"]
    shell.stdout.truncate(0)
    shell.stdout.seek(0)
    assert shell.run("Draw", "--scenario", "s", "--ascii") == 0
    assert shell.stdout.getvalue().startswith("blue  10.1.0.0/24\n==")
    assert shell.run("Destroy", "s.yaml", "--yes") == 0
    assert cloud.told() == []


def test_what_a_scenario_has_is_listed(shell: _Shell) -> None:
    """As rows, which the client formats."""
    shell.run("Apply", "s.yaml", "--yes")
    show = getattr(openstack_plugin, "Show")(shell, None)  # noqa: B009 - the shell is a fake
    columns, rows = show.take_action(show.get_parser("show").parse_args(["s"]))
    assert columns == ("Kind", "Name", "ID", "Status")
    assert [(kind, name, status) for kind, name, _, status in rows] == [
        ("network", "blue", "ACTIVE"),
        ("subnet", "blue", ""),
    ]


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("Plan", ("none.yaml",), "there is no file none.yaml"),
        (
            "Show",
            ("x",),
            'nothing in this project carries the marks of scenario "x"\nscenarios found here: none',
        ),
    ],
)
def test_an_error_is_the_clients_own(
    shell: _Shell, name: str, words: tuple[str, ...], told: str
) -> None:
    """It tells it as it tells all others."""
    with pytest.raises(CommandError) as caught:
        shell.run(name, *words)
    assert str(caught.value) == told


def test_quiet_is_quiet(shell: _Shell) -> None:
    """The client's ``-q`` is ours."""
    shell.verbose_level = 0
    shell.run("Apply", "s.yaml", "--yes")
    assert shell.stderr.getvalue() == ""


def test_the_client_finds_every_command() -> None:
    """By the entry points of the distribution."""
    found = {each.name: each.load() for each in entry_points(group="openstack.extension")}
    ours = {name: each for name, each in found.items() if name.startswith("scenario_")}
    assert ours == {
        f"scenario_{name.lower()}": getattr(openstack_plugin, name)
        for name in ("Plan", "Apply", "Destroy", "Draw", "Show")
    }


def test_importing_it_loads_nothing_else() -> None:
    """That client imports it at each of its starts, for whatever command."""
    code = (
        "import sys; from osc_lib.command import command; before = set(sys.modules);"
        "import stackloom.openstack_plugin; print(sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "['stackloom', 'stackloom.openstack_plugin']\n"
