"""First-responder responsibility 首接责任 (Art. 7): whoever answered first owns, until a signed reassignment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """One officer at one seat, from `start` to `end` (None: still there)."""

    officer: int
    seat: int
    start: datetime
    end: datetime | None


def first_responder(seat: int | None, answered_at: datetime | None, watches: Iterable[Watch]) -> int | None:
    """The officer signed in at `seat` when it answered; None: nobody, and it stays unowned until somebody takes it."""
    if seat is None or answered_at is None:
        return None
    there = [
        watch
        for watch in watches
        if watch.seat == seat and watch.start <= answered_at and (watch.end is None or answered_at < watch.end)
    ]
    return max(there, key=lambda watch: watch.start).officer if there else None
