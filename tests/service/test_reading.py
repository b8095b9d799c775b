# SPDX-License-Identifier: Apache-2.0
"""Texts of strangers are read in processes that may die: what they are told, and what goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stackloom import operations
from stackloom.errors import Problem
from stackloom.scenario.picture.format import Format, Look, rendered
from stackloom.scenario.picture.theme import Theme
from stackloom.service.reading import Reading
from stackloom.service.reading_child.messages import PictureFormat
from stackloom.service.refusal import Refused
from stackloom.service.settings import LimitsSettings, ServiceSettings
from stackloom.wire.problem import Source
from stackloom.wire.scenario import ScenarioSource, Validation

EXAMPLE = Path("examples/two-networks.yaml")
TWO_NETWORKS = ScenarioSource(text=EXAMPLE.read_text())
ONE_NETWORK = ScenarioSource(text="scenario: one\nnetworks: {blue: {}}\n")
# 10^7 values once its aliases are written out.
BOMB = ScenarioSource(
    text="scenario: bomb\na0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 7))
)


def _settings(**limits: Any) -> ServiceSettings:
    return ServiceSettings(limits=LimitsSettings(**limits))


def _validated(source: ScenarioSource) -> Validation:
    async def work() -> Validation:
        async with Reading(_settings(readings_at_once=1)) as reading:
            return await reading.validate(source)

    return asyncio.run(work())


def _refusal_then_answer(source: ScenarioSource, settings: ServiceSettings) -> tuple[str, str]:
    """Return what *source* is refused with, after seeing that the next text is read."""

    async def work() -> tuple[str, str]:
        async with Reading(settings) as reading:
            with pytest.raises(Refused) as caught:
                await reading.validate(source)
            assert (await reading.validate(ONE_NETWORK)).is_valid
            return caught.value.code, caught.value.message

    return asyncio.run(work())


# --- what is found --------------------------------------------------------------------------------


def test_a_scenario_without_problems() -> None:
    """Its name, and how much it describes."""
    assert _validated(TWO_NETWORKS) == Validation(
        is_valid=True, problems=(), name="two-networks", resources=9
    )


def test_a_name_that_is_worked_out() -> None:
    """The name is the one that the scenario will have."""
    source = ScenarioSource(
        text="scenario: lab-${var.team}\nvariables: {team: red}\n", variables={"team": "blue"}
    )
    assert _validated(source) == Validation(
        is_valid=True, problems=(), name="lab-blue", resources=0
    )


def test_every_problem_is_told_with_its_place() -> None:
    """Also those in included texts, under the paths that were sent."""
    source = ScenarioSource(
        text="scenario: lab\ninclude: [more.yaml]\nnetworks: {a: {mtuu: 1}}\n",
        files={"more.yaml": "subnets:\n  b: {network: a, cidr: nonsense}\n"},
    )
    found = _validated(source)
    assert (found.is_valid, found.name, found.resources) == (False, "lab", 0)
    assert [(each.file, each.line, each.column) for each in found.problems] == [
        ("more.yaml", 2, 25),
        ("scenario.yaml", 3, 16),
    ]


def test_what_is_no_yaml_is_a_problem_too() -> None:
    """Nothing is known of it but that."""
    found = _validated(ScenarioSource(text="scenario: [1\nnetworks: {"))
    assert (found.is_valid, found.name, len(found.problems)) == (False, "", 1)


def test_secrets_are_named_and_not_missed() -> None:
    """Their values come with a plan or run, so here none is a problem, and one that is given is."""
    text = """scenario: lab
variables:
  password: {type: string, secret: true, minimum: 12}
  key: {type: string, secret: true, default: none}
networks: {mine: {description: "${var.key} ${var.password}"}}
"""
    problem = Problem(
        file="scenario.yaml",
        line=4,
        column=8,
        message='the value of the secret "key" does not belong here',
        hint="give it with each plan or run: there it is kept sealed, and no longer than needed",
    )
    right = Validation(
        is_valid=True,
        problems=(),
        name="lab",
        resources=1,
        secrets=("password", "key"),
        secrets_needed=("password",),
    )
    assert _validated(ScenarioSource(text=text)) == right
    assert _validated(
        ScenarioSource(text=text, variables={"key": "hunter2"})
    ) == msgspec.structs.replace(right, is_valid=False, problems=(problem,))


@pytest.mark.parametrize(
    "text",
    [
        "scenario: s\ninclude: [/etc/passwd]\n",
        "scenario: s\ninclude: [../../etc/passwd]\n",
        "scenario: s\nservers: {a: {user_data: \"${file('/etc/passwd')}\"}}\n",
        "scenario: s\nimages: {a: {file: /etc/passwd}}\n",
        "scenario: s\nkeypairs: {a: {public_key_file: /etc/passwd}}\n",
    ],
)
def test_no_file_of_this_machine_is_read(text: str) -> None:
    """Whatever names one is a problem, which says nothing of what stands in it."""
    found = _validated(ScenarioSource(text=text))
    assert not found.is_valid
    assert "root:" not in str(found.problems)


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["svg", "png", "mermaid", "dot", "text"])
def test_a_picture_is_the_same_as_elsewhere(format: PictureFormat) -> None:
    """From the texts, and from the JSON of a picture that was kept."""
    picture = operations.topology_of(operations.read_scenario(EXAMPLE).scenario)
    expected = rendered(picture, Format(format), Look(theme=Theme.DARK, expand=True))

    async def work() -> list[bytes]:
        async with Reading(_settings()) as reading:
            kept = await reading.picture(TWO_NETWORKS, "json")
            return [
                await reading.picture(of, format, theme="dark", expand=True)
                for of in (TWO_NETWORKS, kept)
            ]

    assert asyncio.run(work()) == [expected, expected]


def test_a_picture_of_what_has_problems_is_refused() -> None:
    """With every problem."""

    async def work() -> None:
        async with Reading(_settings()) as reading:
            await reading.picture(ScenarioSource(text="scenario: s\nnets: {}\nrouter: {}\n"), "svg")

    with pytest.raises(Refused) as caught:
        asyncio.run(work())
    assert caught.value.code == "scenario.invalid"
    assert [each.line for each in caught.value.problems] == [2, 3]


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "limits", "refusal", "pointer"),
    [
        (
            ScenarioSource(text="x" * 11),
            {"text_characters": 10},
            "the text has 11 characters, of 10 that it may have",
            "$.source.text",
        ),
        (
            ScenarioSource(text="", files={"a": "123456", "b": "12345"}),
            {"files_characters": 10},
            "the files have 11 characters, of 10 that it may have",
            "$.source.files",
        ),
        (
            ScenarioSource(text="", files={"a": "", "b": ""}),
            {"files": 1},
            "2 files, of 1 that it may have",
            "$.source.files",
        ),
        (
            ScenarioSource(text="", files={"scenario.yaml": ""}),
            {},
            '"scenario.yaml" is what the text itself is called, so no file can be',
            "$.source.files",
        ),
    ],
)
def test_what_is_too_large_is_not_read(
    source: ScenarioSource, limits: dict[str, int], refusal: str, pointer: str
) -> None:
    """Which limit it is, and where in the body."""

    async def work() -> None:
        await Reading(_settings(**limits)).validate(source)

    with pytest.raises(Refused) as caught:
        asyncio.run(work())
    assert (caught.value.code, caught.value.message) == ("body.invalid", refusal)
    assert caught.value.source == Source(pointer=pointer)


def test_too_many_values_are_a_problem() -> None:
    """A bomb of aliases is given up when it has made as many values as a scenario may have."""
    found = _validated(BOMB)
    assert [each.message for each in found.problems] == [
        "more than 100,000 values, once aliases are written out"
    ]


@pytest.mark.slow
def test_a_text_that_takes_too_long_ends_only_its_process() -> None:
    """Without the limit on values the processor's clock is the one that ends it."""
    settings = _settings(
        readings_at_once=1, reading_cpu_seconds=1, reading_memory_mib=8_192, values=10**9
    )
    assert _refusal_then_answer(BOMB, settings) == (
        "reading.took-too-long",
        "it was not done after 1 s of work, and was given up",
    )


@pytest.mark.slow
def test_a_text_that_takes_all_memory_ends_only_its_process() -> None:
    """The same with memory."""
    settings = _settings(readings_at_once=1, reading_memory_mib=32, values=10**9)
    assert _refusal_then_answer(BOMB, settings) == (
        "scenario.invalid",
        "reading it takes more than 32 MiB of memory",
    )


def test_who_comes_when_too_many_wait_is_refused() -> None:
    """One is read, one waits, the third is told to come back."""

    async def work() -> list[object]:
        async with Reading(_settings(readings_at_once=1, readings_waiting=1)) as reading:
            asked = [reading.validate(ONE_NETWORK) for _ in range(3)]
            return list(await asyncio.gather(*asked, return_exceptions=True))

    first, second, third = asyncio.run(work())
    assert isinstance(first, Validation)
    assert second == first
    assert isinstance(third, Refused)
    assert (third.code, third.headers) == ("busy", {"Retry-After": "1"})


# --- processes ------------------------------------------------------------------------------------


def _children() -> list[int]:
    """Return the processes that this one has started, and that run."""
    tasks = Path("/proc/self/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def _descendants(pid: int) -> list[int]:
    below = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return below + [further for each in below for further in _descendants(each)]


def test_somebody_who_goes_away_leaves_no_answer_behind() -> None:
    """The next one to ask gets an answer of their own."""

    async def work() -> Validation:
        async with Reading(_settings(readings_at_once=1, values=10**9)) as reading:
            asked = asyncio.create_task(reading.validate(BOMB))
            while not any(map(_descendants, _children())):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            return await reading.validate(ONE_NETWORK)

    assert asyncio.run(work()) == Validation(is_valid=True, problems=(), name="one", resources=1)


@pytest.mark.parametrize("which", ["the first", "the one that answers"])
def test_a_process_that_is_killed_is_replaced(which: str) -> None:
    """Nobody notices."""

    async def work() -> list[str]:
        before = set(_children())
        async with Reading(_settings(readings_at_once=1)) as reading:
            answers = [await _name(reading, "a")]
            (first,) = set(_children()) - before
            victim = first if which == "the first" else _descendants(first)[0]
            os.kill(victim, signal.SIGKILL)
            return [*answers, *[await _name(reading, name) for name in "bcd"]]

    assert asyncio.run(work()) == ["a", "b", "c", "d"]


async def _name(reading: Reading, name: str) -> str:
    return (await reading.validate(ScenarioSource(text=f"scenario: {name}\n"))).name


def test_what_reads_has_none_of_the_service_s_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is what Python needs, and it is gone with the service."""
    monkeypatch.setenv("STACKLOOM_DATABASE_URL", "postgresql://user:hunter2@host/name")
    monkeypatch.setenv("OS_PASSWORD", "hunter2")

    async def work() -> tuple[list[bytes], set[int]]:
        before = set(_children())
        async with Reading(_settings(readings_at_once=1)) as reading:
            await reading.validate(ONE_NETWORK)
            (first,) = set(_children()) - before
            mine = [first, *_descendants(first)]
            environments = [_environment(pid) for pid in mine]
        return environments, set(_children()) - before

    environments, left = asyncio.run(work())
    assert len(environments) == 2
    assert not any(b"hunter2" in each for each in environments)
    assert left == set()
