# SPDX-License-Identifier: Apache-2.0
"""The service over gRPC at a real socket, in this process, and channels to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import grpc
import msgspec
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from tests.fakes.people import FakePeople
from tests.service.desks import Worker
from tests.service.serving import app_for, settings_for

from stackloom.service.operation.desk import Desk
from stackloom.service.rest.stream import Streams
from stackloom.service.rpc.refusals import DETAILS
from stackloom.service.rpc.server import rpc_serving
from stackloom.service.rpc.v1 import stackloom_pb2_grpc as stubs
from stackloom.service.settings import LimitsSettings, ServiceSettings

T = TypeVar("T")
_STUBS: Any = stubs  # what is generated has no types
MEMBER = (("x-auth-token", "blue-member"),)
READER = (("authorization", "Bearer blue-reader"),)
STRANGER = (("x-auth-token", "red-member"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A channel to the service, its stubs, and its desk, at which a worker can be played."""

    channel: grpc.aio.Channel
    scenarios: Any
    plans: Any
    runs: Any
    graphs: Any
    lists: Any
    desk: Desk
    streams: Streams

    @property
    def worker(self) -> Worker:
        return Worker(self.desk)


@asynccontextmanager
async def a_line(
    database_url: str,
    folder: Path,
    *,
    limits: LimitsSettings | None = None,
    people: FakePeople | None = None,
    tls: tuple[str, str] = ("", ""),
    credentials: grpc.ChannelCredentials | None = None,
    behind_proxy: bool = False,
) -> AsyncIterator[Line]:
    """Open the service and a channel to it."""
    settings = _listening(settings_for(database_url, folder, limits), tls, behind_proxy)
    app = app_for(settings, people)
    async with app.running() as context, rpc_serving(settings, context) as port:
        address = f"localhost:{port}"
        opened = (
            grpc.aio.secure_channel(address, credentials)
            if credentials
            else grpc.aio.insecure_channel(address)
        )
        async with opened as channel:
            yield Line(
                channel=channel,
                scenarios=_STUBS.ScenarioServiceStub(channel),
                plans=_STUBS.PlanServiceStub(channel),
                runs=_STUBS.RunServiceStub(channel),
                graphs=_STUBS.GraphServiceStub(channel),
                lists=_STUBS.ListServiceStub(channel),
                desk=context.desk,
                streams=context.streams,
            )


def _listening(
    settings: ServiceSettings, tls: tuple[str, str], behind_proxy: bool
) -> ServiceSettings:
    server = msgspec.structs.replace(
        settings.server,
        grpc_listen="localhost:0",
        tls_certificate=tls[0],
        tls_key=tls[1],
        behind_proxy=behind_proxy,
    )
    return msgspec.structs.replace(settings, server=server)


def on_a_line(
    database_url: str, folder: Path, work: Callable[[Line], Awaitable[T]], **more: Any
) -> T:
    """Return what *work* does over gRPC."""

    async def run() -> T:
        async with a_line(database_url, folder, **more) as line:
            return await work(line)

    return asyncio.run(run())


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a call was refused with."""

    code: grpc.StatusCode
    message: str
    reason: str
    details: tuple[Any, ...]

    def detail(self, kind: str) -> Any:
        """Return one of the details: ``BadRequest``."""
        (found,) = (each for each in self.details if each.DESCRIPTOR.name == kind)
        return found


async def refusal_of(call: Awaitable[object]) -> Refusal:
    """Return what *call* is refused with."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return read_refusal(error)
    raise AssertionError("it was not refused")


def read_refusal(error: grpc.aio.AioRpcError) -> Refusal:
    """Return what an error of gRPC says, and its details."""
    trailing = dict(error.trailing_metadata() or ())
    status = Status.FromString(trailing[DETAILS])
    details = []
    for packed in status.details:
        kind = getattr(error_details_pb2, packed.type_url.rpartition(".")[2])
        detail = kind()
        packed.Unpack(detail)
        details.append(detail)
    assert (status.code, status.message) == (error.code().value[0], error.details())
    return Refusal(
        code=error.code(),
        message=error.details() or "",
        reason=details[0].reason,
        details=tuple(details),
    )
