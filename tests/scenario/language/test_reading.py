# SPDX-License-Identifier: Apache-2.0
"""From text to a worked-out document: variables, includes, repetition, each with its place."""

from __future__ import annotations

from typing import Any

import pytest

from stackloom.errors import BadScenario, UsageError
from stackloom.scenario.findings import Findings
from stackloom.scenario.language.reading import Inputs, Reading, read
from stackloom.scenario.language.variables import (
    Given,
    Variable,
    given_by_environment,
    stand_ins,
)


def _read(text: str, *given: Given, files: dict[str, str] | None = None) -> Reading:
    def read_file(path: str) -> str:
        if path not in (files or {}):
            raise UsageError(f"there is no file {path}")
        return (files or {})[path]

    inputs = Inputs(given=given, read_file=read_file)
    findings, kinds, sections = Findings(), ("server",), ("networks", "servers")
    reading = read(text, "lab.yaml", inputs, findings, kinds=kinds, sections=sections)
    findings.tell()
    return reading


def _values(text: str, *given: Given, files: dict[str, str] | None = None) -> Any:
    return _read(text, *given, files=files).document.values


def _problems(text: str, *given: Given, files: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        _read(text, *given, files=files)
    return str(caught.value).splitlines()


def _typed(**values: str) -> Given:
    return Given(source="--var", values=values, are_texts=True)


# --- variables ------------------------------------------------------------------------------------


def test_variables_have_defaults_and_the_last_value_given_counts() -> None:
    """Short and long declarations; what is typed is read by the type."""
    text = """
scenario: lab-${var.team}
variables:
  team: red
  size: {type: integer, default: 1}
  zones: {type: list, default: []}
  on: {type: boolean, default: false}
networks: {a: {mtu: "${var.size}", zones: "${var.zones}", up: "${var.on}"}}
"""
    first = Given(source="vars.yaml", values={"team": "blue", "size": 2})
    assert _values(text) == {
        "scenario": "lab-red",
        "networks": {"a": {"mtu": 1, "zones": [], "up": False}},
    }
    assert _values(text, first, _typed(size="3", zones="x, y", on="true")) == {
        "scenario": "lab-blue",
        "networks": {"a": {"mtu": 3, "zones": ["x", "y"], "up": True}},
    }


def test_everything_wrong_with_variables_is_told_at_once() -> None:
    """Types, limits, missing values and names that nobody declared."""
    text = """
scenario: lab
variables:
  size: {type: integer, minimum: 1, maximum: 9}
  team: {one_of: [red, blue], default: red}
  name: {type: string, pattern: "[a-z]+", minimum: 3}
  free: {type: string}
"""
    assert _problems(text, _typed(size="77", team="green", name="A", frei="x")) == [
        'lab.yaml: --var gives "frei", which this scenario does not declare ("free" is meant?)',
        'lab.yaml:4:3: --var: variable "size" is 77; it should be at most 9',
        'lab.yaml:5:3: --var: variable "team" is "green", and may be one of: "red", "blue"',
        'lab.yaml:6:3: --var: variable "name" is "A", which does not match [a-z]+',
        'lab.yaml:6:3: --var: variable "name" is "A"; the length of it should be at least 3',
        (
            'lab.yaml:7:3: variable "free" has no value'
            " (--var free=…, a --var-file, or STACKLOOM_VAR_FREE)"
        ),
    ]


def test_a_secret_is_never_told() -> None:
    """Neither where it is wrong nor among the variables; it is known as something to hide."""
    text = "scenario: s\nvariables: {key: {type: string, secret: true, minimum: 9}}\n"
    assert _problems(text, _typed(key="hunter2")) == [
        (
            'lab.yaml:2:13: --var: variable "key" is what was given; the length of it should be at '
            "least 9"
        )
    ]
    reading = _read(text, _typed(key="correct horse"))
    assert reading.secrets == ("correct horse",)
    assert reading.variables == {}
    assert "horse" not in repr(reading)


def test_without_secrets_the_rest_is_read_all_the_same() -> None:
    """What stands in for a secret breaks no rule of it, and hides nothing."""
    text = """
scenario: s
variables:
  key: {type: string, secret: true, minimum: 9, pattern: "[0-9]+"}
  level: {type: integer, secret: true, minimum: 5}
  kept: {type: string, secret: true, default: "1 of 2"}
description: ${var.key} ${var.level} ${var.kept}
"""
    secret = {
        "key": Variable(type="string", secret=True, minimum=9, pattern="[0-9]+"),
        "level": Variable(type="integer", secret=True, minimum=5),
        "kept": Variable(type="string", secret=True, default="1 of 2"),
        "colour": Variable(secret=True, one_of=("red", "blue")),
        "open": Variable(type="string"),
    }
    given = stand_ins(secret)
    assert given.values == {"key": "stand-in", "level": 1, "colour": "red"}
    del secret["colour"]
    reading = _read(text, stand_ins(secret))
    assert reading.document.values["description"] == "stand-in 1 1 of 2"
    assert reading.secrets == ("1 of 2",)


def test_the_environment_gives_variables_and_may_give_more() -> None:
    """Other scenarios' variables are no mistake in this one."""
    environment = {"STACKLOOM_VAR_TEAM": "blue", "STACKLOOM_VAR_other": "1", "HOME": "/root"}
    text = "scenario: s\nvariables: {team: red}\ndescription: ${var.team}\n"
    assert _values(text, given_by_environment(environment))["description"] == "blue"


def test_a_declaration_that_is_none_is_told() -> None:
    """Unknown words in it, and names that cannot be named."""
    assert _problems("scenario: s\nvariables:\n  Team: x\n  size: {sort: integer}\n") == [
        (
            'lab.yaml:3:3: "Team" cannot be the name of a variable'
            " (lower case letters, digits and underscores, beginning with a letter)"
        ),
        "lab.yaml:4:9: this is no variable: Object contains unknown field `sort`",
    ]


# --- repetition -----------------------------------------------------------------------------------


def test_count_and_for_each_make_many_of_one() -> None:
    """Named by number or key, so that one taken out of the middle leaves the others alone."""
    text = """
scenario: lab
networks:
  lan: {count: 2, cidr: "${cidrsubnet('10.0.0.0/16', 8, count.index)}"}
servers:
  web: {for_each: [a, b], networks: ["lan-${0 if each.key == 'a' else 1}"]}
  db: {for_each: {one: {size: 1}, two: {size: 2}}, flavor: "m${each.value.size}"}
"""
    assert _values(text) == {
        "scenario": "lab",
        "networks": {"lan-0": {"cidr": "10.0.0.0/24"}, "lan-1": {"cidr": "10.0.1.0/24"}},
        "servers": {
            "web-a": {"networks": ["lan-0"]},
            "web-b": {"networks": ["lan-1"]},
            "db-one": {"flavor": "m1"},
            "db-two": {"flavor": "m2"},
        },
    }


def test_what_cannot_be_repeated_is_told_with_its_place() -> None:
    """Each problem once, however often it comes out."""
    text = """
scenario: lab
networks:
  a: {count: some}
  b: {count: 1, for_each: [x]}
  c: {for_each: 3}
  d: {count: 3, mtu: "${count.indx}"}
  e-0: {}
  e: {count: 1}
"""
    assert _problems(text) == [
        "lab.yaml:4:14: count should be a whole number, 0 or more",
        'lab.yaml:5:14: there is "for_each" as well: one of the two',
        "lab.yaml:6:17: for_each should be a list of words, or a mapping",
        'lab.yaml:7:22: there is no "indx" here ("index" is meant?)',
        'lab.yaml:9:3: "e-0" comes out twice, from repetition or by name',
    ]


# --- files ----------------------------------------------------------------------------------------


def test_files_are_included_once_and_beside_each_other() -> None:
    """Sections are put together; paths begin where the including file is."""
    files = {
        "parts/net.yaml": "include: [more.yaml]\nnetworks: {a: {}}\n",
        "parts/more.yaml": "networks: {b: {}}\nvariables: {x: 1}\n",
    }
    text = (
        "scenario: s\ninclude: [parts/net.yaml, parts/more.yaml]\nnetworks: {c: {n: '${var.x}'}}\n"
    )
    values = _values(text, files=files)
    assert values == {"scenario": "s", "networks": {"c": {"n": 1}, "a": {}, "b": {}}}


def test_what_is_wrong_with_included_files_is_told_where_it_stands() -> None:
    """Names that two files have, files that are not there, circles."""
    files = {
        "a.yaml": "scenario: t\nnetworks:\n  c: {}\n",
        "b.yaml": "include: b.yaml\nnetworks: {x: '${nothing}'}\n",
        "d.yaml": "- 1\n",
    }
    text = "scenario: s\ninclude: [a.yaml, b.yaml, c.yaml, d.yaml, 5]\nnetworks: {c: {}}\n"
    assert _problems(text, files=files) == [
        'a.yaml:1:1: an included file has no "scenario": the including one names it',
        'a.yaml:3:3: "c" stands in another file already (see lab.yaml:3)',
        "b.yaml:1:10: files include each other in a circle: b.yaml -> b.yaml",
        "d.yaml:1:1: this should be a mapping",
        "lab.yaml:2:27: there is no file c.yaml",
        "lab.yaml:2:43: this should be a file, as a text",
    ]
    files = {"b.yaml": "networks:\n  x: '${nothing}'\n"}
    assert _problems("scenario: s\ninclude: b.yaml\n", files=files) == [
        (
            'b.yaml:2:6: "nothing" is not known here'
            " (known are: scenario, server, var; write $${ for a plain ${)"
        )
    ]


def test_the_text_of_a_file_is_taken_as_it_is() -> None:
    """A script has its own ``${HOME}``, which is not worked out."""
    files = {"init.sh": "echo ${HOME}\n"}
    text = "scenario: s\nservers: {a: {user_data: '${file(\"init.sh\")}'}}\n"
    assert _values(text, files=files)["servers"]["a"]["user_data"] == "echo $${HOME}\n"
    text = "scenario: s\nservers: {a: {user_data: '${file(\"gone.sh\")}'}}\n"
    assert _problems(text) == [
        "lab.yaml:2:26: file('gone.sh'): there is no file gone.sh",
    ]
