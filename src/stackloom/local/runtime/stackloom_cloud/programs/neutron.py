# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Neutron: a schema that its migrations cannot make on SQLite, external network, subnet pools.

Knows no other service's code.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import sqlalchemy
import webob
from neutron import policy
from neutron.db.migration import alembic_migrations
from neutron.db.migration.models import head
from neutron_lib import context as contexts
from neutron_lib.plugins import directory

from .. import routers, seed, segments
from ..instructions import Instructions, Program
from ..serve import Application

_VERSIONS = Path(alembic_migrations.__file__).parent / "versions"
_TEMPLATES = "securitygroupdefaultrules"
_TEMPLATES_MIGRATION = "2023.2/expand/c33da356b165_security_group_default_rules.py"


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Create the schema, the rows that its migrations would insert, and the external network.

    The configuration used for this says ``auth_strategy = noauth``: no Keystone is asked.
    """
    engine = sqlalchemy.create_engine(f"sqlite:///{instructions.data}/databases/neutron.sqlite")
    head.get_metadata().create_all(engine)
    with engine.begin() as connection:
        _insert_rule_templates(connection)
        _stamp(connection)
    engine.dispose()
    application = load(instructions, program)
    network = _post(application, "network", _network(identities.project_ids["admin"]))
    _post(application, "subnet", _subnet(network))
    for name, (prefix, length) in seed.SUBNET_POOLS.items():
        pool = {"name": name, "prefixes": [prefix], "default_prefixlen": length}
        owner = {"project_id": identities.project_ids["admin"], "shared": True, "is_default": True}
        _post(application, "subnetpool", {**pool, **owner})


def load(instructions: Instructions, program: Program) -> Application:
    """Load the application."""
    del instructions, program
    routers.install()
    segments.install()
    application: Application = importlib.import_module("neutron.wsgi.api").application
    # Before the first requests come, several at once: the one that does it shows the others an
    # enforcer without rules meanwhile, and they answer 403 (neutron/policy.py, `init`, 29.0).
    policy.init()
    return application


def warm() -> None:
    """Let SQLAlchemy put together what the first requests need: 0.15 s, for which nobody waits."""
    plugin, admin = directory.get_plugin(), contexts.get_admin_context()
    for listed in (plugin.get_networks, plugin.get_subnets, plugin.get_ports):
        listed(admin, limit=1)


def _insert_rule_templates(connection: Any) -> None:
    """Insert the rules that every new security group starts with.

    They are the only rows that Neutron's migrations insert into an empty database, so they are
    taken from that migration itself: neutron/db/migration/alembic_migrations/versions/2023.2/
    expand/c33da356b165_security_group_default_rules.py (29.0).
    """
    specification = importlib.util.spec_from_file_location(
        "stackloom_rule_templates", _VERSIONS / _TEMPLATES_MIGRATION
    )
    assert specification is not None, f"Neutron has no {_TEMPLATES_MIGRATION}"
    assert specification.loader is not None, "a file has a loader"
    migration = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(migration)
    metadata = sqlalchemy.MetaData()
    metadata.reflect(connection, only=[_TEMPLATES, "standardattributes"])
    for rule in migration.default_template_rules:
        row = dict(rule)
        attribute = {"resource_type": _TEMPLATES, "description": row.pop("description")}
        statement = metadata.tables["standardattributes"].insert().values(attribute)
        row["standard_attr_id"] = connection.execute(statement).inserted_primary_key[0]
        connection.execute(metadata.tables[_TEMPLATES].insert().values(row))


def _stamp(connection: Any) -> None:
    """Say in the schema which migrations it stands for."""
    column = sqlalchemy.Column("version_num", sqlalchemy.String(32), primary_key=True)
    table = sqlalchemy.Table("alembic_version", sqlalchemy.MetaData(), column)
    table.create(connection, checkfirst=True)
    for branch in ("EXPAND_HEAD", "CONTRACT_HEAD"):
        revision = (_VERSIONS / branch).read_text().strip()
        connection.execute(table.insert().values(version_num=revision))


def _network(project_id: str) -> dict[str, object]:
    return {
        "name": seed.NETWORK_NAME,
        "project_id": project_id,
        "router:external": True,
        "is_default": True,
        "shared": False,
        "provider:network_type": "flat",
        "provider:physical_network": seed.NETWORK_PHYSICAL,
    }


def _subnet(network: dict[str, Any]) -> dict[str, object]:
    return {
        "name": seed.NETWORK_NAME,
        "network_id": network["id"],
        "project_id": network["project_id"],
        "ip_version": 4,
        "cidr": seed.NETWORK_CIDR,
        "gateway_ip": seed.NETWORK_GATEWAY,
        "enable_dhcp": False,
    }


def _post(application: Application, kind: str, body: dict[str, object]) -> dict[str, Any]:
    """Create one object through the application, in memory."""
    request = webob.Request.blank(f"/v2.0/{kind}s", method="POST", json={kind: body})
    response = request.get_response(application)
    assert response.status_int == 201, f"POST {kind}: {response.status} {response.text}"
    created: dict[str, Any] = response.json[kind]
    return created
