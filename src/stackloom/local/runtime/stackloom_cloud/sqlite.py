# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped"
"""Make SQLite bear OpenStack's concurrency: who locks when, and one pool of connections.

oslo.db opens every transaction on SQLite with a plain ``BEGIN`` (oslo_db/sqlalchemy/engines.py,
``_sqlite_emit_begin``, 18.1). Two transactions that read first and then write cannot both go on:
one gets "database is locked" at once, whatever the time-out. So writers ask for the write lock when
they begin, and wait for each other there. Readers take none: with the write-ahead log they see the
last commit, also where a service reads through a second context inside its own writer, as
Placement does (placement/objects/allocation.py, ``replace_all``, 16.0) and Neutron.

Knows nothing about the services.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import Any

import sqlalchemy
from oslo_db.sqlalchemy import enginefacade, engines
from sqlalchemy import event, pool

_LOG = logging.getLogger("stackloom_cloud.sqlite")
_WRITES = "stackloom_writes"
_LOCKED = "stackloom_locked"
_WAIT_SECONDS = 60.0
_POOL = {"pool_size": 6, "max_overflow": 60, "pool_timeout": _WAIT_SECONDS}


class _Held(threading.local):
    """The databases on which this thread holds the write lock."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()


_held = _Held()


def install() -> None:
    """Put these rules under every engine that oslo.db creates from now on in this process."""
    create_engine = sqlalchemy.create_engine
    create_session = enginefacade._TransactionFactory._create_session
    create_connection = enginefacade._TransactionFactory._create_connection

    def create_engine_with_rules(url: Any, **options: Any) -> Any:
        if url.get_backend_name() != "sqlite" or not url.database:
            return create_engine(url, **options)
        options["poolclass"] = pool.QueuePool
        options.update(_POOL)
        arguments = {"check_same_thread": False, "timeout": _WAIT_SECONDS}
        options["connect_args"] = {**options.get("connect_args", {}), **arguments}
        engine = create_engine(url, **options)
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "commit", _end)
        event.listen(engine, "rollback", _end)
        return engine

    def session_for_mode(self: Any, mode: Any, bind: Any = None) -> Any:
        if bind is None and mode is enginefacade._WRITER:
            bind = _for_writing(self)
        return create_session(self, mode, bind)

    def connection_for_mode(self: Any, mode: Any) -> Any:
        if mode is enginefacade._WRITER:
            return _for_writing(self).connect()
        return create_connection(self, mode)

    engines.sqlalchemy = _Replaced(sqlalchemy, create_engine=create_engine_with_rules)
    enginefacade._TransactionFactory._create_session = session_for_mode
    enginefacade._TransactionFactory._create_connection = connection_for_mode


class _Replaced:
    """A module with some of its names replaced, for the one module that sees it."""

    def __init__(self, module: Any, **names: Any) -> None:
        self._module = module
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _for_writing(factory: Any) -> Any:
    """Return the factory's engine, marked so that its transactions begin by locking."""
    if not factory._started:
        factory._start()
    marked = factory.__dict__.get("_stackloom_writer")
    if marked is None or marked.pool is not factory._writer_engine.pool:
        marked = factory._writer_engine.execution_options(**{_WRITES: True})
        factory.__dict__["_stackloom_writer"] = marked
    return marked


def _prepare_connection(connection: Any, _record: Any) -> None:
    """Set what SQLite keeps per connection."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin(connection: Any) -> None:
    """Open the transaction before oslo.db does; it leaves out its own when it sees the mark."""
    if "in_transaction" in connection.info:
        return
    database = connection.engine.url.database
    writes = connection.get_execution_options().get(_WRITES, False)
    if writes and _held.count[database]:
        # Another session of this very thread has the lock: to wait for it would be to wait for
        # ourselves. It may still read.
        _LOG.warning("a writer inside a writer on %s", database, stack_info=True)
        writes = False
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    connection.info["in_transaction"] = True
    if writes:
        connection.info[_LOCKED] = database
        _held.count[database] += 1


def _end(connection: Any) -> None:
    """Forget the lock."""
    database = connection.info.pop(_LOCKED, None)
    if database is not None:
        _held.count[database] -= 1
