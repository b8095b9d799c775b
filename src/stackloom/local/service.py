# SPDX-License-Identifier: Apache-2.0
"""The words to describe one OpenStack service of a local cloud; pure data.

Knows nothing about any particular service: those are in ``services/``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stackloom.log import Secret

Section = Mapping[str, object]
Configuration = Mapping[str, Section]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much one project may have.

    Attributes:
        network_items: of each kind of network object.
        volumes: of volumes, snapshots, backups and groups each.
        volume_gib: size of all volumes and snapshots together, and of all backups.
    """

    network_items: int
    instances: int
    cores: int
    ram_mib: int
    volumes: int
    volume_gib: int


GENEROUS = Quotas(
    network_items=10_000,
    instances=10_000,
    cores=100_000,
    ram_mib=500_000_000,
    volumes=10_000,
    volume_gib=1_000_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """Everything that a configuration file may depend on.

    Attributes:
        environment: the virtual environment that the services are installed in.
        data: the directory that ``reset`` renews.
        urls: ``{service name: root url}``, such as ``{"nova": "http://127.0.0.1:20104"}``.
        passwords: ``{user name: password}``.
        quotas: None for those that OpenStack has of itself.
        is_preparing: no Keystone runs; databases are made.
    """

    environment: Path
    data: Path
    run: Path
    region: str
    urls: Mapping[str, str]
    passwords: Mapping[str, Secret]
    quotas: Quotas | None = GENEROUS
    is_preparing: bool = False

    def database(self, name: str) -> str:
        """Return the URL of one SQLite file."""
        return f"sqlite:///{self.data}/databases/{name}.sqlite"

    def credentials(self, user: str) -> dict[str, object]:
        """Return the options with which a service's user logs in to Keystone."""
        return {
            "auth_type": "password",
            "auth_url": f"{self.urls['keystone']}/v3",
            "username": user,
            "password": self.passwords[user].reveal(),
            "user_domain_id": "default",
            "project_name": "service",
            "project_domain_id": "default",
            "region_name": self.region,
        }

    def token_check(self, user: str) -> dict[str, object]:
        """Return the options of keystonemiddleware's ``[keystone_authtoken]``."""
        return {
            **self.credentials(user),
            "www_authenticate_uri": f"{self.urls['keystone']}/v3",
            "service_token_roles": "service",
            "service_token_roles_required": True,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One OpenStack service, run as one process.

    Attributes:
        service_type: its type in the catalog.
        distribution: the name under which it is installed.
        port_offset: its port, counted from the cloud's first one.
        path: what follows host and port in the catalog, such as ``/v2.1``.
        files: makes ``{file name: configuration}``.
        variables: makes the environment from the blueprint and the directory of those files.
        is_extra: it comes up only where it is asked for.
    """

    name: str
    service_type: str
    distribution: str
    port_offset: int
    files: Callable[[Blueprint], Mapping[str, Configuration]]
    variables: Callable[[Blueprint, Path], Mapping[str, str]]
    path: str = ""
    is_extra: bool = False
