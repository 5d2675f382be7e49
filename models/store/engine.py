"""The two engines of a record: one that writes, one that only reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import QueuePool

from models.clock import Clock, utc_now
from models.errors import Conflict, Unavailable
from models.store import journal
from models.store.unit import UnitOfWork, watch

BUSY_SECONDS = 5.0
_ALIVE = {
    "application_name": "dutyline",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


class Record:
    """The record behind `url` (sqlite:///… or postgresql+psycopg://…). Connects on first use; close() when done."""

    def __init__(self, url: str, clock: Clock = utc_now, busy_seconds: float = BUSY_SECONDS) -> None:
        self.clock = clock
        self.is_sqlite = url.startswith("sqlite")
        self.writer = _engine(url, busy_seconds, writing=True)
        self.reader = _engine(url, busy_seconds, writing=False)
        self._write_session = sessionmaker(self.writer, autoflush=True, expire_on_commit=False)
        watch(self._write_session)
        self._read_session = sessionmaker(self.reader, autoflush=False, expire_on_commit=False)

    @contextmanager
    def writing(self, actor: str) -> Iterator[UnitOfWork]:
        """One transaction on behalf of `actor` ('officer:3', 'system:capture'): all of it or nothing.

        Writers take turns on both databases: what was read inside is still true when it is written. Raises
        Unavailable when the database stays locked or cannot be reached, Conflict when a row was changed behind the
        record's back; nothing was written then.
        """
        with _said("the record cannot be written just now: {reason}"):
            try:
                with self._write_session() as session, session.begin():
                    # SQLite's BEGIN IMMEDIATE does it by itself. A lock taken only when the journal is written would
                    # come too late for who read before, and deadlock with who holds a row.
                    head = None if self.is_sqlite else journal.head(session)
                    unit = UnitOfWork(session, actor=actor, clock=self.clock, head=head)
                    yield unit
                    unit.finish()
            except StaleDataError as error:
                raise Conflict("this was changed at the same moment: look again, then repeat") from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and cannot write."""
        with _said("the record cannot be read just now: {reason}"), self._read_session() as session:
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.writer.dispose()
        self.reader.dispose()


@contextmanager
def _said(sentence: str) -> Iterator[None]:
    """Raises Unavailable instead of what the driver says when the database is away, locked, full or broken."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable(sentence, reason="too many connections are in use") from error
    except DBAPIError as error:
        # A bare DatabaseError is a file that is no database (any more); the other families are our own mistakes.
        if not isinstance(error, OperationalError | InterfaceError) and type(error) is not DatabaseError:
            raise
        # The database's own words on one line, without the statement and its values.
        raise Unavailable(sentence, reason=" ".join(str(error.orig).split())) from error


def _engine(url: str, busy_seconds: float, *, writing: bool) -> Engine:
    if not url.startswith("sqlite"):
        if writing:
            # A writer that hangs or whose machine is gone must not hold up the room.
            limits = f"-c lock_timeout={int(busy_seconds * 1000)} -c idle_in_transaction_session_timeout=30000"
            return create_engine(url, pool_pre_ping=True, connect_args={**_ALIVE, "options": limits})
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return create_engine(url, pool_pre_ping=True, connect_args=_ALIVE, execution_options=snapshot)
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
