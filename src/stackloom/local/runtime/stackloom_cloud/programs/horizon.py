# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Horizon: Django with its style sheets and scripts, which are put together once, when preparing.

Sessions live in this process: a restart asks to log in again. Knows no other service's code.
"""

from __future__ import annotations

import importlib
import os
import secrets
import sys
from pathlib import Path
from types import ModuleType

from .. import seed
from ..instructions import Instructions, Program
from ..serve import Application


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Collect the static files and compress what each page wants; takes 8 s."""
    del program, identities
    _settle(instructions.data)
    importlib.import_module("openstack_dashboard.wsgi")
    call = importlib.import_module("django.core.management").call_command
    call("collectstatic", interactive=False, verbosity=0)
    call("compress", force=True, verbosity=0)


def load(instructions: Instructions, program: Program) -> Application:
    """Load the application, and let it serve its static files itself.

    They stay where they were prepared: they are the same for every cloud, and 74 MB.
    """
    del program
    _settle(instructions.prepared)
    application = importlib.import_module("openstack_dashboard.wsgi").application
    handlers = importlib.import_module("django.contrib.staticfiles.handlers")
    with_files: Application = handlers.StaticFilesHandler(application)
    return with_files


def _settle(data: Path) -> None:
    """Put our settings where Horizon looks for a person's.

    Source: openstack_dashboard/settings.py, ``from local.local_settings import *`` (27.0).
    """
    directory = data / "horizon"
    directory.mkdir(exist_ok=True)
    settings = ModuleType("local.local_settings")
    settings.__dict__.update(
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        SECRET_KEY=secrets.token_urlsafe(48),
        LOCAL_PATH=str(directory),
        STATIC_ROOT=str(directory / "static"),
        WEBROOT="/",
        COMPRESS_OFFLINE=True,
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        OPENSTACK_HOST="127.0.0.1",
        OPENSTACK_KEYSTONE_URL=os.environ["STACKLOOM_KEYSTONE"],
        TIME_ZONE="UTC",
    )
    sys.modules[settings.__name__] = settings
