"""The two engines of a record: one that writes, one that only reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from models.clock import Clock, utc_now
from models.errors import Unavailable
from models.store.unit import UnitOfWork

BUSY_SECONDS = 5.0


class Record:
    """The record behind `url` (sqlite:///… or postgresql+psycopg://…). Connects on first use; close() when done."""

    def __init__(self, url: str, clock: Clock = utc_now, busy_seconds: float = BUSY_SECONDS) -> None:
        self.clock = clock
        self.is_sqlite = url.startswith("sqlite")
        self.writer = _engine(url, busy_seconds, writing=True)
        self.reader = _engine(url, busy_seconds, writing=False)
        self._write_session = sessionmaker(self.writer, autoflush=True, expire_on_commit=False)
        self._read_session = sessionmaker(self.reader, autoflush=False, expire_on_commit=False)

    @contextmanager
    def writing(self, actor: str) -> Iterator[UnitOfWork]:
        """One transaction on behalf of `actor` ('officer:3', 'system:capture'): all of it or nothing.

        Raises Unavailable when the database stays locked or cannot be reached; nothing was written then.
        """
        try:
            with self._write_session() as session, session.begin():
                unit = UnitOfWork(session, actor=actor, clock=self.clock)
                yield unit
        except OperationalError as error:
            raise Unavailable("the record cannot be written just now: {reason}", reason=_plain(error)) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and cannot write."""
        try:
            with self._read_session() as session:
                yield session
        except OperationalError as error:
            raise Unavailable("the record cannot be read just now: {reason}", reason=_plain(error)) from error

    def close(self) -> None:
        """Let go of all connections."""
        self.writer.dispose()
        self.reader.dispose()


def _plain(error: DBAPIError) -> str:
    """The database's own words on one line, without the statement and its values."""
    return " ".join(str(error.orig).split())


def _engine(url: str, busy_seconds: float, *, writing: bool) -> Engine:
    if not url.startswith("sqlite"):
        options: dict[str, Any] = {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}
        if not writing:
            options["execution_options"] = {"postgresql_readonly": True}
        return create_engine(url, **options)
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": busy_seconds, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        # The driver must not open transactions by itself: see `begin`.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16000",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if not writing:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another has written in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def ping(record: Record) -> None:
    """Raises Unavailable if the record does not answer."""
    with record.reading() as session:
        session.execute(text("SELECT 1"))
