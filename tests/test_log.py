# SPDX-License-Identifier: Apache-2.0
"""A secret keeps itself: no way of making text of it shows the value."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest

from stackloom.log import Log, Secret, hush

_SECRET = Secret("swordfish")


@dataclass
class _Holder:
    secret: Secret


class _Struct(msgspec.Struct):
    secret: Secret


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (str(_SECRET), "***"),
        (repr(_SECRET), "***"),
        (f"{_SECRET}", "***"),
        (f"{_SECRET!r}", "***"),
        ("%s %r" % (_SECRET, _SECRET), "*** ***"),  # noqa: UP031 - as logging does
        (str([_SECRET]), "[***]"),
        (repr(_Holder(_SECRET)), "_Holder(secret=***)"),
        (repr(_Struct(_SECRET)), "_Struct(secret=***)"),
    ],
)
def test_text_has_stars(text: str, wanted: str) -> None:
    """By itself and inside of other things a secret is three stars."""
    assert text == wanted


@pytest.mark.parametrize("encode", [json.dumps, msgspec.json.encode])
def test_it_cannot_become_json(encode: Callable[[object], object]) -> None:
    """Encoders refuse a secret rather than write it."""
    with pytest.raises(TypeError):
        encode({"secret": _SECRET})


def test_it_has_no_attributes_to_look_through() -> None:
    """What prints the attributes of an object finds none."""
    assert not hasattr(_SECRET, "__dict__")


def test_only_reveal_gives_the_value() -> None:
    """The value is given to who asks for it by name."""
    assert _SECRET.reveal() == "swordfish"


def test_secrets_are_compared_by_value() -> None:
    """Equal values are equal secrets, with one hash; nothing else is equal to one."""
    assert Secret("swordfish") == _SECRET
    assert Secret("other") != _SECRET
    assert _SECRET != "swordfish"
    assert len({_SECRET, Secret("swordfish"), Secret("other")}) == 2


def test_an_empty_secret_is_none() -> None:
    """A setting that is there and empty counts as missing."""
    assert not Secret("")
    assert _SECRET


def test_a_fingerprint_tells_two_apart() -> None:
    """Twelve digits of the digest are enough to see in a log that a token changed."""
    assert _SECRET.fingerprint() == "b9f195c5cc7e"
    assert Secret("other").fingerprint() != _SECRET.fingerprint()


def test_a_log_is_a_logger_of_logging(caplog: pytest.LogCaptureFixture) -> None:
    """Messages come with level, arguments and the place that tells, for whoever asked for them."""
    log = Log("stackloom.test")
    with caplog.at_level(logging.DEBUG, logger="stackloom"):
        log.debug("a %s", 1)
        log.info("b %s", 2)
        log.warning("c")
        assert log.tells_debug()
    assert [
        (each.name, each.levelname, each.getMessage(), each.filename) for each in caplog.records
    ] == [
        ("stackloom.test", "DEBUG", "a 1", "test_log.py"),
        ("stackloom.test", "INFO", "b 2", "test_log.py"),
        ("stackloom.test", "WARNING", "c", "test_log.py"),
    ]


def test_what_is_not_asked_for_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """By level, as ever; and a log that keeps to itself tells nobody above it."""
    log = Log("stackloom.test")
    with caplog.at_level(logging.INFO, logger="stackloom"):
        log.debug("a")
        assert not log.tells_debug()
        Log("stackloom.test.alone", propagates=False).info("b")
    assert caplog.records == []


@pytest.mark.slow
def test_logging_is_imported_for_a_warning_only() -> None:
    """Where nobody has imported it, nobody listens; a warning goes to stderr all the same."""
    program = (
        "import sys; from stackloom.log import Log; log = Log('x')\n"
        "log.debug('a'); log.info('b'); print(log.tells_debug(), 'logging' in sys.modules)\n"
        "log.warning('c')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("False False\n", "c\n")


def test_a_hushed_process_keeps_warnings_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    """``--quiet`` wants errors only; the next command may want them again."""
    log = Log("stackloom.test")
    hush(True)
    log.warning("connected with %s", "OpenSSL")
    hush(False)
    log.warning("heard")
    assert caplog.messages == ["heard"]
