# SPDX-License-Identifier: Apache-2.0
"""The service's own ways to the cloud: its service user, a trust, its ``clouds.yaml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.settings import Settings
from stackloom.cloud_choice import choose_cloud
from stackloom.log import Log
from stackloom.service.private_file import read_secret
from stackloom.service.settings import IdentitySettings, ServiceSettings
from stackloom.transport.client import Tls

log = Log(__name__)
_SOURCE = "the settings of the service"


def own_cloud(
    settings: ServiceSettings, environment: Mapping[str, str] = os.environ
) -> CloudConfig:
    """Return the cloud of a service without Keystone: that of who started it.

    Raises:
        BadConfig: no cloud is named, or it is not fully described.
    """

    def note(sentence: str) -> None:
        log.info("%s", sentence)

    return choose_cloud({}, environment, cloud_name=settings.server.os_cloud, note=note)


def at_keystone(identity: IdentitySettings, **values: str) -> CloudConfig:
    """Return a configuration at the Keystone of the settings; nothing of it is kept on disk.

    Args:
        values: who logs in and for what, by the names of ``clouds.yaml``.

    Raises:
        BadConfig: *auth_url* is no address.
    """
    base = {
        "auth_url": identity.auth_url,
        "cacert": identity.cacert,
        "interface": identity.interface,
        "region_name": identity.region,
    }
    given = {name: value for name, value in {**base, **values}.items() if value}
    return cloud_config(Settings(source=_SOURCE, values=given, cache_tokens=False))


def keystone_url(identity: IdentitySettings) -> str:
    """Return the address of Keystone's v3 API.

    Raises:
        BadConfig: what is set is no address.
    """
    return at_keystone(identity, token="-").auth_url  # noqa: S106 - nobody logs in with it


def as_service_user(identity: IdentitySettings, *, trust_id: str = "") -> CloudConfig:
    """Return how the service user logs in, by itself or by a trust that it was given.

    Raises:
        BadConfig: the file with its password cannot be used.
    """
    password = read_secret(
        Path(identity.service_password_file),
        what="the password of the service user",
        hint="[identity] service_password_file names the file",
    )
    project = {
        "project_name": identity.service_project,
        "project_domain_name": identity.service_project_domain,
    }
    return at_keystone(
        identity,
        auth_type="password",
        username=identity.service_user,
        user_domain_name=identity.service_user_domain,
        password=password.reveal(),
        **({"trust_id": trust_id} if trust_id else project),
    )


def tls_of(identity: IdentitySettings) -> Tls:
    """Return how Keystone and the services of its catalog are trusted."""
    return Tls(ca_file=Path(identity.cacert).expanduser().absolute() if identity.cacert else None)
