# SPDX-License-Identifier: Apache-2.0
"""A call, as far as a method has to know it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from google.protobuf.message import Message

from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.service.rest.context import Context
from stackloom.service.rpc.translate import struct_of

StructT = TypeVar("StructT")

# What is larger is read in a thread: it takes more than a moment of the loop.
_MANY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and what the service has at hand to answer."""

    context: Context
    caller: Caller

    @property
    def desk(self) -> Desk:
        """What operations work with."""
        return self.context.desk

    async def read(self, message: Message, struct: type[StructT], **more: object) -> StructT:
        """Read a request; see ``translate.struct_of``.

        Raises:
            Refused: a field is not as it should be; says which.
        """
        most = self.context.settings.limits.values
        reading = partial(struct_of, message, struct, most_values=most, more=more)
        if message.ByteSize() > _MANY_BYTES:
            return await asyncio.to_thread(reading)
        return reading()
