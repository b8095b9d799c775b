# SPDX-License-Identifier: Apache-2.0
"""What makes one cloud different from another."""

from __future__ import annotations

import stat
from pathlib import Path

from stackloom.local import settings


def test_passwords_are_made_once(tmp_path: Path) -> None:
    """A user that came later gets one; the others keep theirs."""
    path = tmp_path / "settings.json"
    first = settings.read(path).with_users(["admin", "demo"]).with_first_port(20_100)
    settings.write(path, first)
    second = settings.read(path).with_users(["admin", "demo", "cinder"])
    assert second.first_port == 20_100
    assert second.passwords["admin"] == first.passwords["admin"]
    assert len({password.reveal() for password in second.passwords.values()}) == 3


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    """Whatever the umask says."""
    path = tmp_path / "settings.json"
    settings.write(path, settings.EMPTY.with_users(["admin"]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_a_file_that_makes_no_sense_counts_as_none(tmp_path: Path) -> None:
    """The next start makes new settings instead of failing for ever."""
    path = tmp_path / "settings.json"
    for text in ("", "{", "[]", '{"first_port": 1}', '{"first_port": "x", "passwords": {}}'):
        path.write_text(text)
        assert settings.read(path) == settings.EMPTY
