# SPDX-License-Identifier: Apache-2.0
"""Keystone: users, projects, tokens and the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stackloom.local.service import Blueprint, Configuration, Service


def _files(blueprint: Blueprint) -> Mapping[str, Configuration]:
    return {
        "keystone.conf": {
            "DEFAULT": {"use_stderr": True},
            "database": {"connection": blueprint.database("keystone")},
            "token": {"provider": "fernet"},
            "fernet_tokens": {"key_repository": blueprint.data / "fernet-keys"},
            "fernet_receipts": {"key_repository": blueprint.data / "receipt-keys"},
            "credential": {"key_repository": blueprint.data / "credential-keys"},
            # The least that Keystone takes (keystone/conf/identity.py, 30.0): a token costs
            # 0.2 s more with the default of 12.
            "identity": {"password_hash_rounds": 4},
            "cache": {"enabled": True, "backend": "oslo_cache.dict"},
        }
    }


def _variables(_blueprint: Blueprint, directory: Path) -> Mapping[str, str]:
    return {"OS_KEYSTONE_CONFIG_DIR": str(directory)}


SERVICE = Service(
    name="keystone",
    service_type="identity",
    distribution="keystone",
    port_offset=0,
    path="/v3",
    files=_files,
    variables=_variables,
)
