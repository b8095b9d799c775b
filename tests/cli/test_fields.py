# SPDX-License-Identifier: Apache-2.0
"""Options become fields of the API: what was not given is left out, what was joined is whole."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from stackloom.cli.fields import (
    SET_TAGS,
    UNSET_TAGS,
    Field,
    Lookup,
    add_fields,
    added,
    body_of,
    given_fields,
    lookups,
    named,
    objects,
    pair,
    several,
    several_named,
    switch,
    text,
    with_ids,
    without,
)
from stackloom.errors import UsageError

_FIXED_IP = objects(
    "--fixed-ip",
    "fixed_ips",
    "an address",
    {"subnet": "subnet_id", "ip-address": "ip_address"},
    required=["subnet"],
    refers={"subnet": "network.subnet"},
    join=added,
)
_IDS: Lookup = {("network.subnet", "blue"): "s-1", ("network.security_group", "web"): "g-1"}


def _given(fields: Sequence[Field], words: str) -> list[tuple[Field, Any]]:
    parser = ArgumentParser()
    add_fields(parser, fields)
    return given_fields(parser.parse_args(words.split()), fields)


def _body(
    fields: Sequence[Field], words: str, have: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return body_of(with_ids(_given(fields, words), _IDS), have)


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("", {}),
        ("--no-policy --on", {"policy": None, "up": True}),
        ("--off --policy p", {"policy": "p", "up": False}),
    ],
)
def test_null_and_false_are_given_and_nothing_is_not(words: str, body: Mapping[str, Any]) -> None:
    """An option that sets a field to null is not taken for one that was left out."""
    fields = (
        text("--policy", "policy", "one"),
        switch("--no-policy", "policy", "none", value=None),
        pair("--on", "--off", "up", "whether"),
    )
    assert _body(fields, words) == body


@pytest.mark.parametrize(("words", "body"), [("", {}), ("blue", {"id": "s-1"})])
def test_a_positional_argument_may_be_left_out(words: str, body: Mapping[str, Any]) -> None:
    """And then filters nothing."""
    assert _body((named("subnet", "id", "network.subnet", "one", nargs="?"),), words) == body


def test_names_inside_of_words_are_looked_up() -> None:
    """Each once; the other keys stay as they are, under the API's names."""
    fields = (_FIXED_IP, several_named("--group", "groups", "network.security_group", "a group"))
    given = _given(
        fields, "--group web --fixed-ip subnet=blue,ip-address=10.0.0.5 --fixed-ip subnet=blue"
    )
    assert lookups(given) == [("network.subnet", "blue"), ("network.security_group", "web")]
    assert body_of(with_ids(given, _IDS)) == {
        "fixed_ips": [{"subnet_id": "s-1", "ip_address": "10.0.0.5"}, {"subnet_id": "s-1"}],
        "groups": ["g-1"],
    }


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("colour=red", '--fixed-ip "colour=red" has no "subnet"'),
        ("subnet=blue,colour=red", '--fixed-ip "subnet=blue,colour=red" cannot have "colour"'),
        ("subnet", '"subnet" should be KEY=VALUE'),
    ],
)
def test_a_word_with_wrong_keys_is_told(word: str, message: str) -> None:
    """Before anything is looked up."""
    with pytest.raises(UsageError) as caught:
        _given([_FIXED_IP], f"--fixed-ip {word}")
    assert str(caught.value) == message


def test_what_an_object_has_is_kept_when_something_is_added() -> None:
    """The API takes such lists only whole; what is there already is not sent twice."""
    have = {"fixed_ips": [{"subnet_id": "s-0", "ip_address": "10.1.0.2"}, {"subnet_id": "s-1"}]}
    words = "--fixed-ip subnet=blue --fixed-ip subnet=blue,ip-address=10.0.0.5"
    assert _body([_FIXED_IP], words, have) == {
        "fixed_ips": [*have["fixed_ips"], {"subnet_id": "s-1", "ip_address": "10.0.0.5"}]
    }
    assert _body([_FIXED_IP], "--fixed-ip subnet=blue", {}) == {"fixed_ips": [{"subnet_id": "s-1"}]}


def test_a_list_can_be_emptied_and_filled_in_one_go() -> None:
    """``--no-tag --tag a`` leaves only ``a``, whatever there was."""
    have = {"tags": ["x"]}
    assert _body(SET_TAGS, "--no-tag --tag a", have) == {"tags": ["a"]}
    assert _body(SET_TAGS, "--tag a", have) == {"tags": ["x", "a"]}
    assert _body(UNSET_TAGS, "--all-tag", have) == {"tags": []}
    assert _body(UNSET_TAGS, "--tag x", have) == {"tags": []}


def test_an_entry_is_taken_away_by_some_of_its_keys() -> None:
    """All that match go."""
    have = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}]
    assert without(have, [{"a": 1}]) == [{"a": 2, "b": 1}]
    assert without(["x", "y"], ["x"]) == ["y"]


@pytest.mark.parametrize(
    ("given", "message"), [({"a": 3}, "it does not have a=3"), ("z", "it does not have z")]
)
def test_what_is_not_there_cannot_be_taken_away(given: object, message: str) -> None:
    """A mistyped address does not pass for one that was removed."""
    with pytest.raises(UsageError, match=message):
        without([{"a": 1}, "x"], [given])


def test_words_are_nested_by_dots() -> None:
    """Two options of one holder meet in it."""
    fields = (
        text("--network", "gateway.network_id", "one"),
        several("--ip", "gateway.ips", "some"),
    )
    assert _body(fields, "--network n --ip a --ip b") == {
        "gateway": {"network_id": "n", "ips": ["a", "b"]}
    }
