"""The bridge from the record to the screens: one thread reads the journal on and posts typed messages."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from textual.message import Message
from textual.worker import get_current_worker

from models.errors import DutylineError
from models.queries import desk
from models.store.feed import Feed, News

if TYPE_CHECKING:
    from models.store.engine import Record

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.5
AGING_SECONDS = 5.0
"""The ages of line states are not journalled: they are read again this often."""
AGAIN_SECONDS = 1.0


class DeskRead(Message):
    """The room as it is now."""

    def __init__(self, picture: desk.Desk) -> None:
        self.picture = picture
        super().__init__()


class NewsCame(Message):
    """What was journalled since the last message."""

    def __init__(self, news: tuple[News, ...]) -> None:
        self.news = news
        super().__init__()

    @property
    def tables(self) -> frozenset[str]:
        """The tables that were touched."""
        return frozenset(table for item in self.news for table in item.tables)


class FeedLost(Message):
    """The record cannot be read; what is shown is as old as it says."""

    def __init__(self, error: Exception, since: datetime) -> None:
        self.error = error
        self.since = since
        super().__init__()


class FeedBack(Message):
    """The record can be read again."""


@dataclass(slots=True)
class Focus:
    """What the desk looks at; written by the screens, read by the thread."""

    seat_id: int | None = None
    call_id: int | None = None


def day_start(now: datetime, zone: tzinfo) -> datetime:
    """Midnight of the room's day."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def picture(record: "Record", focus: Focus, zone: tzinfo) -> desk.Desk:
    """Read the whole desk at once."""
    now = record.clock()
    with record.reading() as session:
        return desk.desk(session, now=now, since=day_start(now, zone), seat_id=focus.seat_id, call_id=focus.call_id)


class Bridge:
    """Runs in a worker thread until that is cancelled: reads, posts, recovers by itself from a lost record."""

    def __init__(self, record: "Record", focus: Focus, zone: tzinfo, post: Callable[[Message], object]) -> None:
        self._record = record
        self._focus = focus
        self._zone = zone
        self._post = post
        self._feed: Feed | None = None
        self._lost: datetime | None = None
        self._stopped = False

    def stop(self) -> None:
        """Return at once from waiting; from any thread."""
        self._stopped = True
        if self._feed is not None:
            self._feed.stop()

    def run(self) -> None:
        """Until the worker is cancelled or `stop` is called."""
        worker = get_current_worker()
        try:
            while not (worker.is_cancelled or self._stopped):
                try:
                    self._follow(lambda: worker.is_cancelled or self._stopped)
                except (DutylineError, SQLAlchemyError) as error:
                    self._say_lost(error)
                    self._pause(AGAIN_SECONDS, lambda: worker.is_cancelled or self._stopped)
        finally:
            if self._feed is not None:
                self._feed.close()

    def _follow(self, cancelled: Callable[[], bool]) -> None:
        if self._feed is None:
            self._feed = Feed(self._record)
        read_at = self._show()
        while not cancelled():
            news = self._feed.wait(WAIT_SECONDS)
            if news:
                read_at = self._show()
                self._post(NewsCame(tuple(news)))
            elif self._record.clock() - read_at > timedelta(seconds=AGING_SECONDS):
                read_at = self._show()

    def _show(self) -> datetime:
        seen = picture(self._record, self._focus, self._zone)
        if self._lost is not None:
            log.info("the record can be read again")
            self._lost = None
            self._post(FeedBack())
        self._post(DeskRead(seen))
        return seen.at

    def _say_lost(self, error: Exception) -> None:
        if self._lost is None:
            self._lost = self._record.clock()
            log.warning("the record cannot be read: %s", error)
        self._post(FeedLost(error, self._lost))

    def _pause(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        left = seconds
        while left > 0 and not cancelled():
            time.sleep(0.05)
            left -= 0.05
