# SPDX-License-Identifier: Apache-2.0
"""What the services import in common, imported once before they are forked.

Chosen by measurement: modules that at least two of the services import that every cloud has. Knows
nothing about any single service.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from . import native_threads

# These look for eventlet and use it where they find it.
_CHOOSING_THREADS = ("futurist", "oslo_utils.eventletutils", "oslo_messaging", "oslo_log.log")
_IN_COMMON = (
    "alembic",
    "castellan.options",
    "cheroot.wsgi",
    "cryptography.x509",
    "cursive.signature_utils",
    "dateutil.parser",
    "glanceclient.client",
    "jsonschema",
    "keystoneauth1.loading",
    "keystonemiddleware.auth_token",
    "netaddr",
    "novaclient.client",
    "openstack.connection",
    "os_brick.initiator.connector",
    "os_traits",
    "oslo_cache.core",
    "oslo_concurrency.processutils",
    "oslo_config.cfg",
    "oslo_context.context",
    "oslo_db.api",
    "oslo_db.sqlalchemy.enginefacade",
    "oslo_limit.limit",
    "oslo_middleware",
    "oslo_policy.policy",
    "oslo_privsep.priv_context",
    "oslo_reports.guru_meditation_report",
    "oslo_serialization.jsonutils",
    "oslo_service.backend",
    "oslo_utils.uuidutils",
    "oslo_versionedobjects.base",
    "osprofiler.web",
    "paste.deploy",
    "paste.urlmap",
    "prometheus_client",
    "pyroute2",
    "routes",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "stevedore",
    "tenacity",
    "webob.dec",
    "yaml",
)
_REFUSED = frozenset({"eventlet", "oslo_vmware"})


class _Refuse(MetaPathFinder):
    """Answer that a package is not there, for those that are looked for but never used here.

    Everything runs on native threads; oslo.service and futurist import eventlet where they find it,
    which costs time and 10 MB in each process. os-brick would attach VMware's volumes
    (os_brick/initiator/connectors/vmware.py, 7.1).
    """

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Refuse what is refused; the usual finders go on with the rest."""
        if fullname.partition(".")[0] in _REFUSED:
            raise ModuleNotFoundError(f"{fullname} is not used in the local cloud", name=fullname)
        return None


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    return "memcache" not in record.getMessage()


def load() -> None:
    """Import it all, and set the memory apart that the children will share."""
    sys.meta_path.insert(0, _Refuse())
    # dogpile.cache's plug-ins are all tried; the one for memcached says that it is not there.
    logging.getLogger("stevedore.extension").addFilter(_is_worth_a_line)
    # Before oslo.messaging is imported: that would choose eventlet
    # (oslo_service/backend/__init__.py, `get_backend`, 4.8).
    backend = importlib.import_module("oslo_service.backend")
    backend.init_backend(backend.BackendType.THREADING)
    _import_server_options()
    for name in _CHOOSING_THREADS:
        importlib.import_module(name)
    # From here on it is only imported where somebody cannot do without.
    native_threads.install()
    for name in _IN_COMMON:
        importlib.import_module(name)
    # Reads the entry points of all packages once, for every child.
    importlib.import_module("stevedore").ExtensionManager("stackloom_cloud.none")


def _import_server_options() -> None:
    """Import ``oslo_service.wsgi``, which Neutron takes a class and options from.

    It imports eventlet for a server that nobody starts here, and needs one name of it while it is
    imported (oslo_service/wsgi.py, 4.8).
    """
    stand_ins = {name: ModuleType(name) for name in ("eventlet", "eventlet.wsgi")}
    stand_ins["eventlet"].__dict__["wsgi"] = stand_ins["eventlet.wsgi"]
    stand_ins["eventlet.wsgi"].__dict__["HttpProtocol"] = object
    sys.modules.update(stand_ins)
    importlib.import_module("oslo_service.wsgi")
    for name in stand_ins:
        del sys.modules[name]


def freeze() -> None:
    """Keep the garbage collector of the children from touching, and so copying, shared memory."""
    gc.collect()
    gc.freeze()
