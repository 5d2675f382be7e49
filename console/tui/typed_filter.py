"""The log's filter as it is typed: words, numbers, initials, dates, states, practice, in any order.

Dates: 11-20, 2026-11-20, 今天/today, 昨天/yesterday, and a range by two of them with '..' between ('11-01..11-20').
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from console.words import N_, _, word
from models.queries.entries import Filter
from models.tables.entries import EntryState

_DATE = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})$")
TODAY = ("today", "今天", "今日", N_("today"))
YESTERDAY = ("yesterday", "昨天", "昨日", N_("yesterday"))
DRILL = ("practice", "演练", N_("practice"))
REAL = ("real", "实战", N_("real"))
_STATES = {
    "draft": EntryState.DRAFT,
    "草稿": EntryState.DRAFT,
    "confirmed": EntryState.CONFIRMED,
    "已确认": EntryState.CONFIRMED,
    "amended": EntryState.AMENDED,
    "更正": EntryState.AMENDED,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was understood, and in words how."""

    filter: Filter
    understood: str


def parse(typed: str, now: datetime, zone: tzinfo) -> Typed:
    """What is not a date, a state or practice is a word to be found."""
    today = now.astimezone(zone).date()
    words: list[str] = []
    states: set[EntryState] = set()
    since: date | None = None
    until: date | None = None
    drill: bool | None = None
    for piece in typed.split():
        folded = piece.casefold()
        span = _span(folded, today)
        if span is not None:
            since, until = span
        elif folded in _STATES:
            states.add(_STATES[folded])
        elif folded in DRILL:
            drill = True
        elif folded in REAL:
            drill = False
        else:
            words.append(piece)
    wanted = Filter(
        words=" ".join(words),
        since=_midnight(since, zone),
        until=_midnight(until + timedelta(days=1), zone) if until else None,
        states=frozenset(states),
        drill=drill,
    )
    return Typed(wanted, _in_words(words, since, until, states, drill))


def _span(piece: str, today: date) -> tuple[date | None, date | None] | None:
    first, dots, last = piece.partition("..")
    if not dots:
        day = _day(piece, today)
        return (day, day) if day else None
    begin, end = _day(first, today), _day(last, today)
    if (first and begin is None) or (last and end is None) or not (first or last):
        return None
    return begin, end


def _day(piece: str, today: date) -> date | None:
    if piece in TODAY:
        return today
    if piece in YESTERDAY:
        return today - timedelta(days=1)
    found = _DATE.match(piece)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        said = date(year or today.year, month, day)
        # Without a year the last such day is meant: in January '12-31' is last year's.
        return said.replace(year=said.year - 1) if not year and said > today else said
    except ValueError:
        return None


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day else None


def _in_words(
    words: list[str], since: date | None, until: date | None, states: set[EntryState], drill: bool | None
) -> str:
    parts = []
    if words:
        parts.append(_("with {words}").format(words=" + ".join(words)))
    if since or until:
        parts.append(_("from {since} to {until}").format(since=since or _("the first"), until=until or _("now")))
    parts += [word(state) for state in sorted(states)]
    if drill is not None:
        parts.append(_("practice") if drill else _("real"))
    return "  ".join(parts) or _("everything")
