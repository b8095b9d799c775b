# SPDX-License-Identifier: Apache-2.0
"""The cloud's everyday lists, as the cloud gives them, remembered for a moment."""

from __future__ import annotations

import math
from typing import Any

from stackloom.service.lists.project_lists import ListName
from stackloom.service.operation import lists
from stackloom.service.operation.queries import ListQuery
from stackloom.service.rest.answer import Answer
from stackloom.service.rest.asked import Asked
from stackloom.service.rest.route import Who, route
from stackloom.wire.cloud_list import FlavorList, ImageList, NetworkList, ServerList

_REFUSALS = ("cloud.failed", "cloud.unreachable", "parameter.unknown")


@route("GET", "/v1/networks", who=Who.READER, refusals=_REFUSALS, has_etag=True)
async def list_networks(asked: Asked, *, query: ListQuery) -> Answer[NetworkList]:
    """List the networks that the project has or may use.

    The body is Neutron's. ``Age`` says how old it is; ``Cache-Control: no-cache`` asks for it anew.
    """
    return await _listed(asked, "networks", query)


@route("GET", "/v1/servers", who=Who.READER, refusals=_REFUSALS, has_etag=True)
async def list_servers(asked: Asked, *, query: ListQuery) -> Answer[ServerList]:
    """List the servers of the project.

    The body is Nova's. ``Age`` says how old it is; ``Cache-Control: no-cache`` asks for it anew.
    """
    return await _listed(asked, "servers", query)


@route("GET", "/v1/images", who=Who.READER, refusals=_REFUSALS, has_etag=True)
async def list_images(asked: Asked, *, query: ListQuery) -> Answer[ImageList]:
    """List the images that the project has or may use.

    The body is Glance's. ``Age`` says how old it is; ``Cache-Control: no-cache`` asks for it anew.
    """
    return await _listed(asked, "images", query)


@route("GET", "/v1/flavors", who=Who.READER, refusals=_REFUSALS, has_etag=True)
async def list_flavors(asked: Asked, *, query: ListQuery) -> Answer[FlavorList]:
    """List the flavors that the project may use.

    The body is Nova's. ``Age`` says how old it is; ``Cache-Control: no-cache`` asks for it anew.
    """
    return await _listed(asked, "flavors", query)


async def _listed(asked: Asked, name: ListName, query: ListQuery) -> Answer[Any]:
    wishes = {each.strip().lower() for each in asked.header("cache-control").split(",")}
    anew = bool(wishes & {"no-cache", "no-store", "max-age=0"})
    listed = await lists.list_of_cloud(asked.caller, asked.desk, name, query, anew=anew)
    headers = {
        "age": str(math.floor(listed.age_seconds)),
        "cache-control": f"private, max-age={math.floor(listed.fresh_seconds)}",
    }
    return Answer(body=listed.body, etag=listed.etag, headers=headers)


ROUTES = (list_networks, list_servers, list_images, list_flavors)
