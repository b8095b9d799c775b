# SPDX-License-Identifier: Apache-2.0
"""Cinder: volumes, snapshots and backups, kept as files with holes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Quotas, Service


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    installed = blueprint.environment / "etc" / "cinder"
    own = blueprint.credentials("cinder")
    return {
        "cinder.conf": {
            "DEFAULT": {
                "use_stderr": True,
                "transport_url": "fake://",
                "executor_thread_pool_size": 16,
                "auth_strategy": "keystone",
                "api_paste_config": installed / "api-paste.ini",
                "resource_query_filters_file": installed / "resource_filters.json",
                "state_path": blueprint.data / "cinder",
                "host": "local",
                "my_ip": "127.0.0.1",
                "enabled_backends": "files",
                "default_volume_type": "__DEFAULT__",
                "backup_driver": "cinder.backup.drivers.stackloom.FileBackupDriver",
                "glance_api_servers": blueprint.urls["glance"],
                "image_conversion_dir": blueprint.run / "tmp",
                "allow_availability_zone_fallback": True,
                **_quotas(blueprint.quotas),
            },
            "files": {
                "volume_driver": "stackloom_cloud.file_volumes.FileVolumeDriver",
                "volume_backend_name": "files",
            },
            "database": {"connection": blueprint.database("cinder")},
            "keystone_authtoken": blueprint.token_check("cinder"),
            "service_user": {**own, "send_service_user_token": True},
            "nova": {**own, "interface": "internal"},
            "glance": own,
            "oslo_concurrency": {"lock_path": blueprint.run / "locks"},
            "coordination": {"backend_url": f"file://{blueprint.run / 'locks'}"},
            "oslo_messaging_notifications": {"driver": "noop"},
        }
    }


def _quotas(quotas: Quotas | None) -> dict[str, object]:
    if quotas is None:
        # The default class was made with our own quotas when the databases were prepared, and
        # would go before the options (cinder/quota.py, `get_defaults`, 29.0).
        return {"use_default_quota_class": False}
    return {
        "quota_volumes": quotas.volumes,
        "quota_snapshots": quotas.volumes,
        "quota_gigabytes": quotas.volume_gib,
        "quota_backups": quotas.volumes,
        "quota_backup_gigabytes": quotas.volume_gib,
        "quota_groups": quotas.volumes,
    }


def _variables(_blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    return {"STACKLOOM_CINDER": str(directory)}


SERVICE = Service(
    name="cinder",
    service_type="block-storage",
    distribution="cinder",
    port_offset=5,
    path="/v3",
    files=_files,
    variables=_variables,
)
