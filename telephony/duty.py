"""Who is on duty and who numbers belong to, pushed into Asterisk's own database whenever they change (invariant 1)."""

import logging
import threading

from models.errors import DutylineError
from models.queries import work
from models.settings import Settings
from models.store.engine import Record
from models.store.feed import Feed
from telephony.asterisk import astdb
from telephony.errors import TelephonyError

log = logging.getLogger(__name__)

TABLES = frozenset({"sign_ins", "seats", "units", "contacts", "numbers"})
WAIT_SECONDS = 2.0


class DutyPush:
    """One thread: follows the journal, works the keys out, writes the differences. A failure is tried again."""

    def __init__(self, record: Record, settings: Settings, put: astdb.DbPut, delete: astdb.DbDel) -> None:
        self._record, self._settings, self._put, self._delete = record, settings, put, delete
        self._feed: Feed | None = None
        self._known: dict[astdb.Key, str] | None = None
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._online = threading.Event()
        self._thread = threading.Thread(target=self._run, name="duty", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def connected(self, online: bool) -> None:
        """Asterisk can be reached again (everything is written anew: nobody knows what it holds), or not."""
        if online:
            self._known = None
            self._due.set()
            self._online.set()
        else:
            self._online.clear()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
            except (DutylineError, TelephonyError) as error:
                log.warning("duty: not pushed to Asterisk, trying again: %s", error)
                self._known = None
                self._due.set()
                self._stopping.wait(WAIT_SECONDS)
            except Exception:
                log.exception("duty: goes on after an unexpected error")
                self._stopping.wait(WAIT_SECONDS)
        if self._feed is not None:
            self._feed.close()

    def _turn(self) -> None:
        if self._feed is None:
            self._feed = Feed(self._record)
            self._due.set()
        news = self._feed.wait(0.5)
        if any(item.tables & TABLES for item in news):
            self._due.set()
        if self._due.is_set() and self._online.is_set():
            self._due.clear()
            with self._record.reading() as session:
                manned, names = work.manned_seats(session), work.names_by_number(session)
            wanted = astdb.desired(self._settings, manned, names)
            self._known = astdb.push(wanted, self._known, self._put, self._delete)
