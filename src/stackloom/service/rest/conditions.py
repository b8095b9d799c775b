# SPDX-License-Identifier: Apache-2.0
"""ETags: what a caller has already, and whether it still is what we have."""

from __future__ import annotations

import hashlib


def etag_of(content: bytes) -> str:
    """Return an ETag, without quotes, for a document that has no number of its own."""
    return hashlib.sha256(content).hexdigest()[:32]


def quoted(etag: str) -> str:
    """Return the ETag as it stands in the header."""
    return f'"{etag}"'


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether ``If-None-Match`` names *etag*: the caller has the document as it is.

    Weak and strong ones are compared alike, as RFC 9110 (13.1.2) has it.
    """
    if not if_none_match or not etag:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(each.strip().removeprefix("W/") == f'"{etag}"' for each in if_none_match.split(","))
