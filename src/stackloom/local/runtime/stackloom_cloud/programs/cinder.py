# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""Cinder whole in one process: API, scheduler, volume and backup, joined by ``fake://``.

Knows no other service's code.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
import threading
import time
from typing import Any

from .. import graphs, messaging, seed
from ..instructions import Instructions, Program
from ..serve import Application

BACKEND = "files"
BACKUP_MODULE = "cinder.backup.drivers.stackloom"
_PAUSE_SECONDS = 0.02


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Create the schema; the migrations also make the default volume type."""
    del instructions, program, identities
    _read_options()
    importlib.import_module("cinder.objects").register_all()
    importlib.import_module("cinder.db.migration").db_sync()


def load(instructions: Instructions, program: Program) -> Application:
    """Load the API and start the workers."""
    del instructions, program
    messaging.install()
    graphs.install()
    rpc = importlib.import_module("cinder.rpc")
    # Cinder 28.0 asks for eventlet's threads (cinder/rpc.py, `get_server`).
    get_server = rpc.messaging.get_rpc_server
    rpc.messaging.get_rpc_server = functools.partial(_on_threads, get_server)
    _read_options()
    application: Application = importlib.import_module("cinder.wsgi.api").application
    importlib.import_module("os_brick").setup(importlib.import_module("oslo_config.cfg").CONF)
    volume_utils = importlib.import_module("cinder.volume.volume_utils")
    volume_utils.__dict__["brick_get_connector_properties"] = _connector_properties
    # Under the name of a driver of Cinder's, by which clients know what makes backups.
    sys.modules[BACKUP_MODULE] = importlib.import_module("stackloom_cloud.file_volumes")
    _start_workers()
    importlib.import_module("cinder.policy").init()
    return application


def _read_options() -> None:
    """Point Cinder at its file: it looks at the command line and in fixed places only.

    Source: cinder/wsgi/wsgi.py, ``initialize_application`` (29.0).
    """
    sys.argv[1:] = ["--config-file", f"{os.environ['STACKLOOM_CINDER']}/cinder.conf"]
    # Registers the options that the database needs.
    importlib.import_module("cinder.common.config")
    cfg = importlib.import_module("oslo_config.cfg")
    cfg.CONF(sys.argv[1:], project="cinder")


def _on_threads(get_server: Any, *arguments: Any, **named: Any) -> Any:
    return get_server(*arguments, **{**named, "executor": "threading"})


def _connector_properties(*_options: object, **_named: object) -> dict[str, object]:
    """Say who attaches a volume for a backup; Cinder would look for iSCSI and NVMe, as root."""
    return {"host": "local", "ip": "127.0.0.1", "multipath": False}


def _worker_type(service: Any) -> Any:
    """Return a kind of worker of which several can live in one process.

    Cinder's own all report the life of the one that was made last: cinder/service.py,
    ``Service.service_id`` (29.0), belongs to the class.
    """
    one_at_a_time = threading.Lock()

    class Worker(service.Service):
        def report_state(self) -> None:
            with one_at_a_time:
                service.Service.service_id = self.origin_service_id
                super().report_state()

    return Worker


class _ShortPauses:
    """What the scheduler needs of ``time`` or ``eventlet``: it waits for the first report.

    In steps of a second (cinder/scheduler/manager.py, ``init_host_with_rpc``, 29.0); here the
    report comes at once.
    """

    @staticmethod
    def sleep(seconds: float) -> None:
        """Sleep less."""
        time.sleep(min(seconds, _PAUSE_SECONDS))


def _start_workers() -> None:
    """Start volume and backup first, so that the scheduler learns of them when it asks."""
    manager = importlib.import_module("cinder.scheduler.manager")
    manager.__dict__["time" if "time" in manager.__dict__ else "eventlet"] = _ShortPauses
    create = _worker_type(importlib.import_module("cinder.service")).create
    host = importlib.import_module("oslo_config.cfg").CONF.host
    workers = (
        create(binary="cinder-volume", host=f"{host}@{BACKEND}", service_name=BACKEND),
        create(binary="cinder-backup", service_name="backup"),
        create(binary="cinder-scheduler"),
    )
    for worker in workers:
        worker.start()
