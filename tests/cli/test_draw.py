# SPDX-License-Identifier: Apache-2.0
"""``draw``: where a picture comes from, where it goes, and what does not go together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud

BLUE = "scenario: s\nnetworks: {blue: {cidr: 10.1.0.0/24}}\nrouters: {hub: {connects: [blue]}}\n"
AND_GREEN = BLUE.replace("networks: {", "networks: {green: {cidr: 10.2.0.0/24}, ")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the scenario ``s.yaml`` in the current directory."""
    path = tmp_path / "s.yaml"
    path.write_text(BLUE, encoding="utf-8")
    return path


@pytest.fixture
def woven(stackloom: CommandLine, cloud: FakeCloud, file: Path) -> FakeCloud:
    """Return a cloud with a network, a subnet, a router and its interface."""
    assert stackloom("apply", "s.yaml", "--yes").code == 0
    return cloud


@pytest.mark.parametrize(
    ("words", "beginning"),
    [
        ("-f svg", "<svg "),
        ("-f svg --theme dark --expand", "<svg "),
        ("-f mermaid", "flowchart LR\n"),
        ("-f dot", 'graph "s" {\n'),
        ("-f text", "blue  10.1.0.0/24\n"),
    ],
)
def test_a_file_is_drawn_without_a_cloud_in_every_format(
    stackloom: CommandLine, file: Path, words: str, beginning: str
) -> None:
    """To standard output, where no file is named."""
    said = stackloom("draw", "s.yaml", *words.split())
    assert (said.code, said.stderr) == (0, "")
    assert said.stdout.startswith(beginning)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.svg", b"<svg "), ("a.png", b"\x89PNG"), ("a.mmd", b"flowchart"), ("a.dot", b"graph")],
)
def test_the_ending_of_the_file_says_the_format(
    stackloom: CommandLine, file: Path, name: str, beginning: bytes
) -> None:
    """And nothing is said on the terminal."""
    assert stackloom("draw", "s.yaml", "-o", name) == Said(code=0, stdout="", stderr="")
    assert (file.parent / name).read_bytes().startswith(beginning)


def test_a_file_can_be_held_up_to_date(stackloom: CommandLine, file: Path) -> None:
    """Missing, fresh, stale: a check writes nothing, and tells by its exit code and in words."""
    check = ("draw", "s.yaml", "-o", "a.svg", "--check")
    hint = "the same command without --check writes it\n"
    assert stackloom(*check) == Said(code=1, stdout="", stderr=f"a.svg is not there; {hint}")
    assert not (file.parent / "a.svg").exists()
    assert stackloom("draw", "s.yaml", "-o", "a.svg").code == 0
    assert stackloom(*check) == Said(code=0, stdout="", stderr="")
    file.write_text(AND_GREEN, encoding="utf-8")
    assert stackloom(*check) == Said(code=1, stdout="", stderr=f"a.svg is not up to date; {hint}")


def test_a_plan_is_drawn_with_what_changes(
    stackloom: CommandLine, woven: FakeCloud, file: Path
) -> None:
    """What is there and stays, and what is to come."""
    file.write_text(AND_GREEN, encoding="utf-8")
    expected = """\
blue  10.1.0.0/24
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─◈ hub  10.1.0.1

+ green  + 10.2.0.0/24
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

2 to create
"""
    assert stackloom("draw", "s.yaml", "--plan") == Said(code=0, stdout=expected, stderr="")
    drawn = stackloom("draw", "s.yaml", "--plan", "-f", "svg").stdout
    changed = dict(re.findall(r'id="([^"]+)"[^>]* data-change="(\w+)"', drawn))
    assert changed == {"node-network.green": "create"}


def test_a_scenario_and_its_file_have_the_same_ids(
    stackloom: CommandLine, woven: FakeCloud
) -> None:
    """What carries the scenario's mark is known by its address, so a page can compare them."""
    of_file, of_cloud = (
        re.findall(r' id="((?:node|leg)-[^"]+)"', stackloom("draw", *words, "-f", "svg").stdout)
        for words in (("s.yaml",), ("--scenario", "s"))
    )
    assert of_file == of_cloud
    assert "node-router.hub" in of_file


def test_a_project_is_drawn_with_what_others_have_made(
    stackloom: CommandLine, woven: FakeCloud
) -> None:
    """And nothing is changed."""
    assert stackloom("network", "create", "by-hand").code == 0
    woven.requests.clear()
    said = stackloom("draw", "--project")
    assert (said.code, said.stderr) == (0, "")
    assert [line for line in said.stdout.splitlines() if re.match(r"\w", line)] == [
        "blue  10.1.0.0/24",
        "by-hand",
    ]
    assert {request.split()[0] for request in woven.requests} == {"GET"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("--scenario s --plan", "--plan compares a file with the cloud, so it needs FILE"),
        (
            "--project --var a=b",
            "--var and --var-file give values to a file's variables, so they need FILE",
        ),
        ("s.yaml --check", "--check compares with a file, so it needs -o FILE"),
        ("s.yaml -f png", "a PNG is no text to be shown, so it needs -o FILE"),
        (
            "s.yaml --theme dark",
            "--theme is for svg and png; text has no colours of its own",
        ),
        ("s.yaml --expand", "--expand is for the other formats; text shows each server anyway"),
        ("s.yaml -f dot --ascii", "--ascii is for text, not for dot"),
        ("s.yaml -o a.jpg", 'the ending of "a.jpg" tells no format'),
        ("s.yaml -o none/a.svg", "the picture cannot be written to none/a.svg: No such file"),
    ],
)
def test_what_does_not_go_together_is_refused(
    stackloom: CommandLine, file: Path, words: str, error: str
) -> None:
    """Exit code 2, before any cloud is asked."""
    said = stackloom("draw", *words.split())
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr.startswith(f"error: {error}")
