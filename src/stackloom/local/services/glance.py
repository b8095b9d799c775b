# SPDX-License-Identifier: Apache-2.0
"""Glance: images, kept as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Service


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    paste = blueprint.environment / "etc" / "glance" / "glance-api-paste.ini"
    return {
        "glance-api.conf": {
            "DEFAULT": {
                "use_stderr": True,
                "enabled_backends": "local:file",
                # Copying from store to store makes no sense with one.
                "enabled_import_methods": "[glance-direct,web-download]",
                "worker_self_reference_url": blueprint.urls["glance"],
            },
            "database": {"connection": blueprint.database("glance")},
            "glance_store": {"default_backend": "local"},
            "local": {"filesystem_store_datadir": blueprint.data / "images"},
            "os_glance_staging_store": {
                "filesystem_store_datadir": blueprint.data / "glance" / "staging"
            },
            "os_glance_tasks_store": {
                "filesystem_store_datadir": blueprint.data / "glance" / "tasks"
            },
            # Images may come from any port of whatever web server a developer has.
            "import_filtering_opts": {"allowed_ports": "[]"},
            "image_cache": {},
            "paste_deploy": {"flavor": "keystone", "config_file": paste},
            "keystone_authtoken": blueprint.token_check("glance"),
            "oslo_concurrency": {"lock_path": blueprint.run / "locks"},
            "oslo_messaging_notifications": {"driver": "noop"},
        }
    }


def _variables(_blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    return {"OS_GLANCE_CONFIG_DIR": str(directory)}


SERVICE = Service(
    name="glance",
    service_type="image",
    distribution="glance",
    port_offset=1,
    files=_files,
    variables=_variables,
)
