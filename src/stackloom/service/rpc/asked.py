# SPDX-License-Identifier: Apache-2.0
"""A call, as far as a method has to know it."""

from __future__ import annotations

from dataclasses import dataclass

from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.service.rest.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and what the service has at hand to answer."""

    context: Context
    caller: Caller

    @property
    def desk(self) -> Desk:
        """What operations work with."""
        return self.context.desk
