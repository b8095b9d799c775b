# SPDX-License-Identifier: Apache-2.0
"""A hypervisor of Nova: where servers run. For administrators; read only."""

from __future__ import annotations

from typing import Any

from stackloom.cloud.kind import Column, Kind, State


class HypervisorState(State, frozen=True, kw_only=True):
    """What Nova tells of a hypervisor; from 2.88 on without what it has and uses."""

    hypervisor_type: str | None = None
    hypervisor_version: int | None = None
    host_ip: str | None = None
    state: str = ""
    status: str = ""
    uptime: str | None = None
    vcpus: int | None = None
    vcpus_used: int | None = None
    memory_mb: int | None = None
    memory_mb_used: int | None = None


def _with_name(answer: Any) -> Any:
    return {**answer, "name": answer.get("hypervisor_hostname", "")}


KIND = Kind(
    name="hypervisor",
    plural="hypervisors",
    service="compute",
    path="/v2.1/os-hypervisors",
    list_path="/v2.1/os-hypervisors/detail",
    state=HypervisorState,
    reshape=_with_name,
    # From 2.53 on its id is a UUID and lists can be paged (Pike, 2017).
    microversion="2.53",
    newest_microversion="2.104",
    # A pattern, and with it the servers come as well (hypervisors.py, 34.0.0).
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Hypervisor Hostname", value=lambda state: state.name),
        Column(title="Hypervisor Type", value=lambda state: state.hypervisor_type),
        Column(title="Host IP", value=lambda state: state.host_ip),
        Column(title="State", value=lambda state: state.state),
    ),
    long_columns=(
        Column(title="Status", value=lambda state: state.status),
        Column(title="Hypervisor Version", value=lambda state: state.hypervisor_version),
    ),
)
