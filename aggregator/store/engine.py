"""A URL → a database: connections, threads, one transaction a call, errors for people."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from aggregator.errors import StoreError

_READERS = 4
_BUSY_MILLISECONDS = 30_000
_LOG_MILLISECONDS = 2_000
_SWITCHES = 20
# A server that is away is not waited for: SIGTERM is heard within seconds, and a connection that was cut is known as such.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_POSTGRESQL = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "application_name": "aggregator",
    "client_encoding": "utf8",
}
# Any number that is ours alone: it serialises writers of articles, so that stories and representatives have one order.
_WRITE_LOCK = 0x6167_6772_0001
INSERTS: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


class Database:
    """One writer thread and a few reader threads over SQLite or PostgreSQL; each call is one transaction."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.sqlite = url.get_backend_name() == "sqlite"
        self.path = Path(url.database or "") if self.sqlite else None
        self._writing, self._reading = _sqlite_engines(url) if self.sqlite else _postgresql_engines(url)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._listener: sqlite3.Cursor | None = None

    @classmethod
    def of(cls, url: str) -> Database:
        """From `sqlite:///…` or `postgresql://…`, as people write it. Raises StoreError for anything else."""
        try:
            return cls(_driver(make_url(url)))
        except (ArgumentError, NoSuchModuleError, ValueError) as error:
            raise StoreError(
                "the database address cannot be read: expected sqlite:///file or postgresql://user@host/name"
            ) from error
        except ImportError as error:
            raise StoreError("PostgreSQL needs its driver: install aggregator with the extra `postgres`") from error

    @property
    def name(self) -> str:
        """The address for messages, without its password."""
        plain = self.url.set(drivername=self.url.get_backend_name())
        return str(self.path) if self.path else plain.render_as_string(hide_password=True)

    async def read(
        self, function: Callable[Concatenate[Connection, _Args], _Result], *args: _Args.args, **kwargs: _Args.kwargs
    ) -> _Result:
        """`function(connection, …)` on one snapshot, in a reader thread."""
        return await _in(self._readers, lambda: self._run(self._reading, function, *args, **kwargs))

    async def write(
        self, function: Callable[Concatenate[Connection, _Args], _Result], *args: _Args.args, **kwargs: _Args.kwargs
    ) -> _Result:
        """`function(connection, …)` in the writer thread, all of it or nothing."""
        return await _in(self._writer, lambda: self._run(self._writing, function, *args, **kwargs))

    async def empty_log(self) -> None:
        """Let nothing that was overwritten linger in SQLite's log; where readers hold it, it goes with later writes."""
        if self.path is not None:
            await _in(self._writer, self._empty_log)

    def _empty_log(self) -> None:
        connection = self._writing.raw_connection()  # outside of a transaction
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_LOG_MILLISECONDS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
            cursor.close()
        except sqlite3.Error as error:
            raise self._failed(error) from error
        finally:
            connection.close()

    def pulse(self) -> int | None:
        """SQLite's data_version, on a connection that never writes: it differs after a commit on any other connection, of any
        process (https://sqlite.org/pragma.html#pragma_data_version), and costs a look into shared memory. None elsewhere."""
        if self.path is None or not (self._listener or self.path.exists()):
            return None
        try:
            if self._listener is None:
                listening = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
                self._listener = listening.cursor()
            return int(self._listener.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:  # for example a moment in which the log is being recovered
            return None

    def _run(self, engine: Engine, function: Callable[..., _Result], *args: Any, **kwargs: Any) -> _Result:
        try:
            with engine.begin() as connection:
                return function(connection, *args, **kwargs)
        except DBAPIError as error:
            raise self._failed(error.orig or error) from error
        except sqlite3.Error as error:  # raised while a connection is prepared
            raise self._failed(error) from error

    def _failed(self, error: BaseException) -> StoreError:
        """SQLite writes beside its file too; what it says where it may not is of no use to anybody."""
        folder = self.path.resolve().parent if self.path else None
        if folder and not folder.is_dir():
            return StoreError(f"the database {self.name} cannot be opened: there is no folder {folder}")
        if folder and not os.access(folder, os.W_OK):
            return StoreError(
                f"the database {self.name} cannot be written to: user {os.getuid()} may not write in {folder}"
            )
        return StoreError(f"the database {self.name} {_reason(error)}")

    async def close(self) -> None:
        """Finish what was begun, then let go of every connection."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        if self._listener is not None:
            self._listener.connection.close()
            self._listener = None
        self._writing.dispose()
        self._reading.dispose()


def one_writer(connection: Connection) -> None:
    """Wait for the turn to write articles, until this transaction ends. SQLite has one writer by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITE_LOCK})


def insert_of(connection: Connection, table: Any) -> Any:
    """An INSERT that can say what to do where the row is there already."""
    return INSERTS[connection.dialect.name](table)


async def _in(threads: ThreadPoolExecutor, call: Callable[[], _Result]) -> _Result:
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, call)
    except RuntimeError as error:
        if "shutdown" in str(error):
            raise StoreError("the database is closed") from error
        raise


def _driver(url: URL) -> URL:
    match url.get_backend_name():
        case "sqlite":
            if url.database in {None, "", ":memory:"}:
                raise StoreError("a database in memory cannot be shared by threads: expected sqlite:///file")
            return url.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(other)


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    """One engine that writes, one that only reads. Transactions are ours: pysqlite's own begin too late (PEP 249 habits)."""
    engines = []
    for begin, size in (("BEGIN IMMEDIATE", 1), ("BEGIN", _READERS)):
        engine = create_engine(url, pool_size=size, max_overflow=2)
        event.listen(engine, "connect", _prepare_writer if size == 1 else _prepare_reader)
        event.listen(engine, "begin", lambda connection, begin=begin: connection.exec_driver_sql(begin))
        engines.append(engine)
    return engines[0], engines[1]


def _prepare(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    # With WAL, NORMAL loses nothing when a process is killed and stays consistent when the power fails.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-32000")


def _prepare_writer(connection: sqlite3.Connection, _record: object) -> None:
    _prepare(connection)
    _keep_log(connection)
    connection.execute("PRAGMA wal_autocheckpoint=4000")
    # What is deleted or rewritten is overwritten with zeros: who withdraws an article wants it gone from the disk.
    connection.execute("PRAGMA secure_delete=ON").close()


def _keep_log(connection: sqlite3.Connection) -> None:
    """Switch a new file to WAL. Of several that do so at once all but one fail without waiting, whatever the timeout says (their
    locks could wait for each other); a transaction waits for its turn, and then the mode is as it should be."""
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL").close()


def _prepare_reader(connection: sqlite3.Connection, _record: object) -> None:
    _prepare(connection)
    connection.execute("PRAGMA query_only=ON")


def _postgresql_engines(url: URL) -> tuple[Engine, Engine]:
    """Reads see one snapshot, writes what is committed when they have their turn."""
    engine = create_engine(
        url,
        pool_size=_READERS + 1,
        pool_pre_ping=True,
        connect_args=_POSTGRESQL,
    )
    event.listen(engine, "connect", _refuse_other_encodings)
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _refuse_other_encodings(connection: Any, _record: object) -> None:
    """initdb makes SQL_ASCII where the locale is C: it would take any bytes, and LATIN1 few of the world's letters."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"the database {connection.info.dbname} is in {encoding}: "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 makes one that holds every letter"
        )


def _reason(error: BaseException) -> str:
    """What went wrong, in a clause for a person."""
    first = str(error).strip().partition("\n")[0]
    said = first.lower()
    for sign, meaning in _SIGNS:
        if sign in said:
            return f"{meaning} ({first})"
    return f"failed: {first}"


_SIGNS = (
    ("database is locked", "is locked by another program"),
    ("disk is full", "has no room left on its disk"),
    ("no space left", "has no room left on its disk"),
    ("malformed", "is damaged: restore a backup"),
    ("not a database", "is not a database of ours"),
    ("unable to open", "cannot be opened"),
    ("readonly", "cannot be written to"),
    ("read-only", "cannot be written to"),
    ("no such table", "has not been set up: run `aggregator db upgrade`"),
    ("does not exist", "has not been set up: run `aggregator db upgrade`"),
    ("connection", "is out of reach"),
    ("failed to resolve", "is out of reach"),
    ("password", "refuses us"),
)
