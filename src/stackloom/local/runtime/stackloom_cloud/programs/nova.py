# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Nova whole in one process: API, conductor, scheduler and compute, joined by ``fake://``.

oslo.messaging's fake driver delivers within a process only (oslo_messaging/_drivers/impl_fake.py,
18.3), so they cannot be four processes without a broker. Knows no other service's code.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import nova.conf
import os_vif
from nova import config, context, objects, policy, service, utils
from nova.db import migration
from nova.objects import host_mapping

from .. import fake_compute, messaging, native_threads, seed
from ..instructions import Instructions, Program
from ..serve import Application

_CELL = "9c1d3f5e-2b47-4a8e-9d60-6f1f0c5a7e21"
_WORKERS = (("nova-conductor", "conductor"), ("nova-scheduler", "scheduler"))


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Create the schemas, the two cells and the flavors."""
    del program, identities
    directory = os.environ["OS_NOVA_CONFIG_DIR"]
    config.parse_args(["nova"], default_config_files=[f"{directory}/nova.conf"])
    objects.register_all()
    databases = instructions.data / "databases"
    migration.db_sync(database="api")
    migration.db_sync(database="main")
    _copy(databases / "nova.sqlite", databases / "nova-cell0.sqlite")
    admin = context.get_admin_context()
    _create_cell(admin, objects.CellMapping.CELL0_UUID, "cell0", "none:///", "nova-cell0.sqlite")
    _create_cell(admin, _CELL, "cell1", "fake://", "nova.sqlite")
    for flavor in seed.FLAVORS:
        objects.Flavor(
            admin,
            flavorid=flavor.id,
            name=flavor.name,
            memory_mb=flavor.ram_mib,
            vcpus=flavor.vcpus,
            root_gb=flavor.disk_gib,
            ephemeral_gb=0,
            swap=0,
            rxtx_factor=1.0,
            is_public=True,
            disabled=False,
        ).create()


def load(instructions: Instructions, program: Program) -> Application:
    """Load the API, start the workers, and tell the cell of its compute host."""
    del instructions, program
    if "tpool" not in vars(utils):
        # From 34.0 on Nova forbids what it needed until 33.0 (nova/monkey_patch.py,
        # `poison_eventlet`, and nova/utils.py).
        native_threads.remove()
    sys.modules["nova.virt.stackloom"] = fake_compute
    messaging.install()
    application: Application = importlib.import_module("nova.wsgi.osapi_compute").application
    os_vif.initialize()
    for binary, topic in _WORKERS:
        _start(service.Service.create(binary=binary, topic=topic))
    compute_rpc = importlib.import_module("nova.compute.rpcapi")
    _start(
        service.Service.create(
            binary="nova-compute",
            topic=compute_rpc.RPC_TOPIC,
            topic_alt=compute_rpc.RPC_TOPIC_ALT,
        )
    )
    host_mapping.discover_hosts(context.get_admin_context())
    policy.init(suppress_deprecation_warnings=True)
    policy._ENFORCER.load_rules()
    return application


def _start(worker: service.Service) -> None:
    """Start a worker, and report it as up at once.

    Nova does that 5 s after the start (nova/servicegroup/api.py, INITIAL_REPORTING_DELAY, 34.0.0).
    Until then the scheduler judges by the last report of the time before, and finds no host when
    the cloud was down for more than a minute.
    """
    worker.start()
    worker.service_ref.report_count += 1
    worker.service_ref.save()


def _copy(source: Path, target: Path) -> None:
    """Copy a database, with what is still in its write-ahead log: cell0 has the same schema."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _create_cell(admin: object, id: str, name: str, transport: str, database: str) -> None:
    """Create a cell mapping; the path of its database is completed when a cloud is made."""
    objects.CellMapping(
        admin,
        uuid=id,
        name=name,
        transport_url=transport,
        database_connection=f"sqlite:///{nova.conf.CONF.state_path}/../databases/{database}",
    ).create()
