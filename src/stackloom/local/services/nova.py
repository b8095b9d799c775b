# SPDX-License-Identifier: Apache-2.0
"""Nova: servers and flavors, on a hypervisor that boots nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Quotas, Service


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    own = blueprint.credentials("nova")
    return {
        "nova.conf": {
            "DEFAULT": {
                "use_stderr": True,
                "transport_url": "fake://",
                "compute_driver": "stackloom.StackloomDriver",
                "host": "local",
                "my_ip": "127.0.0.1",
                "state_path": blueprint.data / "nova",
                # The fake driver plugs nothing, so there is no event to wait for.
                "vif_plugging_is_fatal": False,
                "vif_plugging_timeout": 0,
                # Of each of the three workers; they wait for one another, not for themselves.
                "executor_thread_pool_size": 16,
                # There is one host only.
                "allow_resize_to_same_host": True,
            },
            "api_database": {"connection": blueprint.database("nova-api")},
            "database": {"connection": blueprint.database("nova")},
            "keystone_authtoken": blueprint.token_check("nova"),
            "keystone": own,
            "service_user": {**own, "send_service_user_token": True},
            "glance": {"region_name": blueprint.region},
            "neutron": own,
            "placement": own,
            "cinder": {
                **own,
                "os_region_name": blueprint.region,
                "catalog_info": "block-storage::publicURL",
            },
            "oslo_concurrency": {"lock_path": blueprint.run / "locks"},
            "oslo_messaging_notifications": {"driver": "noop"},
            "quota": _quotas(blueprint.quotas),
            "scheduler": {"workers": 1},
            "conductor": {"workers": 1},
            # A console's address is handed out; nobody answers there.
            "vnc": {"enabled": True, "novncproxy_base_url": "http://127.0.0.1:6080/vnc_lite.html"},
        }
    }


def _quotas(quotas: Quotas | None) -> dict[str, object]:
    if quotas is None:
        return {}
    return {
        "instances": quotas.instances,
        "cores": quotas.cores,
        "ram": quotas.ram_mib,
        "key_pairs": quotas.instances,
        "server_groups": quotas.instances,
        "server_group_members": quotas.instances,
    }


def _variables(blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    # Nova takes its paste file from the same list as its options; a path that is absolute stays
    # as it is (nova/api/openstack/wsgi_app.py, `_get_config_files`, 34.0).
    paste = blueprint.environment / "etc" / "nova" / "api-paste.ini"
    return {
        "OS_NOVA_CONFIG_DIR": str(directory),
        "OS_NOVA_CONFIG_FILES": f"{paste};nova.conf",
    }


SERVICE = Service(
    name="nova",
    service_type="compute",
    distribution="nova",
    port_offset=4,
    path="/v2.1",
    files=_files,
    variables=_variables,
)
