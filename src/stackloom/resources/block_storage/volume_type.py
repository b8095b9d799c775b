# SPDX-License-Identifier: Apache-2.0
"""A volume type of Cinder: what volumes are made on. Made by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewVolumeType(Body, frozen=True, kw_only=True):
    """What can be said when a volume type is made.

    Source: cinder/api/schemas/volume_types.py, ``create``, 29.0.0.
    """

    name: str
    description: str | UnsetType = UNSET
    is_public: bool | UnsetType = msgspec.field(
        name="os-volume-type-access:is_public", default=UNSET
    )
    extra_specs: Mapping[str, str] | UnsetType = UNSET


class VolumeTypeChange(Body, frozen=True, kw_only=True):
    """What can be changed of a volume type; its extra specs have an address of their own."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    is_public: bool | UnsetType = UNSET


class VolumeTypeState(State, frozen=True, kw_only=True):
    """What Cinder tells of a volume type; extra specs only as far as a user may see them."""

    is_public: bool = True
    extra_specs: Mapping[str, Any] = {}


KIND = Kind(
    name="volume_type",
    plural="volume_types",
    service="block-storage",
    path="/v3/types",
    # Administrators are told of public ones alone unless they say so (cinder/api/v3/types.py,
    # ``_get_volume_types``, 29.0.0).
    list_path="/v3/types?is_public=none",
    state=VolumeTypeState,
    new=NewVolumeType,
    change=VolumeTypeChange,
    microversion="3.0",
    newest_microversion="3.71",
    # Its filters depend on the cloud's configuration (cinder/api/v3/types.py, 29.0.0).
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Is Public", value=lambda state: state.is_public),
    ),
    long_columns=(
        Column(title="Description", value=lambda state: state.description),
        Column(title="Properties", value=lambda state: state.extra_specs),
    ),
)
