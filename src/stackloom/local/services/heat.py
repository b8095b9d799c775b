# SPDX-License-Identifier: Apache-2.0
"""Heat: stacks of everything else, from templates; comes up where it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Service


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    installed = blueprint.environment / "etc" / "heat"
    own = blueprint.credentials("heat")
    password = blueprint.passwords["heat"].reveal()
    keystone = f"{blueprint.urls['keystone']}/v3"
    return {
        "heat.conf": {
            "DEFAULT": {
                "use_stderr": True,
                "transport_url": "fake://",
                "host": "local",
                "region_name_for_services": blueprint.region,
                "environment_dir": installed / "environment.d",
                "template_dir": installed / "templates",
                # It has 32 characters, and is the same for the life of the cloud.
                "auth_encryption_key": hashlib.sha256(password.encode()).hexdigest()[:32],
                # Made by runtime/stackloom_cloud/programs/heat.py.
                "stack_user_domain_name": "heat",
                "stack_domain_admin": "heat_domain_admin",
                "stack_domain_admin_password": password,
                # Nobody in a server asks for its metadata, and there is no API for CloudFormation.
                "heat_metadata_server_url": blueprint.urls["heat"],
                "default_software_config_transport": "POLL_SERVER_HEAT",
                "default_deployment_signal_transport": "HEAT_SIGNAL",
                "executor_thread_pool_size": 16,
                "max_stacks_per_tenant": 10_000,
            },
            "paste_deploy": {"api_paste_config": installed / "api-paste.ini"},
            "database": {"connection": blueprint.database("heat")},
            "keystone_authtoken": blueprint.token_check("heat"),
            # Scoped to the trust of a stack, and so to nothing else.
            "trustee": {key: own[key] for key in own if not key.startswith("project_")},
            "clients_keystone": {"auth_uri": keystone},
            "oslo_concurrency": {"lock_path": blueprint.run / "locks"},
            "oslo_messaging_notifications": {"driver": "noop"},
        }
    }


def _variables(_blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    return {"STACKLOOM_HEAT": str(directory)}


SERVICE = Service(
    name="heat",
    service_type="orchestration",
    distribution="openstack-heat",
    port_offset=6,
    path="/v1/$(project_id)s",
    files=_files,
    variables=_variables,
    is_extra=True,
)
