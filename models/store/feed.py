"""The feed: screens read the journal on from where they were; a wake-up is only a hint."""

import json
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from models.errors import Unavailable
from models.store.engine import Record
from models.store.journal import CHANNEL
from models.tables.journal import JournalEntry, JournalHead

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class News:
    """One journal entry as a screen needs it."""

    seq: int
    occurred_at: datetime
    actor: str
    action: str
    subject: str
    changes: dict[str, Any]

    @property
    def tables(self) -> frozenset[str]:
        """Which tables it touched."""
        return frozenset(row[0] for row in self.changes.get("rows", ()))


class Feed:
    """Follows one record from `seq` (default: from now on). One thread reads it; `stop` may come from another."""

    def __init__(self, record: Record, seq: int | None = None) -> None:
        self._record = record
        self._stopped = threading.Event()
        self._hint: SqliteHint | PostgresHint | None = None
        self.seq = self._head() if seq is None else seq

    def _head(self) -> int:
        with self._record.reading() as session:
            return session.execute(select(func.coalesce(func.max(JournalHead.seq), 0))).scalar_one()

    def read(self, limit: int = 500) -> list[News]:
        """What has come since the last call, at most `limit` entries; empty when nothing."""
        with self._record.reading() as session:
            rows = session.scalars(
                select(JournalEntry).where(JournalEntry.seq > self.seq).order_by(JournalEntry.seq).limit(limit)
            ).all()
        if rows:
            self.seq = rows[-1].seq
        return [
            News(row.seq, row.occurred_at, row.actor, row.action, row.subject, json.loads(row.changes)) for row in rows
        ]

    def wait(self, seconds: float) -> list[News]:
        """Block until there is news, `stop` is called or `seconds` have passed; then `read()`.

        Raises Unavailable when the record cannot be reached; the next call reads on from the same place.
        """
        if self._hint is None:
            self._hint = SqliteHint(self._record) if self._record.is_sqlite else PostgresHint(self._record)
        waited = 0.0
        try:
            while not self._stopped.is_set() and waited < seconds and not self._hint.changed():
                self._stopped.wait(POLL_SECONDS)
                waited += POLL_SECONDS
        except Exception as error:
            self.close()
            raise Unavailable("the record cannot be read just now") from error
        return [] if self._stopped.is_set() else self.read()

    def stop(self) -> None:
        """Make a waiting reader return at once."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of the watching connection."""
        hint, self._hint = self._hint, None
        if hint is not None:
            hint.close()


class SqliteHint:
    """data_version moves with every commit of another connection."""

    def __init__(self, record: Record) -> None:
        self._connection = record.reader.raw_connection()
        self._version: int | None = None

    def changed(self) -> bool:
        """Something was committed since the last call; the first call says yes."""
        version = self._connection.cursor().execute("PRAGMA data_version").fetchone()[0]
        before, self._version = self._version, version
        return bool(version != before)

    def close(self) -> None:
        """Back to the pool."""
        self._connection.close()


class PostgresHint:
    """LISTEN: each committed journal entry notifies."""

    def __init__(self, record: Record) -> None:
        connection = record.reader.raw_connection()
        connection.detach()
        driver: Any = connection.driver_connection
        self._driver = driver
        self._driver.rollback()
        self._driver.autocommit = True
        self._driver.execute(f"LISTEN {CHANNEL}")
        self._first = True

    def changed(self) -> bool:
        """A notification came since the last call; the first call says yes."""
        first, self._first = self._first, False
        return bool(list(self._driver.notifies(timeout=0))) or first

    def close(self) -> None:
        """End the connection."""
        self._driver.close()
