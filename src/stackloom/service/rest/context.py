# SPDX-License-Identifier: Apache-2.0
"""What the application opens when it starts, and routes answer with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stackloom.log import Secret
from stackloom.service.rest.rates import Rates
from stackloom.service.rest.refusals import Refusals
from stackloom.service.rest.stream import Streams
from stackloom.service.settings import ServiceSettings

if TYPE_CHECKING:
    from stackloom.service.identity.identities import Identities
    from stackloom.service.operation.desk import Desk

Observe = Callable[[str, str, int, float], None]
"""Is told of each request: its path as the route has it, method, status, seconds."""


class Cookies(Protocol):
    """Keeps a token in the browser of whoever logged in at the page.

    Attributes:
        name: of the cookie.
    """

    name: str

    def token(self, value: str) -> Secret:
        """Return the token in the cookie.

        Raises:
            Refused: it is none that we made, or one of a key that is gone.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that lives as long as the application.

    Attributes:
        public_url: what links begin with, without a slash at its end.
    """

    settings: ServiceSettings
    public_url: str
    desk: Desk
    identities: Identities
    rates: Rates
    streams: Streams
    refusals: Refusals
    cookies: Cookies | None
    observe: Observe
