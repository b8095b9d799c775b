# SPDX-License-Identifier: Apache-2.0
"""The file with the keys: nobody else's, and whole at every moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.errors import BadConfig
from stackloom.service.grant.key_file import read_keys, write_new_key
from stackloom.service.grant.seal import SealKey

_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoyMzQ1Njc="
_SECRET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "keys"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_new_file_has_one_key_and_is_nobody_elses(tmp_path: Path) -> None:
    """0600 from its first moment, and nothing else is left beside it."""
    path = tmp_path / "keys"
    write_new_key(path)
    (key,) = read_keys(path)
    assert len(key.secret) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_key_is_put_before_the_others(tmp_path: Path) -> None:
    """It seals from now on, and what was sealed before still opens."""
    path = _file(tmp_path, f"# ours\nold {_KEY}\n")
    write_new_key(path)
    new, old = read_keys(path)
    assert old == SealKey(id="old", secret=_SECRET)
    assert new.id != old.id
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    """Reading or writing: both give the keys away."""
    path = _file(tmp_path, f"a {_KEY}\n", mode)
    with pytest.raises(BadConfig, match="others than its owner may use it") as caught:
        read_keys(path)
    assert caught.value.hint == f"chmod 600 {path}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "keys has no key in it"),
        ("# nothing\n", "keys has no key in it"),
        ("a\n", "keys:1 is no key"),
        (f"a {_KEY} b\n", "keys:1 is no key"),
        ("a AAAA\n", "keys:1 is no key"),
        ("a !!!!\n", "keys:1 is no key"),
        (f"{'a' * 33} {_KEY}\n", "keys:1 is no key"),
        (f"a {_KEY}\n\na {_KEY}\n", 'keys:3 has the id "a" again'),
    ],
)
def test_a_file_that_is_no_file_of_keys_is_told(tmp_path: Path, text: str, said: str) -> None:
    """With its line; the key itself is not shown."""
    with pytest.raises(BadConfig) as caught:
        read_keys(_file(tmp_path, text))
    assert said in caught.value.message
    assert _KEY not in caught.value.message + caught.value.hint


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With what to set."""
    with pytest.raises(BadConfig, match="cannot be read") as caught:
        read_keys(tmp_path / "nothing")
    assert "[secrets] keys_file" in caught.value.hint
