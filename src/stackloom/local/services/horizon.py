# SPDX-License-Identifier: Apache-2.0
"""Horizon: the dashboard, a web page; comes up where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Service


def _files(_blueprint: Blueprint) -> Mapping[str, Configuration]:
    """Write nothing: Django's settings are a module, see ``programs/horizon.py``."""
    return {}


def _variables(blueprint: Blueprint, _directory: Path) -> Mapping[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "openstack_dashboard.settings",
        "STACKLOOM_KEYSTONE": f"{blueprint.urls['keystone']}/v3",
    }


SERVICE = Service(
    name="horizon",
    service_type="dashboard",
    distribution="horizon",
    port_offset=7,
    files=_files,
    variables=_variables,
    is_extra=True,
)
