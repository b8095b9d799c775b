# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Glance: schema and the placeholder image; knows no other service's code."""

from __future__ import annotations

import hashlib
import importlib
from typing import Any

from alembic import command
from glance import context
from glance.common import config, wsgi_app
from glance.db.sqlalchemy import alembic_migrations, api, metadata
from oslo_config import cfg

from .. import seed
from ..instructions import Instructions, Program
from ..serve import Application


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Create the schema, the metadata definitions that Glance brings along, and the image."""
    del program
    config.set_config_defaults()
    cfg.CONF([], project="glance", default_config_files=wsgi_app._get_config_files())
    # The three branches at once, as `glance-manage db upgrade` does on an empty database
    # (glance/cmd/manage.py, `_sync`, 33.0).
    command.upgrade(alembic_migrations.get_alembic_config(), "heads")
    metadata.db_load_metadefs(
        api.get_engine(), str(instructions.environment / "etc" / "glance" / "metadefs")
    )
    images = instructions.data / "images"
    images.mkdir()
    (images / identities.image_id).write_bytes(seed.IMAGE_CONTENT)
    location = f"file://{images / identities.image_id}"
    api.image_create(
        context.RequestContext(is_admin=True),
        {
            "id": identities.image_id,
            "name": seed.IMAGE_NAME,
            "owner": identities.project_ids["admin"],
            "status": "active",
            "visibility": "public",
            "disk_format": "raw",
            "container_format": "bare",
            "size": len(seed.IMAGE_CONTENT),
            "checksum": hashlib.md5(seed.IMAGE_CONTENT, usedforsecurity=False).hexdigest(),
            "os_hash_algo": "sha512",
            "os_hash_value": hashlib.sha512(seed.IMAGE_CONTENT).hexdigest(),
            "min_disk": 0,
            "min_ram": 0,
            "locations": [{"url": location, "metadata": {"store": "local"}, "status": "active"}],
        },
    )


def load(instructions: Instructions, program: Program) -> Application:
    """Load the application."""
    del instructions, program
    return _keeping_input_open(importlib.import_module("glance.wsgi.api").application)


class _Open:
    """A request's body that the application cannot close."""

    def __init__(self, body: Any) -> None:
        self.read, self.readline, self.readlines = body.read, body.readline, body.readlines
        self._body = body

    def __iter__(self) -> Any:
        return iter(self._body)


def _keeping_input_open(application: Application) -> Application:
    """Let the connection live on after an upload.

    Glance closes what it has read the image from (glance/location.py, ``set_data``, 33.0), and that
    would be the connection: the next request on it would be answered with 500.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = _Open(environ["wsgi.input"])
        return application(environ, start_response)

    return answer
