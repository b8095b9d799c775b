# SPDX-License-Identifier: Apache-2.0
"""YAML as plain values with positions."""

from __future__ import annotations

from typing import Any

import pytest

from stackloom.errors import BadScenario, Problem
from stackloom.scenario.document import read_document


def _values(text: str) -> Any:
    return read_document(text, "garden.yaml").values


def _problems(text: str) -> str:
    with pytest.raises(BadScenario) as caught:
        read_document(text, "garden.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("007", 7),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".", "."),
        ("1e999", "1e999"),
        ("12:34:56", "12:34:56"),
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("2001:db8::1", "2001:db8::1"),
        ("2026-01-31", "2026-01-31"),
        ("1_000", "1_000"),
        ("31415926535897932384626433832795", "31415926535897932384626433832795"),
        ('"12"', "12"),
        ("'true'", "true"),
        ('""', ""),
        ("|\n  12\n", "12\n"),
    ],
)
def test_scalars_are_read_by_the_rules_of_yaml_1_2(scalar: str, value: object) -> None:
    """Words stay words, times and addresses are no numbers, quotes make a text."""
    read = _values(f"a: {scalar}")["a"]
    assert (type(read), read) == (type(value), value)


def test_mappings_and_lists_become_dicts_and_lists() -> None:
    """Both styles of YAML mean the same."""
    assert _values("a:\n  b: [1, {c: d}]\n  e:\n  - f\n") == {
        "a": {"b": [1, {"c": "d"}], "e": ["f"]}
    }


def test_keys_are_texts() -> None:
    """A key that looks like a number or a word of YAML is still a name."""
    assert _values("{1: a, true: b, null: c}") == {"1": "a", "true": "b", "null": "c"}


def test_every_value_and_every_key_has_its_place() -> None:
    """Positions start at 1 and tell keys from values."""
    document = read_document("a:\n  b: [x, y]\n", "garden.yaml")
    told = [
        document.problem((), "top"),
        document.problem(("a",), "value"),
        document.problem(("a", "b"), "key", key=True),
        document.problem(("a", "b", 1), "item"),
        document.problem(("a", "b", 9, "z"), "near"),
        document.problem(("q",), "not there", "look"),
    ]
    assert [str(each) for each in told] == [
        "garden.yaml:1:1: top",
        "garden.yaml:2:3: value",
        "garden.yaml:2:3: key",
        "garden.yaml:2:10: item",
        "garden.yaml:2:6: near",
        "garden.yaml:1:1: not there (look)",
    ]


def test_an_alias_means_what_its_anchor_means() -> None:
    """Both places hold the value; a problem points to where it is written."""
    document = read_document("a: &x {b: 1}\nc: *x\n", "garden.yaml")
    assert document.values == {"a": {"b": 1}, "c": {"b": 1}}
    assert str(document.problem(("c", "b"), "here")) == "garden.yaml:1:11: here"


def test_an_alias_inside_itself_is_a_problem() -> None:
    """A value without an end is refused, in a list and in a mapping."""
    assert _problems("a: &x [*x]\nb: &y {c: *y}\n") == (
        "garden.yaml:1:4: an alias that contains itself\n"
        "garden.yaml:2:4: an alias that contains itself"
    )


def test_aliases_cannot_blow_a_small_file_up() -> None:
    """Ten aliases of ten aliases, eight times, is told instead of computed."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(BadScenario) as caught:
        read_document("\n".join(lines), "garden.yaml", most_values=1000)
    assert str(caught.value) == "garden.yaml: more than 1,000 values, once aliases are written out"


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 60 + "]" * 60, "{a: " * 60])
def test_nesting_without_end_is_told_before_it_exhausts_the_stack(text: str) -> None:
    """A file of brackets neither crashes the process nor ends in a traceback."""
    assert "more than 50 levels inside each other" in _problems(text)


def test_what_stands_side_by_side_is_not_nested() -> None:
    """Only the depth counts, not the number."""
    assert len(_values(f"[{'[x], ' * 200}]")) == 200


def test_every_key_that_stands_twice_is_named_with_its_first_place() -> None:
    """No value is silently overwritten, at any depth."""
    assert _problems("a: 1\nb: {c: 1, c: 2}\na: 2\n") == (
        'garden.yaml:2:11: "c" stands here twice (first in line 2)\n'
        'garden.yaml:3:1: "a" stands here twice (first in line 1)'
    )


def test_a_key_that_is_no_word_is_a_problem() -> None:
    """YAML allows a list as key; nothing here has one."""
    assert _problems("? [a, b]\n: c\n") == "garden.yaml:1:3: a key should be a word"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_a_file_with_nothing_in_it_is_called_empty(text: str) -> None:
    """There is no line to point at, so the file is named."""
    with pytest.raises(BadScenario) as caught:
        read_document(text, "garden.yaml")
    assert caught.value.problems == [
        Problem(file="garden.yaml", line=0, column=0, message="the file is empty")
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a: b: c",
            "garden.yaml:1:5: this is not YAML: mapping values are not allowed in this context",
        ),
        ("a: *x", "garden.yaml:1:4: this is not YAML: found undefined alias"),
        (
            "a: 1\n--- \nb: 2\n",
            (
                "garden.yaml:2:1: this is not YAML: expected a single document in the stream,"
                " but found another document"
            ),
        ),
        (
            "a:\n\t- b",
            (
                "garden.yaml:2:1: this is not YAML: while scanning for the next token,"
                " found character that cannot start any token"
                " (a tab; YAML is indented with spaces)"
            ),
        ),
        (
            "a: @b",
            (
                "garden.yaml:1:4: this is not YAML: while scanning for the next token,"
                " found character that cannot start any token (quotes make it a text)"
            ),
        ),
        ("a: \x01b", "garden.yaml: this is not YAML: control characters are not allowed"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text: str, told: str) -> None:
    """The parser's own words follow ours."""
    assert _problems(text) == told


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    """Editors on Windows write one."""
    assert _values("\ufeffa: 1") == {"a": 1}
