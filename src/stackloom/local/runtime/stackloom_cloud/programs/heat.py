# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Heat: API and engine in one process, joined by ``fake://``; knows no other service's code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from keystoneauth1 import adapter, loading, session
from oslo_config import cfg

from .. import messaging, seed
from ..instructions import Instructions, Program
from ..serve import Application

_OWN = "keystone_authtoken"  # the section in which Heat's user stands, with its project
_ROLE = "heat_stack_user"


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Create the schema."""
    del instructions, program, identities
    _read_options()
    importlib.import_module("heat.db.migration").db_sync()


def load(instructions: Instructions, program: Program) -> Application:
    """Load the API, start the engine, and see that Keystone has what it needs."""
    del instructions, program
    messaging.install()
    _read_options()
    application: Application = importlib.import_module("heat.wsgi.api").application
    importlib.import_module("heat.engine.template")._get_template_extension_manager()
    service = importlib.import_module("heat.engine.service")
    topic = importlib.import_module("heat.rpc.api").ENGINE_TOPIC
    service.EngineService(cfg.CONF.host, topic).start()
    _complete_keystone()
    return application


def _read_options() -> None:
    """Point Heat at its file: it looks at the command line and in fixed places only.

    Source: heat/api/openstack/wsgi.py, ``init_application`` (27.0).
    """
    sys.argv[1:] = ["--config-file", f"{os.environ['STACKLOOM_HEAT']}/heat.conf"]
    importlib.import_module("heat.common.config")
    cfg.CONF(sys.argv[1:], project="heat")


def _complete_keystone() -> None:
    """Create the domain for the users of stacks, its administrator, and their role.

    As heat's installation guide has it done by hand. Where Keystone is not up yet, the first
    request waits in the queue of its socket.
    """
    auth = loading.load_auth_from_conf_options(cfg.CONF, _OWN)
    url = cfg.CONF[_OWN].auth_url
    keystone = adapter.Adapter(session.Session(auth=auth), endpoint_override=url)
    domain = _ensure(keystone, "domain", {"name": cfg.CONF.stack_user_domain_name})
    _ensure(keystone, "role", {"name": _ROLE})
    (admin,) = keystone.get("/roles?name=admin").json()["roles"]
    user = _ensure(
        keystone,
        "user",
        {"name": cfg.CONF.stack_domain_admin, "domain_id": domain["id"]},
        password=cfg.CONF.stack_domain_admin_password,
    )
    keystone.put(f"/domains/{domain['id']}/users/{user['id']}/roles/{admin['id']}")


def _ensure(keystone: Any, kind: str, unique: dict[str, str], **more: str) -> dict[str, Any]:
    """Return the one object, creating it where it is missing."""
    found = keystone.get(f"/{kind}s", params=unique).json()[f"{kind}s"]
    if not found:
        found = [keystone.post(f"/{kind}s", json={kind: {**unique, **more}}).json()[kind]]
    first: dict[str, Any] = found[0]
    return first
