"""Facts from AGI, AMI and CEL -> the same idempotent actions, each on record once (invariant 2).

One thread writes, in slices of a few hundredths of a second. Live facts wait, rings before all others; CEL is read on
behind them, its position moving with the last of what was read. A fact that the record refuses is set aside with one
line in the log; a record that cannot be written keeps everything waiting.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from models.actions import bookmarks
from models.errors import Unavailable
from models.store.engine import Record
from telephony import facts as f
from telephony.cel import CelFollower, Position
from telephony.observe import Numbering, put_on_record
from telephony.waiting import Item, Waiting, rings

log = logging.getLogger(__name__)

ACTOR = "system:capture"
BOOKMARK = "cel"
BATCH = 200
SLICE_SECONDS = 0.02
"""A transaction takes no more facts when it has lasted so long: a ring that comes meanwhile is on record soon."""
BREATH = 0.25
"""Pause before the next transaction, in parts of the last one: SQLite's other writers get in by chance only."""
ALONE = 20
"""Facts tried one by one when their transaction fails."""
REMEMBERED = 20_000
WAITING_LIMIT = 200_000
POLL_SECONDS = 0.1
RETRY_SECONDS = 1.0


class Capture:
    """Takes facts from any thread by `submit`; one thread of its own puts them on record."""

    def __init__(
        self, record: Record, cel: CelFollower | None, numbering: Numbering, *, on_trouble: Callable[[str], None]
    ) -> None:
        """`on_trouble` hears a sentence when the record cannot be written, and "" when it can again."""
        self._record = record
        self._cel, self._numbering = cel, numbering
        self._position: Position | None = None
        self._unread = ""
        self._on_trouble = on_trouble
        self._waiting = Waiting()
        self._took = self._ended = 0.0
        self._known: OrderedDict[tuple[Any, ...], None] = OrderedDict()
        self._stopping = threading.Event()
        self._caught_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end. What could not be written is in CEL and comes again."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def submit(self, item: Item) -> None:
        """Hand over a fact; returns at once, from any thread."""
        if len(self._waiting) < WAITING_LIMIT:
            self._waiting.put(item)
        else:
            log.error("capture: %d facts wait; this one is left to CEL: %s", WAITING_LIMIT, type(item).__name__)

    def wait_caught_up(self, seconds: float) -> bool:
        """Whether CEL has been read to its end since the start: what is missing then is missing."""
        return self._caught_up.wait(seconds)

    def _run(self) -> None:
        trouble = ""
        while True:
            try:
                self._waiting.wait(POLL_SECONDS)
                self._heard()
                self._follow()
                if trouble:
                    trouble = ""
                    self._on_trouble("")
                if self._stopping.is_set() and not len(self._waiting):
                    return
            except Unavailable as error:
                if not trouble:
                    log.warning("capture: %s", error)
                trouble = str(error)
                self._on_trouble(trouble)
                if self._stopping.wait(RETRY_SECONDS):
                    return

    def _heard(self) -> None:
        """Put on record what waits: rings, or some of the rest."""
        items = self._waiting.take(BATCH)
        try:
            self._commit(items)
        except Unavailable:
            self._waiting.back(items)
            raise

    def _follow(self) -> None:
        """Read CEL on; come back when it is at its end or when live facts wait."""
        if self._cel is None:
            self._caught_up.set()
            return
        if self._position is None:
            self._position = Position.from_json(bookmarks.read(self._record, BOOKMARK))
        while True:
            try:
                batch = self._cel.read(self._position, BATCH)
            except OSError as error:
                self._unreadable(error)
                return
            for problem in batch.problems:
                log.warning("event log %s", problem)
            if batch.next_position != self._position:
                self._commit(batch.facts, batch.next_position)
                self._position = batch.next_position
            if not batch.more:
                self._unread = ""
                self._caught_up.set()
                return
            if len(self._waiting) or self._stopping.is_set():
                return

    def _unreadable(self, error: OSError) -> None:
        """Once for each reason: the live paths go on, and the log is tried again."""
        reason = f"the event log cannot be read: {error.strerror or error}"
        if reason != self._unread:
            log.error("capture: %s", reason)
            self._unread = reason

    def _commit(self, items: Iterable[Item], position: Position | None = None) -> None:
        """All that is new, slice by slice, the position with the last one; what is refused is set aside."""
        rest = sorted((item for item in items if _key(item) not in self._known), key=lambda item: not rings(item))
        while rest or position is not None:
            if self._waiting.ring and not (rest and rings(rest[0])):
                self._heard()
            self._breathe()
            try:
                done = self._transaction(rest, position)
                position = None if done == len(rest) else position
            except Unavailable:
                raise
            except Exception:
                if not rest:
                    raise
                # Whatever it was, the others must still be written.
                done = min(len(rest), ALONE)
                for item in rest[:done]:
                    self._alone(item)
            self._remember(rest[:done])
            rest = rest[done:]

    def _breathe(self) -> None:
        """Leave the record to its other writers now and then, however much there is to do."""
        pause = self._ended + self._took * BREATH - time.monotonic()
        if pause > 0 and not self._waiting.ring:
            self._stopping.wait(pause)

    def _remember(self, items: Iterable[Item]) -> None:
        for item in items:
            self._known[_key(item)] = None
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _alone(self, item: Item) -> None:
        try:
            self._transaction([item], None)
        except Unavailable:
            raise
        except Exception:
            log.exception("capture: set aside %r", item)

    def _transaction(self, items: Sequence[Item], position: Position | None) -> int:
        """As many of `items` as a slice of time allows, or until a ring waits; `position` only with all of them."""
        done = 0
        with self._record.writing(ACTOR) as uow:
            began = time.monotonic()
            for item in items:
                put_on_record(uow, item, self._numbering)
                done += 1
                if time.monotonic() - began > SLICE_SECONDS or (self._waiting.ring and not rings(item)):
                    break
            if position is not None and done == len(items):
                bookmarks.move(uow, BOOKMARK, position.as_json())
        self._ended = time.monotonic()
        self._took = self._ended - began
        return done


def _key(item: Item) -> tuple[Any, ...]:
    """What makes two facts the same whoever told them; the time counts only where the same may happen again."""
    what: tuple[Any, ...]
    match item:
        case f.ChannelStarted():
            what = (item.channel, item.number, item.caller_name, item.exten)
        case f.Held() | f.Resumed() | f.MessageLeft() | f.Transferred():
            what = (item.channel, item.at)
        case f.ChannelEnded():
            what = (item.channel, item.cause, item.dialstatus)
        case f.RecordingStarted():
            what = (item.stem,)
        case f.ChannelFact():
            what = (item.channel,)
        case f.Fact():
            what = ()
        case f.LineState():
            return (type(item), item.name, item.kind, item.at)
    return (type(item), item.call, *what)
