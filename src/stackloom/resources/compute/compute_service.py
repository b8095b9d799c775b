# SPDX-License-Identifier: Apache-2.0
"""A service of Nova's own: a scheduler, a conductor, a compute host. For administrators."""

from __future__ import annotations

from stackloom.cloud.kind import Column, Kind, State


class ComputeServiceState(State, frozen=True, kw_only=True):
    """What Nova tells of one of its services."""

    binary: str = ""
    host: str = ""
    zone: str = ""
    status: str = ""
    state: str = ""
    updated_at: str | None = None
    disabled_reason: str | None = None
    forced_down: bool | None = None


KIND = Kind(
    name="compute_service",
    plural="services",
    key="service",
    service="compute",
    path="/v2.1/os-services",
    state=ComputeServiceState,
    # From 2.53 on its id is a UUID (Pike, 2017).
    microversion="2.53",
    newest_microversion="2.104",
    has_name=False,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Binary", value=lambda state: state.binary),
        Column(title="Host", value=lambda state: state.host),
        Column(title="Zone", value=lambda state: state.zone),
        Column(title="Status", value=lambda state: state.status),
        Column(title="State", value=lambda state: state.state),
        Column(title="Updated At", value=lambda state: state.updated_at),
    ),
    long_columns=(
        Column(title="Disabled Reason", value=lambda state: state.disabled_reason),
        Column(title="Forced Down", value=lambda state: state.forced_down),
    ),
)
