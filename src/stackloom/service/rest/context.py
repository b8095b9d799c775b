# SPDX-License-Identifier: Apache-2.0
"""What the application opens when it starts, and routes answer with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackloom.service.rest.rates import Rates
from stackloom.service.rest.refusals import Refusals
from stackloom.service.rest.stream import Streams
from stackloom.service.settings import ServiceSettings

if TYPE_CHECKING:
    from stackloom.service.health import HealthChecks
    from stackloom.service.identity.cookie import Cookies
    from stackloom.service.identity.identities import Identities
    from stackloom.service.identity.log_ins import LogIns
    from stackloom.service.operation.desk import Desk

Observe = Callable[[str, str, int, float], None]
"""Is told of each request: its path as the route has it, method, status, seconds."""


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
    cookies: Cookies
    log_ins: LogIns
    health: HealthChecks
    observe: Observe
