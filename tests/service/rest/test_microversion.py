# SPDX-License-Identifier: Apache-2.0
"""``OpenStack-API-Version``: which versions are taken."""

from __future__ import annotations

import pytest

from stackloom.service.refusal import Refused
from stackloom.service.rest.microversion import NEWEST, OLDEST, Microversion, asked_for


@pytest.mark.parametrize(
    ("header", "version"),
    [
        ("", OLDEST),
        ("compute 2.100", OLDEST),
        ("stackloom 1.0", Microversion(1, 0)),
        ("compute 2.100, stackloom 1.0", Microversion(1, 0)),
        ("stackloom latest", NEWEST),
    ],
)
def test_what_is_meant(header: str, version: Microversion) -> None:
    """Without a word to us the oldest is meant; words to others are theirs."""
    assert asked_for(header) == version


@pytest.mark.parametrize("header", ["stackloom 2.0", "stackloom 1.1", "stackloom 1.999999999"])
def test_a_version_that_is_not_offered(header: str) -> None:
    """The answer names the range."""
    with pytest.raises(Refused) as caught:
        asked_for(header)
    assert caught.value.code == "version.not-offered"
    assert caught.value.message.endswith("is not offered: 1.0 to 1.0 are")


@pytest.mark.parametrize(
    "header",
    [
        "stackloom",
        "stackloom 1",
        "stackloom 1.0 1.0",
        "stackloom 1.0, stackloom 1.0",
        "stackloom 01.0",
        "stackloom 1.00",
        "stackloom 1.-1",
        "stackloom ١.٠",
        "stackloom 1.9999999999",
    ],
)
def test_what_is_no_version(header: str) -> None:
    """It is refused, and an example given."""
    with pytest.raises(Refused) as caught:
        asked_for(header)
    assert caught.value.code == "header.invalid"
    assert caught.value.hint == "for example OpenStack-API-Version: stackloom 1.0"
