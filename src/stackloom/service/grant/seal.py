# SPDX-License-Identifier: Apache-2.0
"""Seal what is secret before it goes into the database, and open it again.

Knows neither tables nor files: keys are handed in (``key_file.py`` reads them), and what a sealed
text is *about* is said by whoever keeps it.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stackloom.errors import BadConfig, StackloomError

KEY_BYTES = 32
# A random nonce of 96 bits may be used with one key for 2**32 texts (NIST SP 800-38D, section 8.3).
_NONCE_BYTES = 12
_FORMAT = b"\x01"
MOST_ID_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """One key.

    Attributes:
        id: names it in what it has sealed; 1 to 32 characters of ASCII.
        secret: 32 bytes.
    """

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        assert 1 <= len(self.id) <= MOST_ID_BYTES, "the id of a key is short"
        assert self.id.isascii(), "the id of a key is ASCII"
        assert len(self.secret) == KEY_BYTES, "a key has 32 bytes"


class BrokenSeal(StackloomError):
    """What was to be opened was sealed for something else, or has been changed."""

    slug = "broken-seal"


class Seal:
    """AES-256-GCM.

    What is sealed is: 0x01, the length of the key's id (one byte), the id, a nonce of 12 bytes, the
    cipher text with its tag of 16 bytes. All that comes before the cipher text is authenticated
    with it, and so is *about*.

    Args:
        keys: the first seals, each opens what it has sealed.
    """

    def __init__(self, keys: Sequence[SealKey]) -> None:
        assert keys, "nothing is sealed without a key"
        self._first = keys[0]
        self._ciphers = {key.id: AESGCM(key.secret) for key in keys}
        assert len(self._ciphers) == len(keys), "two keys have the same id"

    def seal(self, plain: bytes, *, about: str) -> bytes:
        """Return *plain* sealed with the first key.

        Args:
            about: where it will be kept: table, column, row and project. It opens nowhere else.
        """
        id = self._first.id.encode()
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORMAT + bytes([len(id)]) + id + nonce
        cipher = self._ciphers[self._first.id]
        return head + cipher.encrypt(nonce, plain, _bound(head, about))

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return what was sealed.

        Raises:
            BadConfig: its key is none of ours.
            BrokenSeal: it was sealed about something else, or was changed.
        """
        id, head = _parts(sealed)
        cipher = self._ciphers.get(id)
        if cipher is None:
            raise BadConfig(
                f'a secret in the database is sealed with the key "{id}", which is not in the '
                "keys file",
                hint="put that key back into [secrets] keys_file, behind the first",
            )
        try:
            bound = _bound(head, about)
            return cipher.decrypt(head[-_NONCE_BYTES:], sealed[len(head) :], bound)
        except InvalidTag:
            raise BrokenSeal(f"what was sealed about {about} cannot be opened") from None

    def fingerprint(self, plain: bytes, *, about: str) -> bytes:
        """Return 32 bytes by which the same text is known again.

        Whoever reads them learns nothing of a weak secret inside by trying: they need the key. With
        another first key the same text has another one.
        """
        key = hmac.digest(self._first.secret, b"fingerprint", sha256)
        return hmac.digest(key, about.encode() + b"\0" + plain, sha256)

    def reseal(self, sealed: bytes, *, about: str) -> bytes | None:
        """Return it sealed with the first key, None where it is already.

        Raises:
            BadConfig, BrokenSeal: as ``open``.
        """
        id, _ = _parts(sealed)
        if id == self._first.id:
            return None
        return self.seal(self.open(sealed, about=about), about=about)


def _parts(sealed: bytes) -> tuple[str, bytes]:
    """Return the id of the key and everything before the cipher text.

    Raises:
        BrokenSeal: it is nothing that was sealed.
    """
    id_length = sealed[1] if len(sealed) > 1 else 0
    id, end = sealed[2 : 2 + id_length], 2 + id_length + _NONCE_BYTES
    if sealed[:1] != _FORMAT or not id or len(sealed) < end:
        raise BrokenSeal("it is nothing that was sealed here")
    return id.decode("ascii", "replace"), sealed[:end]


def _bound(head: bytes, about: str) -> bytes:
    return head + about.encode()
