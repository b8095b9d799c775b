# SPDX-License-Identifier: Apache-2.0
"""A flavor of Nova: how large a server is. Looked up, never made."""

from __future__ import annotations

from stackloom.cloud.kind import Column, Kind, State


class FlavorState(State, frozen=True, kw_only=True):
    """What Nova tells of a flavor; sizes in MiB (ram) and GiB (disk)."""

    ram: int = 0
    disk: int = 0
    vcpus: int = 0


KIND = Kind(
    name="flavor",
    plural="flavors",
    service="compute",
    path="/v2.1/flavors",
    list_path="/v2.1/flavors/detail",
    state=FlavorState,
    # Nova has no filter by name (nova/api/openstack/compute/schemas/flavors.py, 34.0.0).
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="RAM", value=lambda state: state.ram),
        Column(title="Disk", value=lambda state: state.disk),
        Column(title="VCPUs", value=lambda state: state.vcpus),
    ),
)
