# SPDX-License-Identifier: Apache-2.0
"""Where a setting stands, told so that a person finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.auth.origin import DEFAULT, Given, Origin

_TEXT = """\
clouds:
  lab:
    auth: {username: alice,
           password: x}
    regions:
    - one
    - name: two
      values:
        interface: admin
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ((), ""),
        (("clouds",), ":1"),
        (("clouds", "lab", "auth", "password"), ":4"),
        (("clouds", "lab", "regions", "0"), ":6"),
        (("clouds", "lab", "regions", "1", "values", "interface"), ":9"),
        (("clouds", "lab", "regions", "7"), ":5"),
        (("clouds", "lab", "gone"), ":2"),
        (("clouds", "lab", "auth", "username", "deeper"), ":3"),
    ],
)
def test_a_key_has_its_line(tmp_path: Path, keys: tuple[str, ...], line: str) -> None:
    """Counted from 1; where the file has changed since, the nearest that is still there."""
    file = tmp_path / "clouds.yaml"
    file.write_text(_TEXT)
    origin = Origin(file=file)
    for key in keys:
        origin = origin.below(key)
    assert origin.tell() == f"{file}{line}"


@pytest.mark.parametrize("content", [None, b"clouds: [", b"\xff", b"- a"])
def test_a_file_that_has_gone_is_told_without_a_line(tmp_path: Path, content: bytes | None) -> None:
    """Or that is no YAML any more."""
    file = tmp_path / "clouds.yaml"
    if content is not None:
        file.write_bytes(content)
    assert Origin(file=file, keys=("clouds",)).tell() == str(file)


def test_what_is_no_file_has_words() -> None:
    """A place below them is the same place."""
    assert Origin(words="profile otc").below("auth").tell() == "profile otc"


def test_a_value_is_not_in_the_text() -> None:
    """It may be a password."""
    assert "swordfish" not in repr(Given("swordfish", DEFAULT))
