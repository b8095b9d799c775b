# SPDX-License-Identifier: Apache-2.0
"""An availability zone of Nova: a part of the cloud that servers can be put into. Read only."""

from __future__ import annotations

from typing import Any

import msgspec

from stackloom.cloud.kind import Column, Kind, State


class _ZoneState(msgspec.Struct, frozen=True, kw_only=True):
    available: bool = True


class AvailabilityZoneState(State, frozen=True, kw_only=True):
    """What Nova tells of a zone; its name is its id."""

    zone_state: _ZoneState = msgspec.field(name="zoneState", default=_ZoneState())

    @property
    def status(self) -> str:
        """Whether it can be used, in a word."""
        return "available" if self.zone_state.available else "not available"


def _with_id(answer: Any) -> Any:
    return {**answer, "id": answer["zoneName"], "name": answer["zoneName"]}


KIND = Kind(
    name="availability_zone",
    plural="availabilityZoneInfo",
    service="compute",
    path="/v2.1/os-availability-zone",
    state=AvailabilityZoneState,
    reshape=_with_id,
    name_query="",
    columns=(
        Column(title="Zone Name", value=lambda state: state.name),
        Column(title="Zone Status", value=lambda state: state.status),
    ),
)
