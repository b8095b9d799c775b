# SPDX-License-Identifier: Apache-2.0
"""Placement: what there is to be used, and who uses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Service


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    return {
        "placement.conf": {
            "DEFAULT": {"use_stderr": True},
            "api": {"auth_strategy": "keystone"},
            "placement_database": {
                "connection": blueprint.database("placement"),
                "sync_on_startup": blueprint.is_preparing,
            },
            "keystone_authtoken": blueprint.token_check("placement"),
        }
    }


def _variables(_blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    return {"OS_PLACEMENT_CONFIG_DIR": str(directory)}


SERVICE = Service(
    name="placement",
    service_type="placement",
    distribution="openstack-placement",
    port_offset=2,
    files=_files,
    variables=_variables,
)
