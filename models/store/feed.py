"""The feed: screens read the journal on from where they were; a wake-up is only a hint."""

import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from models.errors import Unavailable
from models.store.engine import Record
from models.store.journal import CHANNEL
from models.tables.journal import JournalEntry, JournalHead

POLL_SECONDS = 0.02
PAUSE_SECONDS = 0.5


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
        self._behind = False
        self._away = False
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
        self._behind = len(rows) == limit
        return [
            News(row.seq, row.occurred_at, row.actor, row.action, row.subject, json.loads(row.changes)) for row in rows
        ]

    def wait(self, seconds: float) -> list[News]:
        """Block until there is news, `stop` is called or `seconds` have passed; then what `read()` says.

        Raises Unavailable when the record cannot be reached; the next call reads on from the same place, after a
        pause, so that a caller may simply call again.
        """
        until = time.monotonic() + seconds
        if self._away:
            self._stopped.wait(min(PAUSE_SECONDS, seconds))
        try:
            hint = self._hint = self._hint or _hint(self._record)
            while not self._stopped.is_set():
                changed = hint.changed()
                self._away = False
                if changed or self._behind:
                    news = self.read()
                    if news:
                        return news
                left = until - time.monotonic()
                if left <= 0:
                    return []
                hint.pause(self._stopped, min(POLL_SECONDS, left))
        except Exception as error:
            self._away = True
            self.close()
            if isinstance(error, Unavailable):
                raise
            raise Unavailable("the record cannot be read just now: {reason}", reason=_plain(error)) from error
        return []

    def stop(self) -> None:
        """Make a waiting reader return at once."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of the watching connection."""
        hint, self._hint = self._hint, None
        if hint is not None:
            hint.close()


def _plain(error: Exception) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _hint(record: Record) -> "SqliteHint | PostgresHint":
    return SqliteHint(record) if record.is_sqlite else PostgresHint(record)


class SqliteHint:
    """data_version moves with every commit of another connection."""

    def __init__(self, record: Record) -> None:
        self._connection = record.reader.raw_connection()
        self._cursor = self._connection.cursor()
        self._version: int | None = None

    def changed(self) -> bool:
        """Something was committed since the last call; the first call says yes."""
        version = self._cursor.execute("PRAGMA data_version").fetchone()[0]
        before, self._version = self._version, version
        return bool(version != before)

    def pause(self, stopped: threading.Event, seconds: float) -> None:
        """Asking costs microseconds; nothing wakes us."""
        stopped.wait(seconds)

    def close(self) -> None:
        """Back to the pool."""
        self._cursor.close()
        self._connection.close()


class PostgresHint:
    """LISTEN: each committed journal entry notifies."""

    def __init__(self, record: Record) -> None:
        connection = record.reader.raw_connection()
        driver: Any = connection.driver_connection
        connection.detach()
        self._driver = driver
        try:
            self._driver.rollback()
            self._driver.autocommit = True
            self._driver.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            self._driver.close()
            raise
        self._news = True

    def changed(self) -> bool:
        """A notification came since the last call; the first call says yes."""
        found = bool(list(self._driver.notifies(timeout=0))) or self._news
        self._news = False
        return found

    def pause(self, stopped: threading.Event, seconds: float) -> None:
        """Until a notification comes, at most `seconds`."""
        for _ in self._driver.notifies(timeout=seconds, stop_after=1):
            self._news = True

    def close(self) -> None:
        """End the connection."""
        self._driver.close()
