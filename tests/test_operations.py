# SPDX-License-Identifier: Apache-2.0
"""Scenarios that came over a socket: read from their texts, and from nothing of this machine."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from stackloom import operations
from stackloom.errors import BadScenario
from stackloom.scenario.language.variables import Given

_MOST = 1_000


def _problems(texts: Mapping[str, str], *, most_values: int = _MOST) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        operations.read_texts(texts, "s.yaml", most_values=most_values)
    return [str(problem) for problem in caught.value.problems]


def test_texts_name_each_other_by_their_paths() -> None:
    """What is included, and what ``file()`` reads, is found among them."""
    texts = {
        "s.yaml": "scenario: s\ninclude: parts/nets.yaml\nvariables: {size: {default: 1}}\n"
        "keypairs: {mine: {public_key: '${file(\"keys/mine.pub\")}'}}\n",
        "parts/nets.yaml": "networks: {blue: {mtu: '${var.size}'}}\n",
        "keys/mine.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIa1 me\n",
    }
    given = Given(source="the request", values={"size": 1400})
    loaded = operations.read_texts(texts, "s.yaml", [given], most_values=_MOST)
    assert sorted(map(str, loaded.scenario.specs)) == ["keypair.mine", "network.blue"]
    assert (loaded.variables, loaded.files, loaded.folder) == ({"size": 1400}, texts, "")


@pytest.mark.parametrize(
    "entry",
    [
        "images: {a: {disk_format: raw, file: /etc/passwd}}",
        "images: {a: {disk_format: raw, file: data.img}}",
        "images: {a: {disk_format: raw, file: '${var.path}'}}\nvariables: {path: /etc/passwd}",
        "images: {a: {disk_format: raw, file: '${network.n.id}'}}\nnetworks: {n: {}}",
    ],
)
def test_a_field_that_names_a_file_of_this_machine_is_refused_with_its_place(entry: str) -> None:
    """However its value comes about, and also where a text of that path was sent."""
    texts = {"s.yaml": f"scenario: s\n{entry}\n", "data.img": "x"}
    assert _problems(texts) == ["s.yaml:2:38: files of this machine are not read here"]


def test_every_path_of_every_kind_is_refused() -> None:
    """So a kind that is new cannot read the disk of a service."""
    fields = [
        (kind.declaration.section, field)
        for kind in operations.KINDS.values()
        if kind.declaration
        for field in kind.declaration.paths
    ]
    assert fields == [("images", "file")]


@pytest.mark.parametrize(
    ("line", "column", "path"),
    [
        ("include: /etc/passwd", 10, "/etc/passwd"),
        ("include: ../../etc/passwd", 10, "../../etc/passwd"),
        ("networks: {blue: {description: '${file(\"/etc/passwd\")}'}}", 32, "/etc/passwd"),
        ("networks: {blue: {description: '${file(\"~/.ssh/id\")}'}}", 32, "~/.ssh/id"),
    ],
)
def test_a_file_that_was_not_sent_is_not_there(line: str, column: int, path: str) -> None:
    """Whether this machine has it or not."""
    (problem,) = _problems({"s.yaml": f"scenario: s\n{line}\n"})
    assert problem.startswith(f"s.yaml:2:{column}: ")
    assert f"there is no file {path} among the texts that were given" in problem


def test_values_are_counted_with_aliases_written_out_and_over_all_texts() -> None:
    """A text of a few lines cannot stand for a million values; nor can many of them together."""
    entries = "".join(f"  n{number}: *a\n" for number in range(30))
    bomb = "scenario: s\nnetworks:\n  a: &a {tags: [x, x, x, x, x, x]}\n" + entries
    assert _problems({"s.yaml": bomb}, most_values=200) == [
        "s.yaml: more than 200 values, once aliases are written out"
    ]
    nets = {f"{name}.yaml": f"networks: {{{name}: {{}}}}\n" for name in "abcdefgh"}
    many = f"scenario: s\ninclude: [{', '.join(nets)}]\n"
    assert _problems({"s.yaml": many, **nets}, most_values=40) == [
        "s.yaml:2:51: more than 40 values in all files together"
    ]


def test_a_secret_without_a_value_may_be_stood_in_for() -> None:
    """So that a check that nobody is there for can read the rest; a given one counts."""
    text = "scenario: s\nvariables: {a: {secret: true}, b: {secret: true}}\n"
    text += "networks: {blue: {description: '${var.a} ${var.b}'}}\n"
    given = Given(source="secrets", values={"b": "hunter2"})
    texts = {"s.yaml": text}
    loaded = operations.read_texts(texts, "s.yaml", [given], most_values=_MOST, with_stand_ins=True)
    (spec,) = loaded.scenario.specs.values()
    assert getattr(spec, "description", "") == "stand-in hunter2"
    assert loaded.scenario.hide("stand-in hunter2") == "stand-in ***"
    with pytest.raises(BadScenario, match='variable "a" has no value'):
        operations.read_texts(texts, "s.yaml", [given], most_values=_MOST)
