# SPDX-License-Identifier: Apache-2.0
"""Who asks: what a caller's token says of them, given back to them."""

from __future__ import annotations

import msgspec

from stackloom.wire.words import Instant


class Whoami(msgspec.Struct, frozen=True, kw_only=True):
    """The body of ``GET /v1/token``.

    Attributes:
        cloud: the address of Keystone.
        expires_at: of the token; None for the bearer of a service on the loopback.
        may_change: has the role for more than reading.
    """

    user_id: str
    user_name: str
    project_id: str
    project_name: str
    roles: tuple[str, ...]
    cloud: str
    expires_at: Instant | None
    may_change: bool
