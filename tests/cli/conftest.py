# SPDX-License-Identifier: Apache-2.0
"""A command line that sees neither the person's clouds nor their home, and a cloud to talk to."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.echoing_neutron import EchoingNeutron
from tests.fakes.fake_cloud import FakeCloud
from tests.fakes.http_bridge import served
from tests.fakes.transport import FakeTransport, answer

from stackloom.cli.main import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    stdout: str
    stderr: str


CommandLine = Callable[..., Said]


@pytest.fixture(autouse=True)
def no_clouds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide every variable and folder in which a cloud could be named."""
    for name in [*os.environ]:
        if name.startswith(("OS_", "XDG_", "STACKLOOM_")) or name in {"NO_COLOR", "COLUMNS"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stackloom(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return what runs a command in this process."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        code = main(words)
        logging.getLogger("stackloom").setLevel(logging.NOTSET)  # --debug is for one command
        said = capsys.readouterr()
        return Said(code=code, stdout=said.out, stderr=said.err)

    return run


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """Return a cloud that the ``OS_*`` variables name."""
    fake = FakeCloud()
    with served(fake) as address:
        fake.base = address
        variables = {
            "AUTH_URL": f"{address}/v3",
            "USERNAME": "demo",
            "PASSWORD": "secret",
            "PROJECT_NAME": "demo",
            "USER_DOMAIN_NAME": "Default",
            "PROJECT_DOMAIN_NAME": "Default",
        }
        for name, value in variables.items():
            monkeypatch.setenv(f"OS_{name}", value)
        yield fake


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTransport]:
    """Return services that answer by rules, all at one address that the ``OS_*`` variables name."""
    transport = FakeTransport()
    with served(transport) as address:
        token = FakeCloud(base=address)._token()
        transport.on("POST", "/v3/auth/tokens", answer(201, token, X_Subject_Token="secret"))
        variables = {
            "AUTH_URL": f"{address}/v3",
            "USERNAME": "demo",
            "PASSWORD": "secret",
            "PROJECT_NAME": "demo",
            "USER_DOMAIN_NAME": "Default",
            "PROJECT_DOMAIN_NAME": "Default",
        }
        for name, value in variables.items():
            monkeypatch.setenv(f"OS_{name}", value)
        yield transport


@pytest.fixture
def neutron(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[EchoingNeutron]:
    """Return a Neutron in place of the usual cloud."""
    fake = EchoingNeutron()
    with served(fake) as address:
        fake.base = address
        monkeypatch.setenv("OS_AUTH_URL", f"{address}/v3")
        yield fake


def said_well(stackloom: CommandLine, words: str) -> None:
    """Run a command that has to succeed, and to say nothing beside its data."""
    said = stackloom(*words.split())
    assert (said.code, said.stderr) == (0, "")
