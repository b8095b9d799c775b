# SPDX-License-Identifier: Apache-2.0
"""The mark is written into a description and found there again."""

from __future__ import annotations

import re

import pytest

from stackloom.cloud.mark import NAME_PATTERN, Address, Mark, read_mark, without_mark

_MARK = Mark("two-networks", Address("router", "hub"))


def test_a_mark_is_one_word() -> None:
    """Scenario and address make one word, which people can read too."""
    assert str(_MARK) == "stackloom://two-networks/router.hub"
    assert str(_MARK.address) == "router.hub"


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ("", "stackloom://two-networks/router.hub"),
        ("joins all", "joins all stackloom://two-networks/router.hub"),
    ],
)
def test_a_mark_stands_after_the_persons_own_words(own: str, written: str) -> None:
    """Mark and words share a description, and each is found in it."""
    assert _MARK.beside(own) == written
    assert read_mark(written) == _MARK
    assert without_mark(written) == own


@pytest.mark.parametrize(
    "address",
    [
        Address("router_interface", "hub.blue"),
        Address("server", "web-1.example.org"),
        Address("network", "A_b-C.9"),
    ],
)
def test_every_name_survives(address: Address) -> None:
    """Dots, hyphens and capitals in names come back as they were."""
    mark = Mark("my.scenario_1", address)
    assert read_mark(str(mark)) == mark


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "made by hand",
        "stackloom",
        "stackloom://",
        "stackloom://scenario",
        "stackloom://scenario/router",
        "stackloom:///router.hub",
        "stackloom://a b/router.hub",
        "stackloom://scenario/Router.hub",
    ],
)
def test_what_is_no_mark_is_none(text: str | None) -> None:
    """Anything less than a whole mark is the person's own words."""
    assert read_mark(text) is None
    assert without_mark(text) == (text or "")


def test_of_two_marks_the_last_is_ours() -> None:
    """Who copies a description that has a mark into a scenario gets his own mark after it."""
    copied = _MARK.beside("like stackloom://other/network.blue")
    assert read_mark(copied) == _MARK


def test_marks_and_addresses_are_sorted_by_their_words() -> None:
    """Lists of them have one order."""
    first, second = Address("network", "b"), Address("router", "a")
    assert sorted([second, first]) == [first, second]
    assert sorted([Mark("b", first), Mark("a", second)]) == [Mark("a", second), Mark("b", first)]


@pytest.mark.parametrize(
    ("name", "is_name"),
    [("blue", True), ("9-a.b_C", True), ("a" * 63, True)]
    + [(name, False) for name in ("", "-a", "a b", "a/b", "ä", "a" * 64)],
)
def test_a_name_has_letters_that_every_service_takes(name: str, is_name: bool) -> None:
    """Names begin with a letter or digit and are no longer than a label of DNS."""
    assert bool(re.fullmatch(NAME_PATTERN, name)) is is_name
