# SPDX-License-Identifier: Apache-2.0
"""Tokens on disk: kept for their owner alone, and never in the way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from tests.fakes.cloud import PASSWORD, config, token_document

from stackloom.auth.token import Token
from stackloom.auth.token_cache import TokenCache, cache_directory
from stackloom.log import Secret

_TOKEN = Token(Secret("token-1"), msgspec.json.encode(token_document()))


def _the_file(directory: Path) -> Path:
    (file,) = directory.iterdir()
    return file


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where tokens are kept; not there yet."""
    return tmp_path / "cache/stackloom/tokens"


def test_a_token_is_kept(directory: Path) -> None:
    """What was written is read again, also by another process."""
    TokenCache(directory, config()).write(_TOKEN)
    kept = TokenCache(directory, config()).read()
    assert kept is not None
    assert (kept.secret, kept.document) == (_TOKEN.secret, _TOKEN.document)


def test_the_file_is_the_owners_alone(directory: Path) -> None:
    """The file has mode 0600 and its directory 0700; neither name nor content has the password."""
    TokenCache(directory, config()).write(_TOKEN)
    file = _the_file(directory)
    assert file.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700
    assert PASSWORD not in file.name + file.read_text()


def test_a_newer_token_takes_the_place_of_the_older(directory: Path) -> None:
    """There is one file for one identity, and nothing half-written beside it."""
    cache = TokenCache(directory, config())
    cache.write(_TOKEN)
    cache.write(Token(Secret("token-2"), _TOKEN.document))
    kept = cache.read()
    assert kept is not None
    assert kept.secret.reveal() == "token-2"
    assert _the_file(directory).suffix == ".json"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_no_token(directory: Path, mode: int) -> None:
    """What others may read or have written is not used."""
    cache = TokenCache(directory, config())
    cache.write(_TOKEN)
    _the_file(directory).chmod(mode)
    assert cache.read() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_no_token(directory: Path) -> None:
    """Who shares the cache directory cannot slip a token in."""
    cache = TokenCache(directory, config())
    cache.write(_TOKEN)
    os.chown(_the_file(directory), 12345, -1)
    assert cache.read() is None


def test_a_passcode_that_is_over_does_not_hide_the_token(directory: Path) -> None:
    """The token of the last passcode is found with the next one."""
    TokenCache(directory, config(passcode="111111", auth_type="v3totp")).write(_TOKEN)
    next_time = TokenCache(directory, config(passcode="222222", auth_type="v3totp"))
    assert next_time.read() is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"secret": "x"}',
        b'{"secret": 5, "document": "{}"}',
        b'{"secret": "x", "document": 5}',
        b'{"secret": "x", "document": "{}"}',
    ],
)
def test_a_broken_file_is_no_token(directory: Path, content: bytes) -> None:
    """Whatever stands in the file, a new log-in is the worst that happens."""
    cache = TokenCache(directory, config())
    cache.write(_TOKEN)
    _the_file(directory).write_bytes(content)
    assert cache.read() is None


def test_without_a_file_there_is_no_token(directory: Path) -> None:
    """Reading and dropping need nothing to be there."""
    cache = TokenCache(directory, config())
    assert cache.read() is None
    cache.drop()
    assert not directory.exists()


def test_a_dropped_token_is_gone(directory: Path) -> None:
    """A revoked token is not offered again."""
    cache = TokenCache(directory, config())
    cache.write(_TOKEN)
    cache.drop()
    assert list(directory.iterdir()) == []


def test_a_place_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    """Where no directory can be made the token is simply not kept."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    cache = TokenCache(in_the_way / "tokens", config())
    cache.write(_TOKEN)
    assert cache.read() is None
    cache.drop()
    assert in_the_way.read_text() == ""


def test_a_write_that_fails_leaves_nothing_behind(directory: Path) -> None:
    """The half of a token is taken away again."""
    cache = TokenCache(directory, config())
    cache.write(_TOKEN)
    file = _the_file(directory)
    file.unlink()
    file.mkdir()  # nothing can be moved there
    cache.write(_TOKEN)
    assert list(directory.iterdir()) == [file]


@pytest.mark.parametrize(
    "values",
    [
        {"auth_url": "http://elsewhere/v3"},
        {"username": "bob"},
        {"password": "another"},
        {"project_name": "other"},
        {"system_scope": "all"},
        {"project_name": "", "project_domain_name": ""},
    ],
)
def test_each_identity_has_its_own_token(directory: Path, values: dict[str, str]) -> None:
    """Another cloud, user, password or scope never gets this token."""
    TokenCache(directory, config()).write(_TOKEN)
    assert TokenCache(directory, config(**values)).read() is None


@pytest.mark.parametrize("values", [{"region_name": "two"}, {"interface": "internal"}])
def test_regions_share_a_token(directory: Path, values: dict[str, str]) -> None:
    """A token is good for every region and interface of its cloud."""
    TokenCache(directory, config()).write(_TOKEN)
    assert TokenCache(directory, config(**values)).read() is not None


def test_the_kept_file_is_plain_json(directory: Path) -> None:
    """It holds the token and Keystone's answer as it came."""
    TokenCache(directory, config()).write(_TOKEN)
    kept = json.loads(_the_file(directory).read_bytes())
    assert kept["secret"] == "token-1"
    assert json.loads(kept["document"]) == token_document()


def test_the_directory_follows_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """``XDG_CACHE_HOME`` counts, or else ``~/.cache``."""
    monkeypatch.setenv("HOME", "/home/me")
    wanted = Path("/home/me/.cache/stackloom/tokens")
    assert cache_directory({"XDG_CACHE_HOME": "/c"}) == Path("/c/stackloom/tokens")
    assert cache_directory({"XDG_CACHE_HOME": "", "HOME": "/home/me"}) == wanted
    assert cache_directory({}) == wanted
    assert cache_directory({"XDG_CACHE_HOME": "/c"}, "/own") == Path("/own/stackloom/tokens")
    assert cache_directory({}, "~/own") == Path("~/own/stackloom/tokens").expanduser()
