# SPDX-License-Identifier: Apache-2.0
"""The cloud's everyday lists, remembered for a moment; and who asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from google.protobuf.empty_pb2 import Empty

from stackloom.service.lists.project_lists import ListName
from stackloom.service.operation import lists
from stackloom.service.operation.callers import whoami
from stackloom.service.operation.queries import ListQuery
from stackloom.service.rpc.asked import Asked
from stackloom.service.rpc.method import Service
from stackloom.service.rpc.v1 import stackloom_pb2 as pb
from stackloom.wire.caller import Whoami


def _listing(name: ListName) -> Callable[[Asked, pb.ListCloudRequest], Awaitable[object]]:
    async def answer(asked: Asked, request: pb.ListCloudRequest) -> object:
        query = await asked.read(request, ListQuery, anew=None)
        listed = await lists.list_of_cloud(asked.caller, asked.desk, name, query, anew=request.anew)
        items = msgspec.json.decode(listed.body)[name]
        return {"items": items, "age_seconds": listed.age_seconds}

    return answer


async def _get_caller(asked: Asked, _request: Empty) -> Whoami:
    return whoami(asked.caller, asked.desk)


SERVICE = Service(
    name="ListService",
    answering={
        "ListNetworks": _listing("networks"),
        "ListServers": _listing("servers"),
        "ListImages": _listing("images"),
        "ListFlavors": _listing("flavors"),
        "GetCaller": _get_caller,
    },
)
