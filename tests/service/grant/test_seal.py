# SPDX-License-Identifier: Apache-2.0
"""What is sealed opens where it was sealed for, with the key that sealed it, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackloom.errors import BadConfig
from stackloom.service.grant.seal import BrokenSeal, Seal, SealKey

OLD = SealKey(id="old", secret=b"o" * 32)
NEW = SealKey(id="new", secret=b"n" * 32)
ABOUT = "grants.sealed/7/p-1"


@given(plain=st.binary(max_size=200), about=st.text(max_size=50))
def test_what_is_sealed_opens_again(plain: bytes, about: str) -> None:
    """Whatever it is, about whatever; and the text does not show."""
    seal = Seal([NEW, OLD])
    sealed = seal.seal(plain, about=about)
    assert seal.open(sealed, about=about) == plain
    assert len(plain) < 4 or plain not in sealed


def test_nothing_is_sealed_twice_the_same() -> None:
    """The same secret in two rows does not look the same."""
    seal = Seal([NEW])
    assert seal.seal(b"secret", about=ABOUT) != seal.seal(b"secret", about=ABOUT)


def test_it_opens_nowhere_else() -> None:
    """A sealed secret that was put into another row is of no use there."""
    seal = Seal([NEW])
    sealed = seal.seal(b"secret", about=ABOUT)
    with pytest.raises(BrokenSeal, match="about grants"):
        seal.open(sealed, about="grants.sealed/8/p-1")


def test_no_byte_of_it_can_be_changed() -> None:
    """Each byte, the head included, is held by the tag or names no key of ours."""
    seal = Seal([NEW, OLD])
    sealed = seal.seal(b"secret", about=ABOUT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises((BrokenSeal, BadConfig)):
            seal.open(bytes(changed), about=ABOUT)


@pytest.mark.parametrize("length", range(20))
def test_what_was_cut_is_told_as_broken(length: int) -> None:
    """A text that is too short is no other error."""
    seal = Seal([NEW])
    sealed = seal.seal(b"secret", about=ABOUT)[:length]
    with pytest.raises(BrokenSeal):
        seal.open(sealed, about=ABOUT)


def test_an_older_key_still_opens() -> None:
    """A new key is put before the old one, which opens what it has sealed."""
    sealed = Seal([OLD]).seal(b"secret", about=ABOUT)
    assert Seal([NEW, OLD]).open(sealed, about=ABOUT) == b"secret"


def test_a_key_that_is_gone_is_named() -> None:
    """Whoever runs the service is told which key to put back."""
    sealed = Seal([OLD]).seal(b"secret", about=ABOUT)
    with pytest.raises(BadConfig, match='sealed with the key "old"'):
        Seal([NEW]).open(sealed, about=ABOUT)


def test_sealing_anew_takes_the_first_key() -> None:
    """Only what another key has sealed; the rest is left as it is."""
    sealed = Seal([OLD]).seal(b"secret", about=ABOUT)
    again = Seal([NEW, OLD]).reseal(sealed, about=ABOUT)
    assert again is not None
    assert Seal([NEW]).open(again, about=ABOUT) == b"secret"
    assert Seal([NEW, OLD]).reseal(again, about=ABOUT) is None


def test_a_key_does_not_show_its_secret() -> None:
    """Not in a log, not in a traceback."""
    assert repr(OLD) == "SealKey(id='old')"


def test_a_fingerprint_tells_the_same_text_again_and_nothing_else() -> None:
    """It depends on the key, what it is about and the text, and on where one ends."""
    seal = Seal([NEW, OLD])
    first = seal.fingerprint(b"secret", about="POST /v1/runs")
    assert len(first) == 32
    assert Seal([NEW]).fingerprint(b"secret", about="POST /v1/runs") == first
    others = {
        seal.fingerprint(b"secret", about="POST /v1/plans"),
        seal.fingerprint(b"secrets", about="POST /v1/runs"),
        seal.fingerprint(b"ssecret", about="POST /v1/run"),
        Seal([OLD]).fingerprint(b"secret", about="POST /v1/runs"),
    }
    assert len(others) == 4
    assert first not in others
