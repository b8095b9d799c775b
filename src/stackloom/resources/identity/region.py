# SPDX-License-Identifier: Apache-2.0
"""A region of the catalog; its id is its name."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewRegion(Body, frozen=True, kw_only=True):
    """What can be said when a region is made.

    Source: keystone/catalog/schema.py, 30.0.0.
    """

    id: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    parent_region_id: str | UnsetType | None = UNSET


class RegionChange(Body, frozen=True, kw_only=True):
    """What can be changed of a region."""

    description: str | UnsetType = UNSET
    parent_region_id: str | UnsetType | None = UNSET


class RegionState(State, frozen=True, kw_only=True):
    """What Keystone tells of a region."""

    parent_region_id: str | None = None


KIND = Kind(
    name="region",
    plural="regions",
    service="identity",
    path="/v3/regions",
    state=RegionState,
    new=NewRegion,
    change=RegionChange,
    update_method="PATCH",
    has_name=False,
    has_pages=False,
    columns=(
        Column(title="Region", value=lambda state: state.id),
        Column(title="Parent Region", value=lambda state: state.parent_region_id),
        Column(title="Description", value=lambda state: state.description),
    ),
)
