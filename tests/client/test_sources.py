# SPDX-License-Identifier: Apache-2.0
"""What of a file's surroundings goes to a service: all that it names, secrets apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.client.sources import read_source
from stackloom.errors import BadScenario, UsageError
from stackloom.scenario.language.variables import Given
from stackloom.wire.scenario import ScenarioSource

TEXT = """
scenario: lab-${var.team}
include: [parts/more.yaml]
variables:
  team: red
  size: {type: integer, default: 1500}
  password: {type: string, secret: true}
networks: {blue: {mtu: "${var.size}", description: "${file('words.txt')} ${var.password}"}}
"""
MORE = """
variables: {pin: {type: integer, secret: true}}
routers: {r: {description: "${text(var.pin)}"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab.yaml").write_text(TEXT)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "more.yaml").write_text(MORE)
    (tmp_path / "words.txt").write_text("words")
    (tmp_path / "other.txt").write_text("not named")
    return tmp_path


def test_everything_that_is_named_goes_along(folder: Path) -> None:
    """Under the names that the texts have for it; values as they were read, secrets as texts."""
    given = [
        Given(source="vars.yaml", values={"team": "green", "pin": 1234}),
        Given(
            source="--var",
            values={"size": "1400", "team": "blue", "password": "hunter2"},
            are_texts=True,
        ),
        Given(source="the environment", values={"else": "x"}, may_be_more=True),
    ]
    sent = read_source(folder / "lab.yaml", given)
    assert sent.source == ScenarioSource(
        text=TEXT,
        files={"parts/more.yaml": MORE, "words.txt": "words"},
        variables={"team": "blue", "size": 1400},
    )
    assert sent.secrets == {"password": "hunter2", "pin": "1234"}
    assert "hunter2" not in repr(sent)
    assert sent.loaded.scenario.name == "lab-blue"


def test_defaults_stay_in_the_text(folder: Path) -> None:
    """What nobody gave is not sent: the text says it."""
    secrets = Given(source="--var", values={"password": "x", "pin": 1})
    assert read_source(folder / "lab.yaml", [secrets]).source.variables == {}


def test_what_is_wrong_is_told_before_anything_is_sent(folder: Path) -> None:
    """As by every other command."""
    with pytest.raises(BadScenario, match='variable "password" has no value'):
        read_source(folder / "lab.yaml")
    with pytest.raises(UsageError, match="there is no file"):
        read_source(folder / "no-such.yaml")
