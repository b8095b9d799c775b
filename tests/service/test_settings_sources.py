# SPDX-License-Identifier: Apache-2.0
"""Where settings come from, which one counts, and everything that is wrong with them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from stackloom.errors import BadConfig
from stackloom.service.settings import (
    LimitsSettings,
    LogSettings,
    RunsSettings,
    ServerSettings,
    ServiceSettings,
    WebhooksSettings,
)
from stackloom.service.settings_sources import (
    Given,
    as_environment,
    names,
    read_settings,
    variable,
)


def _file(folder: Path, text: str) -> str:
    file = folder / "stackloom.toml"
    file.write_text(text)
    return str(file)


def test_nothing_is_given() -> None:
    """Every value has a default, and says so."""
    read = read_settings({})
    assert read.usable() == ServiceSettings()
    assert read.sources == dict.fromkeys(names(), "default")


def test_an_option_counts_more_than_a_variable_and_that_more_than_the_file(
    tmp_path: Path,
) -> None:
    """Each value has its own source."""
    config = _file(
        tmp_path,
        '[server]\nlisten = "127.0.0.1:1"\nbehind_proxy = true\n'
        "[runs]\nper_worker = 1\nper_project = 2\nplan_hours = 1\n",
    )
    environment = {
        "STACKLOOM_CONFIG": config,
        "STACKLOOM_SERVER_LISTEN": "127.0.0.1:2",
        "STACKLOOM_RUNS_PER_WORKER": "3",
    }
    options = {"server.listen": Given(value="127.0.0.1:4", source="--listen")}
    read = read_settings(environment, options)
    assert read.usable() == ServiceSettings(
        server=ServerSettings(listen="127.0.0.1:4", behind_proxy=True),
        runs=RunsSettings(per_worker=3, per_project=2, plan_hours=1.0),
    )
    given = {name: source for name, source in read.sources.items() if source != "default"}
    assert given == {
        "server.listen": "--listen",
        "server.behind_proxy": config,
        "runs.per_worker": "STACKLOOM_RUNS_PER_WORKER",
        "runs.per_project": config,
        "runs.plan_hours": config,
    }


def test_variables_are_texts() -> None:
    """Numbers, truths and lists are written as people write them."""
    read = read_settings(
        {
            "STACKLOOM_SERVER_BEHIND_PROXY": "True",
            "STACKLOOM_LIMITS_STREAMS": "7",
            "STACKLOOM_RUNS_DRAIN_SECONDS": "1.5",
            "STACKLOOM_LOG_LEVEL": "debug",
            "STACKLOOM_WEBHOOKS_ALLOWED_HOSTS": "one.example, two.example:8443,",
        }
    )
    assert read.usable() == ServiceSettings(
        server=ServerSettings(behind_proxy=True),
        limits=LimitsSettings(streams=7),
        runs=RunsSettings(drain_seconds=1.5),
        log=LogSettings(level="debug"),
        webhooks=WebhooksSettings(allowed_hosts=("one.example", "two.example:8443")),
    )


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Values, names and sections, each with where it stands and what may be meant."""
    config = _file(
        tmp_path,
        "[runs]\nper_workers = 2\ntries = 0\n[sever]\nlisten = 1\n"
        '[log]\nlevel = "loud"\n[lists]\nseconds = "2"\n',
    )
    with pytest.raises(BadConfig) as caught:
        read_settings(
            {"STACKLOOM_RUNS_PER_PROJECT": "many", "STACKLOOM_RUNS_PERPROJECT": "4"},
            config=config,
        ).usable()
    assert str(caught.value).splitlines() == [
        "the service's settings are not right:",
        f"{config}: there is no [runs] per_workers; did you mean per_worker?",
        f"{config}: there is no [sever]; did you mean server?",
        "there is no variable STACKLOOM_RUNS_PERPROJECT; did you mean STACKLOOM_RUNS_PER_PROJECT?",
        f"[lists] seconds, from {config}: Expected float, got str",
        "[runs] per_project, from STACKLOOM_RUNS_PER_PROJECT: Expected int, got str",
        f"[runs] tries, from {config}: Expected int >= 1",
        f"[log] level, from {config}: Invalid enum value 'loud'",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "{file} cannot be read: No such file or directory"),
        ("[runs", "{file} is no TOML: Expected ']' at the end of a table declaration"),
        ("runs = 1", "{file}: runs is a section: [runs]"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str | None, problem: str) -> None:
    """Its name is told; the defaults do not take its place without a word."""
    file = str(tmp_path / "stackloom.toml") if text is None else _file(tmp_path, text)
    read = read_settings({}, config=file)
    (found,) = read.problems
    assert found.startswith(problem.format(file=file))


def test_variables_of_other_things_are_left_alone() -> None:
    """Only what begins with a section of ours can be misspelt."""
    assert read_settings({"STACKLOOM_CLOUD": "x", "STACKLOOM_VAR_SIZE": "1"}).problems == ()


def test_another_process_reads_the_same() -> None:
    """What was given as options is told to children as variables."""
    options = {
        "server.behind_proxy": Given(value="true", source="--behind-proxy"),
        "database.url": Given(value="postgresql://x", source="--database"),
    }
    environment = as_environment(options, "file.toml")
    assert environment == {
        "STACKLOOM_SERVER_BEHIND_PROXY": "true",
        "STACKLOOM_DATABASE_URL": "postgresql://x",
        "STACKLOOM_CONFIG": "file.toml",
    }


def test_no_two_settings_have_one_variable() -> None:
    """A section and a key that hold underscores could be mixed up."""
    variables = [variable(name) for name in names()]
    assert len(set(variables)) == len(variables)


def test_every_default_is_a_value_that_may_be_set() -> None:
    """Defaults keep the rules that they are set beside."""
    document = msgspec.to_builtins(ServiceSettings())
    assert msgspec.convert(document, ServiceSettings) == ServiceSettings()
