# SPDX-License-Identifier: Apache-2.0
"""What was done to a server: one of Nova's instance actions. Known by its request id; read only."""

from __future__ import annotations

from typing import Any

import msgspec

from stackloom.cloud.kind import Column, Kind, State


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    """A part of it, as the services that took part told it; tracebacks only to administrators."""

    event: str = ""
    start_time: str | None = None
    finish_time: str | None = None
    result: str | None = None
    host: str | None = None
    traceback: str | None = None
    details: str | None = None


class ServerEventState(State, frozen=True, kw_only=True):
    """What Nova tells of an action; ``events`` only of a single one."""

    action: str = ""
    instance_uuid: str = ""
    start_time: str = ""
    updated_at: str | None = None
    message: str | None = None
    project_id: str | None = None
    user_id: str | None = None
    events: tuple[_Step, ...] = ()


def _with_id(answer: Any) -> Any:
    return {**answer, "id": answer["request_id"]}


KIND = Kind(
    name="server_event",
    plural="instanceActions",
    key="instanceAction",
    parent="compute.server",
    service="compute",
    path="/v2.1/servers/{parent}/os-instance-actions",
    state=ServerEventState,
    reshape=_with_id,
    # 2.58 pages and filters by time (Queens, 2018).
    microversion="2.58",
    newest_microversion="2.104",
    has_name=False,
    columns=(
        Column(title="Request ID", value=lambda state: state.id),
        Column(title="Server ID", value=lambda state: state.instance_uuid),
        Column(title="Action", value=lambda state: state.action),
        Column(title="Start Time", value=lambda state: state.start_time),
    ),
    long_columns=(
        Column(title="Message", value=lambda state: state.message),
        Column(title="Project ID", value=lambda state: state.project_id),
        Column(title="User ID", value=lambda state: state.user_id),
    ),
)
