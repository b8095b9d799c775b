# SPDX-License-Identifier: Apache-2.0
"""Rights that a caller brings along, for tokens that cannot hand on their own."""

from __future__ import annotations

import msgspec

from stackloom.wire.words import Line, SecretText


class Credential(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application credential of the caller's own, with which a plan, run or check is to act."""

    id: Line
    secret: SecretText

    def __repr__(self) -> str:
        return f"Credential({self.id})"
