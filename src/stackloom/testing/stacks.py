# SPDX-License-Identifier: Apache-2.0
"""Stacks of Heat that a test has left: only who is in their project sees them.

Heat lists the stacks of all projects for nobody (heat/policies/stacks.py, ``global_index``, 27.0),
so the administrator goes into the project for them.
"""

from __future__ import annotations

import json

from stackloom.cloud.cloud import Cloud
from stackloom.testing.leftovers import Owner, Sort

_SERVICE = "orchestration"

STACKS = (
    Sort(
        what="stack",
        service=_SERVICE,
        listed_at="/v1/{project}/stacks",
        key="stacks",
        removed_at="/v1/{project}/stacks/{name}/{id}",
    ),
)


async def may_be_there(cloud: Cloud) -> bool:
    """Tell whether this cloud has Heat."""
    token = await cloud.token()
    return any(service.type == _SERVICE for service in token.catalog)


async def let_in(cloud: Cloud, owner: Owner) -> None:
    """Give the administrator a role in the project; it ends with the project."""
    token = await cloud.token()
    answer = await cloud.request("identity", "GET", "/v3/roles", query={"name": "admin"})
    role = json.loads(answer.body)["roles"][0]["id"]
    path = f"/v3/projects/{owner.project}/users/{token.user_id}/roles/{role}"
    await cloud.request("identity", "PUT", path)
