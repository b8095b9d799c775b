# SPDX-License-Identifier: Apache-2.0
"""The socket of gRPC, beside REST in the same process: services, health, reflection, TLS."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import grpc
from grpc.aio import Server
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from stackloom.errors import BadConfig
from stackloom.service.rest.context import Context
from stackloom.service.rpc.call import Call, Servicer
from stackloom.service.rpc.method import Method
from stackloom.service.rpc.services import all_services
from stackloom.service.settings import ServerSettings, ServiceSettings

log = logging.getLogger(__name__)

# What is being answered when it should end has that long; who watches is told to come back.
DRAIN_SECONDS = 5.0
# Beyond what may be asked for and watched at once, so that our own words say why it is refused.
_MORE_CALLS = 1_000
# A dead connection is found out, and a proxy sees that a silent one lives.
_KEEPALIVE = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)


@asynccontextmanager
async def rpc_serving(settings: ServiceSettings, context: Context) -> AsyncIterator[int]:
    """Answer gRPC for an ``async with``; gives the port.

    Args:
        context: what REST answers with.

    Raises:
        BadConfig: the address cannot be had, or a file of TLS cannot be read.
    """
    server = grpc.aio.server(
        options=_options(settings),
        maximum_concurrent_rpcs=settings.limits.streams + _MORE_CALLS,
    )
    alive = health.aio.HealthServicer()
    names = _add_services(server, context)
    health_pb2_grpc.add_HealthServicer_to_server(alive, server)
    reflection.enable_server_reflection(
        (*names, health.SERVICE_NAME, reflection.SERVICE_NAME), server
    )
    port = _bound(server, settings.server)
    await server.start()
    for name in ("", *names):
        await alive.set(name, health_pb2.HealthCheckResponse.SERVING)
    log.info("answers gRPC at port %d", port)
    try:
        yield port
    finally:
        await alive.enter_graceful_shutdown()
        context.streams.close()
        await server.stop(DRAIN_SECONDS)


def _options(settings: ServiceSettings) -> list[tuple[str, int]]:
    limits = settings.limits
    return [
        ("grpc.max_receive_message_length", limits.body_bytes),
        # Pictures and lists of the cloud; what reads and draws gives less than that.
        ("grpc.max_send_message_length", 64 * 1024 * 1024),
        ("grpc.so_reuseport", 0),  # two services at one port would share callers at random
        *_KEEPALIVE,
    ]


def _add_services(server: Server, context: Context) -> list[str]:
    names = []
    for service in all_services():
        handlers = {name: _handler(context, method) for name, method in service.methods().items()}
        names.append(service.full_name)
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service.full_name, handlers),)
        )
    return names


def _handler(context: Context, method: Method) -> grpc.RpcMethodHandler[bytes, bytes]:
    """Return what answers a method; bytes are read and written in the call, which tells errors."""
    if method.streaming:

        async def stream(data: bytes, servicer: Servicer) -> AsyncIterator[bytes]:
            async with aclosing(Call(context, method, servicer).stream(data)) as pieces:
                async for piece in pieces:
                    yield piece

        return grpc.unary_stream_rpc_method_handler(stream)

    async def answer(data: bytes, servicer: Servicer) -> bytes:
        return await Call(context, method, servicer).answer(data)

    return grpc.unary_unary_rpc_method_handler(answer)


def _bound(server: Server, settings: ServerSettings) -> int:
    add: Callable[[str], int] = server.add_insecure_port
    if settings.tls_certificate:
        credentials = grpc.ssl_server_credentials([_pair(settings)])

        def add(address: str) -> int:
            return int(server.add_secure_port(address, credentials))

    try:
        return add(settings.grpc_listen)
    except RuntimeError as error:
        raise BadConfig(
            f"[server] grpc_listen: {settings.grpc_listen} cannot be listened at",
            hint="name another address; port 0 takes any that is free",
        ) from error


def _pair(settings: ServerSettings) -> tuple[bytes, bytes]:
    try:
        return Path(settings.tls_key).read_bytes(), Path(settings.tls_certificate).read_bytes()
    except OSError as error:
        raise BadConfig(
            f"[server] tls_certificate or tls_key cannot be read: {error.strerror}"
        ) from error
