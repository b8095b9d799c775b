# SPDX-License-Identifier: Apache-2.0
"""A trunk: what is said of it, what Neutron tells, and when it is usable."""

from __future__ import annotations

import msgspec
import pytest

from stackloom.cloud.kind import Progress
from stackloom.resources.network.trunk import KIND, NewSubport, NewTrunk, TrunkChange, TrunkState


def test_subports_are_said_when_it_is_made_and_not_in_a_change() -> None:
    """Neutron refuses them in a PUT of the trunk; they have paths of their own."""
    subports = (NewSubport(port_id="p-2", segmentation_type="vlan", segmentation_id=7),)
    new = NewTrunk(port_id="p-1", name="t", sub_ports=subports)
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "trunk": {
            "port_id": "p-1",
            "name": "t",
            "sub_ports": ({"port_id": "p-2", "segmentation_type": "vlan", "segmentation_id": 7},),
        }
    }
    assert TrunkChange.__struct_fields__ == ("name", "description", "admin_state_up")


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("ACTIVE", Progress.READY),
        ("DOWN", Progress.READY),
        ("BUILD", Progress.WAITING),
        ("DEGRADED", Progress.FAILED),
        ("ERROR", Progress.FAILED),
    ],
)
def test_a_trunk_without_a_server_is_usable(status: str, progress: Progress) -> None:
    """It is DOWN until a server is there."""
    assert KIND.progress(TrunkState(id="t-1", status=status)) is progress


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "t-1",
        "name": "t",
        "description": "words",
        "port_id": "p-1",
        "status": "ACTIVE",
        "admin_state_up": False,
        "sub_ports": [{"port_id": "p-2", "segmentation_type": "vlan", "segmentation_id": 7}],
        "project_id": "project-1",
        "created_at": "2026-06-01T12:00:00Z",
        "updated_at": "2026-06-01T12:00:01Z",
        "tags": [],
    }
    state = msgspec.convert(answer, TrunkState)
    assert state.sub_ports[0].segmentation_id == 7
    assert [column.value(state) for column in (*KIND.columns, *KIND.long_columns)] == [
        *("t-1", "t", "p-1", "words", "ACTIVE", "DOWN"),
        *("2026-06-01T12:00:00Z", "2026-06-01T12:00:01Z"),
    ]
