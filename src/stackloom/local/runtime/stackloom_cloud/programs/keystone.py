# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Keystone: schema, the first users and projects, the catalog; knows no other service's code."""

from __future__ import annotations

import importlib
import threading
import uuid
from typing import Any

import keystone.server
from keystone import conf
from keystone.cmd.bootstrap import Bootstrapper
from keystone.common import provider_api
from keystone.common.rbac_enforcer import policy
from keystone.common.sql import core as sql
from keystone.common.sql import upgrades
from keystone.server.flask import core
from keystone.server.flask.request_processing.middleware import auth_context
from oslo_context import context

from .. import renew, seed
from ..instructions import Instructions, Program
from ..serve import Application

_providers = provider_api.ProviderAPIs
# Ways to log in beside those that Keystone allows of itself, which differ from release to release
# (keystone/conf/constants.py, `_DEFAULT_AUTH_METHODS`).
_MORE_METHODS = ["totp"]


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Create the schema and what ``keystone-manage bootstrap`` creates, then our own projects."""
    del program
    keystone.server.configure(config_files=core._get_config_files())
    upgrades.offline_sync_database_to_version()
    for name in renew.KEY_REPOSITORIES:
        # Keystone does not load without; each cloud gets its own.
        renew.create_keys(instructions.data / name)
    bootstrapper = _bootstrapper(instructions)
    bootstrapper._bootstrap_default_domain()
    for name, id in identities.project_ids.items():
        project = {"id": id, "name": name, "domain_id": seed.DOMAIN, "enabled": True}
        _providers.resource_api.create_project(id, {**project, "description": ""})
    bootstrapper.bootstrap()
    _create_users(instructions, identities)
    _create_catalog(instructions)


def load(instructions: Instructions, program: Program) -> Application:
    """Load the application."""
    del instructions, program
    # When a user, project or role goes, the roles of application credentials are left to the
    # database to delete, and SQLite does so only when told: the next credential gets the number of
    # one that is gone, and a 409 for its roles (keystone/application_credential/backends/sql.py,
    # 30.0; its own tests enable this too).
    sql.enable_sqlite_foreign_key()
    conf.auth.register_opts(conf.CONF)
    conf.CONF.set_default("methods", [*conf.CONF.auth.methods, *_MORE_METHODS], group="auth")
    keep_tokens_apart()
    application = _with_fresh_context(importlib.import_module("keystone.wsgi.api").application)
    # Made when it is first asked for, by several threads at once unless here
    # (keystone/common/rbac_enforcer/enforcer.py, `_enforcer`, 30.0).
    policy._ENFORCER.suppress_deprecation_warnings = True
    policy._ENFORCER._enforcer.load_rules()
    return application


class _OfThisThread:
    """An attribute that has a value for each thread, None at first."""

    def __init__(self) -> None:
        self._values = threading.local()

    def __get__(self, _instance: object, _owner: type) -> Any:
        return getattr(self._values, "value", None)

    def __set__(self, _instance: object, value: Any) -> None:
        self._values.value = value


def keep_tokens_apart() -> None:
    """Let each thread have its own token.

    Keystone keeps that of a request in its middleware, of which all threads have the same one
    (keystone/server/flask/request_processing/middleware/auth_context.py, ``fetch_token`` and
    ``fill_context``, 30.0): once in thousands, a request under load was judged by another's.
    """
    auth_context.AuthContextMiddleware.token = _OfThisThread()


def _with_fresh_context(application: Application) -> Application:
    """Begin each request with a context of its own.

    Keystone remembers in the context of the thread what it read, also in which generation of its
    cache it looks, and checks a token before it makes a new context (keystone/common/cache/
    _context_cache.py, and keystone/server/flask/request_processing/middleware/auth_context.py,
    ``process_request``, 30.0): a thread that had seen a token took it after it was revoked.
    """

    def answer(environ: Any, start_response: Any) -> Any:
        context.RequestContext()  # takes the place of the last one by itself
        return application(environ, start_response)

    return answer


def _bootstrapper(instructions: Instructions) -> Any:
    """Return Keystone's own bootstrap, told our names (keystone/cmd/bootstrap.py, 30.0)."""
    bootstrapper = Bootstrapper()
    bootstrapper.admin_username = "admin"
    bootstrapper.admin_password = instructions.passwords["admin"]
    bootstrapper.admin_role_name = "admin"
    bootstrapper.project_name = "admin"
    bootstrapper.region_id = seed.REGION
    bootstrapper.immutable_roles = True
    return bootstrapper


def _create_users(instructions: Instructions, identities: seed.Identities) -> None:
    """Create ``demo`` and one user for each service, with their roles."""
    role_ids = {role["name"]: role["id"] for role in _providers.role_api.list_roles()}
    services = [name for name in instructions.passwords if name not in seed.USERS]
    of_services: tuple[str, tuple[str, ...]] = (seed.SERVICE_PROJECT, seed.SERVICE_ROLES)
    users = dict.fromkeys(services, of_services)
    users["demo"] = seed.USERS["demo"]
    for name, (project, roles) in users.items():
        user = _providers.identity_api.create_user(
            {
                "name": name,
                "enabled": True,
                "domain_id": seed.DOMAIN,
                "password": instructions.passwords[name],
            }
        )
        for role in roles:
            _providers.assignment_api.add_role_to_user_and_project(
                user["id"], identities.project_ids[project], role_ids[role]
            )


def _create_catalog(instructions: Instructions) -> None:
    """Create a service and its three endpoints for each program."""
    for program in instructions.programs:
        service_id = uuid.uuid4().hex
        service = {"id": service_id, "type": program.service_type, "name": program.name}
        _providers.catalog_api.create_service(service_id, {**service, "enabled": True})
        for interface in seed.INTERFACES:
            endpoint_id = uuid.uuid4().hex
            endpoint = {
                "id": endpoint_id,
                "service_id": service_id,
                "interface": interface,
                "region_id": seed.REGION,
                "url": program.url,
                "enabled": True,
            }
            _providers.catalog_api.create_endpoint(endpoint_id, endpoint)
