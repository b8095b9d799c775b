# SPDX-License-Identifier: Apache-2.0
"""Connect openstacksdk, the client that most people have, to a local cloud."""

from __future__ import annotations

from typing import Any

import pytest
from openstack.connection import Connection
from openstack.identity.v3._proxy import Proxy as Identity

from stackloom.local.access import Access

# openstacksdk warns of its own ways at every turn (openstack/warnings.py, 4.22).
AS_IT_COMES = pytest.mark.filterwarnings("ignore::openstack.warnings._RemovedInSDKWarning")


def connect(access: Access, user: str = "demo", **changed: Any) -> Connection:
    """Return a connection; *changed* replaces entries of the cloud's configuration."""
    return Connection(**{**access.cloud_config(user), **changed})


def identity(connection: Connection) -> Identity:
    """Return the proxy for Keystone's third API; the SDK's types leave open which one it is."""
    proxy = connection.identity
    assert isinstance(proxy, Identity)
    return proxy
