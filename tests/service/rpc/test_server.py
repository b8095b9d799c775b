# SPDX-License-Identifier: Apache-2.0
"""The socket of gRPC: TLS, health, and clients that know nothing of us before they ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from tests.fakes.certificates import make
from tests.service.rpc.calling import MEMBER, Line, a_line, on_a_line

from stackloom.errors import BadConfig
from stackloom.service.rpc.v1.stackloom_pb2 import DESCRIPTOR

SERVICES = sorted(each.full_name for each in DESCRIPTOR.services_by_name.values())


def test_health_is_told_for_every_service(database_url: str, tmp_path: Path) -> None:
    """Of the whole, of each, and of none that there is not."""

    async def work(line: Line) -> dict[str, int]:
        stub: Any = health_pb2_grpc.HealthStub(line.channel)
        told = {}
        for name in ("", *SERVICES):
            answer = await stub.Check(health_pb2.HealthCheckRequest(service=name))
            told[name] = answer.status
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(health_pb2.HealthCheckRequest(service="other"))
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        return told

    serving = health_pb2.HealthCheckResponse.SERVING
    assert on_a_line(database_url, tmp_path, work) == dict.fromkeys(("", *SERVICES), serving)


class Reflected:
    """A client that learns everything from the server, as ``grpcurl`` does."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._pool = DescriptorPool()

    async def services(self) -> list[str]:
        """Return the names of the services that the server tells of."""
        answer = await self._ask(reflection_pb2.ServerReflectionRequest(list_services=""))
        return sorted(each.name for each in answer.list_services_response.service)

    async def call(self, service: str, method: str, request: dict[str, Any]) -> Any:
        """Call a method with plain values, and return its answer as such; a list of a stream's."""
        await self._learn(service)
        described = self._pool.FindServiceByName(service).methods_by_name[method]
        asked = ParseDict(request, GetMessageClass(described.input_type)())
        answer_type = GetMessageClass(described.output_type)
        is_stream = described.server_streaming
        make = self._channel.unary_stream if is_stream else self._channel.unary_unary
        stub: Any = make(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer_type.FromString,
        )
        answering = stub(asked, metadata=MEMBER)
        if is_stream:
            return [MessageToDict(each) async for each in answering]
        return MessageToDict(await answering)

    async def _learn(self, service: str) -> None:
        answer = await self._ask(
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=service)
        )
        for data in answer.file_descriptor_response.file_descriptor_proto:
            await self._add(descriptor_pb2.FileDescriptorProto.FromString(data))

    async def _add(self, file: descriptor_pb2.FileDescriptorProto) -> None:
        try:
            self._pool.FindFileByName(file.name)
        except KeyError:
            for name in file.dependency:
                answer = await self._ask(
                    reflection_pb2.ServerReflectionRequest(file_by_filename=name)
                )
                for data in answer.file_descriptor_response.file_descriptor_proto:
                    await self._add(descriptor_pb2.FileDescriptorProto.FromString(data))
            self._pool.Add(file)

    async def _ask(self, request: Any) -> Any:
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(self._channel)

        async def asked() -> AsyncIterator[Any]:
            yield request

        answers = [each async for each in stub.ServerReflectionInfo(asked())]
        return answers[0]


def test_a_client_learns_everything_from_the_server(database_url: str, tmp_path: Path) -> None:
    """In the place of grpcurl: services, messages, a call, and a stream."""

    async def work(line: Line) -> None:
        client = Reflected(line.channel)
        assert await client.services() == sorted(
            [*SERVICES, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"]
        )
        scenarios, plans = "stackloom.v1.ScenarioService", "stackloom.v1.PlanService"
        source = {"text": "scenario: one\nnetworks: {blue: {}}\n"}
        made = await client.call(scenarios, "CreateScenario", {"source": source})
        listed = await client.call(scenarios, "ListScenarios", {})
        assert [each["id"] for each in listed["scenarios"]] == [made["id"]]
        plan = await client.call(plans, "CreatePlan", {"scenarioId": made["id"]})
        await client.call(plans, "CancelPlan", {"id": plan["id"]})
        events = await client.call(plans, "WatchPlan", {"id": plan["id"]})
        assert [each["jobState"]["state"] for each in events] == ["pending", "cancelled"]

    on_a_line(database_url, tmp_path, work)


def test_tls_is_spoken_where_a_certificate_is_set(database_url: str, tmp_path: Path) -> None:
    """With the certificate of REST; without trust in it nobody is answered."""
    shown = make()
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(shown.pem)
    key.write_bytes(shown.key_pem)
    trusted = grpc.ssl_channel_credentials(root_certificates=shown.pem)

    async def asked(credentials: grpc.ChannelCredentials) -> str:
        tls = (str(certificate), str(key))
        async with a_line(database_url, tmp_path, tls=tls, credentials=credentials) as line:
            caller = await line.lists.GetCaller(Empty(), metadata=MEMBER)
            return str(caller.project_id)

    assert asyncio.run(asked(trusted)) == "blue"
    (tmp_path / "keys").unlink()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        asyncio.run(asked(grpc.ssl_channel_credentials()))
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_certificate_that_is_not_there_is_told(database_url: str, tmp_path: Path) -> None:
    """Before anything is answered."""

    async def work() -> None:
        async with a_line(database_url, tmp_path, tls=("/no/such", "/no/such")):
            raise AssertionError("it has been opened")

    with pytest.raises(BadConfig, match="tls_certificate or tls_key cannot be read"):
        asyncio.run(work())
