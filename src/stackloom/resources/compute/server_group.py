# SPDX-License-Identifier: Apache-2.0
"""A server group of Nova: servers that should be together, or apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewServerGroup(Body, frozen=True, kw_only=True):
    """What can be said when a server group is made.

    Attributes:
        policy: ``affinity``, ``anti-affinity``, ``soft-affinity`` or ``soft-anti-affinity``.
        rules: ``{"max_server_per_host": 2}`` for ``anti-affinity``.

    Source: nova/api/openstack/compute/schemas/server_groups.py, ``create_v264``, 34.0.0.
    """

    name: str
    policy: str
    rules: Mapping[str, int] | UnsetType = UNSET


class ServerGroupState(State, frozen=True, kw_only=True):
    """What Nova tells of a server group."""

    policy: str = ""
    rules: Mapping[str, Any] = {}
    members: tuple[str, ...] = ()
    project_id: str = ""
    user_id: str = ""


KIND = Kind(
    name="server_group",
    plural="server_groups",
    service="compute",
    path="/v2.1/os-server-groups",
    state=ServerGroupState,
    new=NewServerGroup,
    # 2.64 has one policy with rules in place of a list (Rocky, 2018).
    microversion="2.64",
    newest_microversion="2.104",
    # nova/api/openstack/compute/schemas/server_groups.py has no filter by name, 34.0.0.
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Policy", value=lambda state: state.policy),
    ),
    long_columns=(
        Column(title="Members", value=lambda state: list(state.members)),
        Column(title="Project Id", value=lambda state: state.project_id),
        Column(title="User Id", value=lambda state: state.user_id),
    ),
)
