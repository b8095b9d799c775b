# SPDX-License-Identifier: Apache-2.0
"""Keystone's auth receipt: "that was right, and I want more": what is still to be proven. Pure.

A user under multi-factor rules who proves less than a rule asks for gets 401 with a receipt in the
header ``Openstack-Auth-Receipt``; sent along with the methods that are missing, it makes up for
those that were proven before (keystone/receipt/handlers.py, 30.0.0).
"""

from __future__ import annotations

import msgspec

from stackloom import plug
from stackloom.auth import methods
from stackloom.auth.credentials import Credentials, Method, all_of
from stackloom.log import Secret
from stackloom.transport.client import Answer

HEADER = "OpenStack-Auth-Receipt"


class _Proven(msgspec.Struct, frozen=True, kw_only=True):
    methods: tuple[str, ...] = ()


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    receipt: _Proven
    required_auth_methods: tuple[tuple[str, ...], ...] = ()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was proven, and what would do.

    Attributes:
        secret: what goes into the header of the next request.
        proven: Keystone's names of the methods that were right.
        rules: each a set of methods that together are enough.
    """

    secret: Secret
    proven: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]

    def lacking(self) -> list[tuple[str, ...]]:
        """Return what each rule still wants, the shortest first."""
        wanted = [tuple(n for n in rule if n not in self.proven) for rule in self.rules]
        return sorted((each for each in wanted if each), key=len)

    def next_method(self, credentials: Credentials) -> Method | None:
        """Return what can be proven with *credentials* so that a rule is met, None for nothing."""
        known = {method.name: method for method in plug.read(methods, "METHOD", Method).values()}
        for names in self.lacking():
            parts = [known[name] for name in names if name in known]
            if len(parts) == len(names) and not any(part.missing(credentials) for part in parts):
                return all_of(tuple(parts))
        return None


def receipt_of(answer: Answer) -> Receipt | None:
    """Read the receipt of a 401, None where it is a plain refusal."""
    secret = answer.headers.get(HEADER.lower())
    if not secret:
        return None
    try:
        document = msgspec.json.decode(answer.body, type=_Document)
    except msgspec.DecodeError:
        return None
    return Receipt(
        secret=Secret(secret),
        proven=document.receipt.methods,
        rules=document.required_auth_methods,
    )
