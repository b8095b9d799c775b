# SPDX-License-Identifier: Apache-2.0
"""What is in ``deploy/``: read by the programs that it is for, as far as they are here."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import yaml
from tests.service.machine.served import environment

from stackloom.cli.finding import find
from stackloom.service.grant.key_file import read_keys
from stackloom.service.settings import ServiceSettings
from stackloom.service.settings_sources import names, read_settings, variable

_ROOT = Path(__file__).parents[3]
_DEPLOY = _ROOT / "deploy"
_UNITS = sorted((_DEPLOY / "systemd").iterdir())
_VARIABLES = {variable(name) for name in names()}
# What the image gets of the project, as its list of what to leave out says.
_SOURCE = ("CHANGELOG.md", "LICENSE", "README.md", "examples", "pyproject.toml", "src")


def test_the_file_of_settings() -> None:
    """It names real settings, and the limits of the units are above what it sets."""
    read = read_settings({}, config=str(_DEPLOY / "stackloom.toml"))
    assert read.problems == ()
    document = tomllib.loads((_DEPLOY / "stackloom.toml").read_text())
    given = {f"{section}.{key}" for section, keys in document.items() for key in keys}
    assert {name for name, source in read.sources.items() if source != "default"} == given


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
@pytest.mark.parametrize("unit", _UNITS, ids=lambda unit: unit.name)
def test_units_are_what_systemd_expects(unit: Path, tmp_path: Path) -> None:
    """It has no remark on them; the program is one that is there."""
    text = unit.read_text().replace("/opt/stackloom/bin/stackloom", "/bin/true")
    copy = tmp_path / unit.name
    copy.write_text(text)
    command = ["systemd-analyze", "verify", str(copy)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize("unit", _UNITS, ids=lambda unit: unit.name)
def test_units_start_commands_that_there_are(unit: Path) -> None:
    """Variables are of settings, and systemd waits longer than a drain takes."""
    text = unit.read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    _check_command(shlex.split(command))
    variables = re.findall(r"^Environment=(\w+)=", text, re.MULTILINE)
    assert set(variables) - _VARIABLES <= {"XDG_STATE_HOME"}
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert int(seconds) >= ServiceSettings().runs.drain_seconds + 10
    assert "Type=notify\n" in text


def test_compose_is_two_apis_and_three_workers() -> None:
    """Each starts a command that there is, with settings that there are."""
    services = yaml.safe_load((_DEPLOY / "compose.yaml").read_text())["services"]
    replicas = {name: each.get("deploy", {}).get("replicas", 1) for name, each in services.items()}
    assert replicas == {"database": 1, "upgrade": 1, "api": 2, "worker": 3}
    for name in ("api", "worker"):
        service = services[name]
        _check_command(["stackloom", *service["command"]])
        assert set(service["environment"]) <= _VARIABLES
        assert service["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
        seconds = int(service["stop_grace_period"].removesuffix("s"))
        assert seconds >= ServiceSettings().runs.drain_seconds + 10
    assert services["upgrade"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_compose_makes_a_key_once(tmp_path: Path) -> None:
    """What stands in the file is run, with a program that only says what it was asked."""
    services = yaml.safe_load((_DEPLOY / "compose.yaml").read_text())["services"]
    (script,) = services["upgrade"]["command"]
    program = tmp_path / "stackloom"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    command = [*services["upgrade"]["entrypoint"], script.replace("$$", "$")]
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    texts = []
    for _ in range(2):
        ended = subprocess.run(
            command, cwd=tmp_path, env=path, capture_output=True, text=True, check=True
        )
        assert ended.stdout == "db upgrade\n"
        texts.append((tmp_path / "keys").read_text())
    assert texts[0] == texts[1]
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert [key.id for key in read_keys(tmp_path / "keys")] == ["first"]


def test_the_image_gets_what_it_needs_and_no_more() -> None:
    """The list of what to leave out lets these pass."""
    lines = (_DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(_SOURCE)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_image_works(tmp_path: Path) -> None:
    """Its commands are run in folders of this test; what it starts then answers."""
    source, target = tmp_path / "source", tmp_path / "opt"
    for name in _SOURCE:
        origin = _ROOT / name
        if origin.is_dir():
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(origin, source / name, ignore=left_out)
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(origin, source)
    steps = list(_steps())
    for step in steps:
        if step.startswith("RUN ") and "useradd" not in step:
            command = step.removeprefix("RUN ").replace("/opt/stackloom", str(target))
            command = command.replace("/source", str(source)).replace("--no-cache-dir", "")
            subprocess.run(command, shell=True, check=True, capture_output=True)
    (start,) = [yaml.safe_load(step[4:]) for step in steps if step.startswith("CMD ")]
    (given,) = [step for step in steps if step.startswith("ENV ")]
    variables = dict(re.findall(r"(STACKLOOM_\w+)=(\S+)", given))
    assert set(variables) <= _VARIABLES
    variables["STACKLOOM_SERVER_LISTEN"] = "0.0.0.0:0"
    assert "USER stackloom" in steps
    program = str(target / "bin" / "stackloom")
    with subprocess.Popen(
        [program, *start],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(tmp_path, variables),
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip().replace("0.0.0.0", "127.0.0.1")
        assert httpx2.get(f"{url}/livez").json() == {"is_well": True, "parts": []}
        # Files that are no Python are installed too: of the document, of the page.
        assert httpx2.get(f"{url}/v1/openapi.json").status_code == 200
        page = httpx2.get(f"{url}/login")
        assert (page.status_code, page.headers["content-type"]) == (
            200,
            "text/html; charset=utf-8",
        )
        process.terminate()
        assert process.wait(60) == 0


def _steps() -> Iterator[str]:
    text = (_DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield " ".join(line.split())


def _check_command(words: list[str]) -> None:
    """Check that a command line is one of ours, with options that it takes."""
    assert words[0].endswith("stackloom")
    named = [word for word in words[1:] if not word.startswith("-")]
    found = find(named)
    assert found.command is not None
    parser = ArgumentParser(exit_on_error=False)
    found.command.arguments(parser)
    parser.parse_args(words[1 + found.words :])
