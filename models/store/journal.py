"""The journal: append and verify. Canonical JSON, SHA-256 chained, gap-free sequence inside the hash."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables.journal import JournalEntry, JournalHead
from models.text import storable_data

GENESIS = "0" * 64
BEFORE_ALL = -(2**62)
CHANNEL = "dutyline_journal"
"""PostgreSQL notification channel that wakes followers of the feed."""
Row = tuple[str, Any, dict[str, Any] | None]
"""Table, primary key, and the changed columns' new values (all of them when new, None when deleted)."""


def plain(value: Any) -> Any:
    """A column's value as JSON knows it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def canonical(value: Any) -> str:
    """The one way to write `value`: keys sorted, no spaces, UTF-8; NaN refused; texts as databases take them."""
    return json.dumps(storable_data(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(entry: JournalEntry) -> str:
    """SHA-256 (hex) over everything the entry says, its place and its predecessor's hash."""
    said = [
        entry.seq,
        plain(entry.occurred_at),
        plain(entry.entered_at),
        entry.actor,
        entry.action,
        entry.subject,
        entry.changes,
        entry.previous,
    ]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def head(session: Session) -> JournalHead:
    """Where the chain ends. Whoever asks is the only writer until the transaction ends, so the sequence has no gap."""
    return session.get_one(JournalHead, 1, with_for_update=True)


def append(
    session: Session,
    head: JournalHead,
    *,
    occurred_at: datetime,
    entered_at: datetime,
    actor: str,
    action: str,
    subject: str,
    rows: list[Row],
    note: dict[str, Any],
) -> JournalEntry:
    """Write the next entry after `head`, and move it; with the session's next flush it is in the database."""
    said: dict[str, Any] = {"rows": rows}
    if note:
        said["note"] = note
    entry = JournalEntry(
        seq=head.seq + 1,
        occurred_at=occurred_at,
        entered_at=entered_at,
        actor=actor,
        action=action,
        subject=subject,
        changes=canonical(said),
        previous=head.hash,
    )
    entry.hash = digest(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.add(entry)
    if session.get_bind().dialect.name == "postgresql":
        # Delivered at the commit, whatever else the transaction does.
        session.execute(select(func.pg_notify(CHANNEL, str(entry.seq))))
    return entry


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold: `seq` of the entry, and a sentence."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """How a walk along the chain ended: entries seen, the head's hash, the first break if any."""

    entries: int
    head: str
    broken: Break | None


def walk(session: Session, progress: Callable[[int], None] | None = None) -> Walk:
    """Check every entry's place, predecessor and hash, and that the tail is not cut."""
    seen, previous = 0, GENESIS
    try:
        for entry in entries_since(session, BEFORE_ALL):
            reason = _fault(entry, seen + 1, previous)
            if reason:
                return Walk(seen, previous, Break(seen + 1, reason))
            seen, previous = entry.seq, entry.hash
            if progress and seen % 1000 == 0:
                progress(seen)
    except (ValueError, TypeError, LookupError):
        # A time or number that is none any more; which entry it is shows when they are read one by one.
        return _unreadable(session, seen, previous)
    end = session.get(JournalHead, 1)
    if end is None:
        return Walk(seen, previous, Break(seen + 1, "the head of the journal is missing"))
    if end.seq != seen:
        return Walk(
            seen, previous, Break(seen + 1, f"the end is missing: {end.seq} entries were written, {seen} are here")
        )
    if end.hash != previous:
        return Walk(seen, previous, Break(seen, "the head of the journal does not fit its last entry"))
    return Walk(seen, previous, None)


def _fault(entry: JournalEntry, expected: int, previous: str) -> str:
    """What is wrong with `entry` in place `expected`; empty when nothing is."""
    if entry.seq < expected:
        return f"an entry numbered {entry.seq} was put in"
    if entry.seq > expected:
        return f"entry {expected} is missing; the next one is {entry.seq}"
    if entry.previous != previous:
        return f"entry {expected} does not follow from the one before it"
    if digest(entry) != entry.hash:
        return f"entry {expected} was changed after it was written"
    return ""


def _unreadable(session: Session, seen: int, previous: str) -> Walk:
    session.expunge_all()
    found = entries_since(session, seen or BEFORE_ALL, batch=1)
    while True:
        try:
            entry = next(found)
        except (ValueError, TypeError, LookupError):
            return Walk(seen, previous, Break(seen + 1, f"entry {seen + 1} was changed and cannot be read any more"))
        reason = _fault(entry, seen + 1, previous)
        if reason:
            return Walk(seen, previous, Break(seen + 1, reason))
        seen, previous = entry.seq, entry.hash


def entries_since(session: Session, seq: int, batch: int = 1000) -> Iterator[JournalEntry]:
    """Entries after `seq` in order, read in batches and not kept."""
    while True:
        page = session.scalars(
            select(JournalEntry).where(JournalEntry.seq > seq).order_by(JournalEntry.seq).limit(batch)
        ).all()
        yield from page
        if len(page) < batch:
            return
        seq = page[-1].seq
        session.expunge_all()
