# SPDX-License-Identifier: Apache-2.0
"""Neutron: networks, subnets, routers, ports, security groups, floating IPs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local import network_backend
from stackloom.local.service import Blueprint, Configuration, Quotas, Service

_COUNTED = (
    "network",
    "subnet",
    "subnetpool",
    "port",
    "router",
    "floatingip",
    "security_group",
    "security_group_rule",
    "rbac_policy",
)


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    return {
        "neutron.conf": {
            "DEFAULT": {
                "use_stderr": True,
                "core_plugin": "ml2",
                "service_plugins": network_backend.SERVICE_PLUGINS,
                "transport_url": "fake://",
                "auth_strategy": "noauth" if blueprint.is_preparing else "keystone",
                "api_paste_config": blueprint.environment / "etc" / "neutron" / "api-paste.ini",
                "state_path": blueprint.data / "neutron",
                "host": "local",
                "dns_domain": "stackloom.test.",
                "setproctitle": "off",
                "rpc_workers": 0,
                "rpc_state_report_workers": 0,
                "dhcp_agent_notification": False,
                # A port is bound before Nova asks; a changed address still reaches Nova's cache.
                "notify_nova_on_port_status_changes": False,
                "notify_nova_on_port_data_changes": not blueprint.is_preparing,
            },
            "database": {"connection": blueprint.database("neutron")},
            "nova": blueprint.credentials("neutron"),
            "placement": blueprint.credentials("neutron"),
            "keystone_authtoken": blueprint.token_check("neutron"),
            "oslo_concurrency": {"lock_path": blueprint.run / "locks"},
            "oslo_messaging_notifications": {"driver": "noop"},
            "quotas": _quotas(blueprint.quotas),
        },
        "ml2.ini": network_backend.ML2,
    }


def _quotas(quotas: Quotas | None) -> dict[str, object]:
    if quotas is None:
        return {}
    return {f"quota_{kind}": quotas.network_items for kind in _COUNTED}


def _variables(_blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    return {
        "OS_NEUTRON_CONFIG_DIR": str(directory),
        "OS_NEUTRON_CONFIG_FILES": "neutron.conf;ml2.ini",
        # Under a server that is neither uWSGI nor mod_wsgi, this says how many processes answer
        # (neutron/common/wsgi_utils.py, `get_api_worker_count`, 29.0).
        "ASGI_WORKERS": "1",
    }


SERVICE = Service(
    name="neutron",
    service_type="network",
    distribution="neutron",
    port_offset=3,
    files=_files,
    variables=_variables,
)
