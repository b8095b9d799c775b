# SPDX-License-Identifier: Apache-2.0
"""Quotas in Nova, Cinder and Neutron: set, listed and put back, beside openstacksdk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import done
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


def _limits(access: Access, *words: str) -> dict[str, Any]:
    rows = json.loads(done(access, "quota", "show", "demo", *words, "-f", "json", user="admin"))
    return {row["Resource"]: row["Limit"] for row in rows}


def test_quotas_are_set_listed_and_put_back(
    local_cloud: Access, demo: Connection, admin: Connection
) -> None:
    """All three services see what one command has set."""
    project = str(demo.current_project_id)
    before = _limits(local_cloud)
    words = "--cores 50 --properties 60 --volumes 70 --networks 80"
    done(local_cloud, "quota", "set", "demo", *words.split(), user="admin")
    try:
        nova = admin.compute.get_quota_set(project)
        cinder = admin.block_storage.get_quota_set(project)
        neutron = admin.network.get_quota(project)
        assert (nova.cores, nova.metadata_items) == (50, 60)
        assert (cinder.volumes, neutron.networks) == (70, 80)
        changed = {"cores": 50, "properties": 60, "volumes": 70, "networks": 80}
        assert _limits(local_cloud) == {**before, **changed}
        for service in ("compute", "volume", "network"):
            listed = ("quota", "list", f"--{service}", "-f", "json")
            rows = json.loads(done(local_cloud, *listed, user="admin"))
            assert project in [row["Project ID"] for row in rows]
    finally:
        done(local_cloud, "quota", "delete", "demo", user="admin")
    assert _limits(local_cloud) == before == _limits(local_cloud, "--all")
