# SPDX-License-Identifier: Apache-2.0
"""Placement hears of routed networks, and of no others."""

from __future__ import annotations

import time

import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local import lifecycle
from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


def _segment(admin: Connection, network: str) -> str:
    (segment,) = admin.network.segments(network_id=network)
    return str(segment.id)


def _until(admin: Connection, segment: str, status: int) -> None:
    """Wait until Placement answers so about the segment: Neutron tells it every two seconds."""
    deadline = time.monotonic() + 60
    while admin.placement.get(f"/resource_providers/{segment}").status_code != status:
        assert time.monotonic() < deadline, f"Placement does not answer {status}"
        time.sleep(0.2)


def test_only_routed_networks_are_told_and_forgotten(
    local_cloud: Access, admin: Connection
) -> None:
    """The inventory of a segment comes with its first subnet and goes with its network."""
    plain = admin.network.create_network(name="plain")
    routed = admin.network.create_network(
        name="routed", provider_network_type="vlan", provider_physical_network="physical"
    )
    unknown, known = _segment(admin, plain.id), _segment(admin, routed.id)
    admin.network.create_subnet(
        network_id=routed.id, segment_id=known, ip_version=4, cidr="10.91.0.0/24"
    )
    _until(admin, known, 200)
    admin.network.delete_network(plain)
    admin.network.delete_network(routed)
    _until(admin, known, 404)
    log = lifecycle.log_files(local_cloud.name)["placement"].read_text()
    assert (known in log, unknown in log) == (True, False)
