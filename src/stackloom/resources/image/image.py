# SPDX-License-Identifier: Apache-2.0
"""An image of Glance. Looked up, never made."""

from __future__ import annotations

from stackloom.cloud.kind import Column, Kind, State


class ImageState(State, frozen=True, kw_only=True):
    """What Glance tells of an image; ``min_disk`` in GiB, ``min_ram`` in MiB, ``size`` in bytes."""

    status: str = ""
    min_disk: int = 0
    min_ram: int = 0
    size: int | None = None


KIND = Kind(
    name="image",
    plural="images",
    service="image",
    path="/v2/images",
    state=ImageState,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Status", value=lambda state: state.status),
    ),
)
