# SPDX-License-Identifier: Apache-2.0
"""A host aggregate of Nova: hosts that have something in common. For administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewAggregate(Body, frozen=True, kw_only=True):
    """What can be said when an aggregate is made; hosts and metadata come by actions.

    Source: nova/api/openstack/compute/schemas/aggregates.py, 34.0.0.
    """

    name: str
    availability_zone: str | UnsetType | None = UNSET


class AggregateChange(Body, frozen=True, kw_only=True):
    """What can be changed of an aggregate."""

    name: str | UnsetType = UNSET
    availability_zone: str | UnsetType | None = UNSET


class AggregateState(State, frozen=True, kw_only=True):
    """What Nova tells of an aggregate."""

    uuid: str = ""
    availability_zone: str | None = None
    hosts: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = {}
    created_at: str | None = None
    updated_at: str | None = None


KIND = Kind(
    name="aggregate",
    plural="aggregates",
    service="compute",
    path="/v2.1/os-aggregates",
    state=AggregateState,
    new=NewAggregate,
    change=AggregateChange,
    # Ids are numbers (nova/api/openstack/compute/aggregates.py, 34.0.0).
    reshape=lambda answer: {**answer, "id": str(answer["id"])},
    microversion="2.41",
    newest_microversion="2.104",
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="UUID", value=lambda state: state.uuid),
        Column(title="Availability Zone", value=lambda state: state.availability_zone),
    ),
    long_columns=(
        Column(title="Properties", value=lambda state: state.metadata),
        Column(title="Hosts", value=lambda state: list(state.hosts)),
    ),
)
