# SPDX-License-Identifier: Apache-2.0
"""What a method of a service is, and a service of methods; the ``.proto`` says the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.v1.stackloom_pb2 import DESCRIPTOR

# Takes the request message, whose type its name in the .proto tells; gives a struct or a message.
Answering = Callable[[Asked, Any], Awaitable[object]]
Streaming = Callable[[Asked, Any], Awaitable[AsyncIterator[object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method.

    Attributes:
        path: ``/stackloom.v1.RunService/GetRun``.
        is_making: it makes something, so that it counts as a POST does.
    """

    path: str
    request: type[Message]
    answer: type[Message]
    answering: Answering | None = None
    streaming: Streaming | None = None
    is_making: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The methods of one service of the ``.proto``, all of them, by name.

    Attributes:
        making: the names of those that make something; whoever sends an ``idempotency-key`` with
            one of these may send it again.
    """

    name: str
    answering: dict[str, Answering]
    streaming: dict[str, Streaming] | None = None
    making: frozenset[str] = frozenset()

    @property
    def full_name(self) -> str:
        """``stackloom.v1.RunService``."""
        return str(DESCRIPTOR.services_by_name[self.name].full_name)

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        described = DESCRIPTOR.services_by_name[self.name].methods
        known = {**self.answering, **(self.streaming or {})}
        assert {each.name for each in described} == set(known), f"{self.name} and its .proto differ"
        return {each.name: self._method(each) for each in described}

    def _method(self, described: MethodDescriptor) -> Method:
        name = described.name
        return Method(
            path=f"/{self.full_name}/{name}",
            request=GetMessageClass(described.input_type),
            answer=GetMessageClass(described.output_type),
            answering=self.answering.get(name),
            streaming=(self.streaming or {}).get(name),
            is_making=name in self.making,
        )
