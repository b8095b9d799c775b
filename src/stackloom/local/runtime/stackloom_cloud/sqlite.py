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
from typing import Any

import sqlalchemy
from oslo_db.sqlalchemy import enginefacade, engines
from sqlalchemy import event, pool

_LOG = logging.getLogger("stackloom_cloud.sqlite")
_WRITES = "stackloom_writes"
_TURN = "stackloom_turn"
_WAIT_SECONDS = 60.0
_POOL = {
    "poolclass": pool.QueuePool,
    "pool_size": 6,
    "max_overflow": 60,
    "pool_timeout": _WAIT_SECONDS,
    # A file does not go away as a database server may.
    "pool_pre_ping": False,
}


class _Turns:
    """One writer at a time on each database, in this process, before SQLite is asked.

    Each file belongs to one process, so SQLite's own lock is then always free. Left to itself it
    makes writers sleep and try again, and under load the unlucky ones for seconds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._owners: dict[str, int] = {}

    def is_mine(self, database: str) -> bool:
        """Tell whether this very thread is the one that writes."""
        return self._owners.get(database) == threading.get_ident()

    def take(self, database: str) -> None:
        """Wait for the turn."""
        with self._guard:
            lock = self._locks.setdefault(database, threading.Lock())
        if not lock.acquire(timeout=_WAIT_SECONDS):
            _LOG.warning("no turn to write on %s within %s s", database, _WAIT_SECONDS)
            return
        self._owners[database] = threading.get_ident()

    def give_back(self, database: str) -> None:
        """Let the next one write."""
        if self._owners.pop(database, None) is not None:
            self._locks[database].release()


_turns = _Turns()


def install() -> None:
    """Put these rules under every engine that oslo.db creates from now on in this process."""
    create_engine = sqlalchemy.create_engine
    create_session = enginefacade._TransactionFactory._create_session
    create_connection = enginefacade._TransactionFactory._create_connection

    def create_engine_with_rules(url: Any, **options: Any) -> Any:
        if url.get_backend_name() != "sqlite" or not url.database:
            return create_engine(url, **options)
        options.update(_POOL)
        arguments = {"check_same_thread": False, "timeout": _WAIT_SECONDS}
        options["connect_args"] = {**options.get("connect_args", {}), **arguments}
        engine = create_engine(url, **options)
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "commit", _end)
        event.listen(engine, "rollback", _end)
        event.listen(engine, "checkin", _checked_in)
        return engine

    def session_for_mode(self: Any, mode: Any, bind: Any = None) -> Any:
        if bind is None and mode is enginefacade._WRITER:
            bind = _for_writing(self)
        return create_session(self, mode, bind)

    def connection_for_mode(self: Any, mode: Any) -> Any:
        if mode is enginefacade._WRITER:
            return _for_writing(self).connect()
        return create_connection(self, mode)

    # It is called when a connection is given back, and lets go of the interpreter lock for the sake
    # of green threads, which are not used here.
    engines._thread_yield = lambda *_: None
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
    if writes and _turns.is_mine(database):
        # Another session of this very thread has the lock: to wait for it would be to wait for
        # ourselves. It may still read.
        _LOG.warning("a writer inside a writer on %s", database, stack_info=True)
        writes = False
    if writes:
        _turns.take(database)
        connection.info[_TURN] = database
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    connection.info["in_transaction"] = True


def _end(connection: Any) -> None:
    """Let the next writer begin."""
    _give_back(connection.info)


def _checked_in(_connection: Any, record: Any) -> None:
    """See that no turn is lost with a connection whose transaction was never ended properly."""
    _give_back(record.info)


def _give_back(info: dict[str, Any]) -> None:
    database = info.pop(_TURN, None)
    if database is not None:
        _turns.give_back(database)
