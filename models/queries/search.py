"""Finding entries by words among a million, each page in the time of a keystroke.

Two ways: the full-text index from the newest entry backwards (`found`), or, where the filter alone leaves few
entries, those one by one (`among_few`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, cast, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from models.store.search import pairs
from models.tables import Entry
from models.tables.entries import EntryState

if TYPE_CHECKING:
    from models.queries.entries import Filter

_INDEX = table("entry_search", column("rowid"), column("entry_id"), column("body"))


def phrase(session: Session, words: str) -> str | None:
    """The index's question for what was typed: every word occurs. None when nothing searchable was typed."""
    phrases = [found for found in (pairs(word) for word in words.split()) if found]
    if not phrases:
        return None
    if session.get_bind().dialect.name == "sqlite":
        return " ".join('"' + " ".join(found) + '"' for found in phrases)
    return " & ".join("(" + " <-> ".join(f"'{pair}'" for pair in found) + ")" for found in phrases)


def narrowed(query: Select[*tuple[Any, ...]], wanted: Filter) -> Select[*tuple[Any, ...]]:
    """`query` on Entry with everything of `wanted` but the words; folded entries only when asked for."""
    if wanted.states:
        query = query.where(Entry.state.in_(sorted(wanted.states)))
    else:
        query = query.where(Entry.state != EntryState.FOLDED)
    if wanted.since is not None:
        query = query.where(Entry.occurred_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Entry.occurred_at < wanted.until)
    if wanted.drill is not None:
        query = query.where(Entry.drill.is_(wanted.drill))
    return query


def found(session: Session, wanted: Filter, limit: int, before: int | None) -> list[int]:
    """Keys of at most `limit` entries with the words, the latest entered first, older than key `before`.

    The index is read backwards and left when the page is full, with the filters looked at on the way.
    """
    words = phrase(session, wanted.words)
    if words is None:
        raise ValueError("nothing searchable was typed")
    if session.get_bind().dialect.name != "sqlite":
        query = narrowed(select(Entry.id), wanted).where(
            Entry.id.in_(select(_INDEX.c.entry_id).where(_INDEX.c.body.op("@@")(cast(words, TSQUERY))))
        )
        if before is not None:
            query = query.where(Entry.id < before)
        return list(session.scalars(query.order_by(Entry.id.desc()).limit(limit)))
    low, high = _keys_between(session, wanted)
    if before is not None:
        high = before - 1 if high is None else min(high, before - 1)
    hit = text("entry_search MATCH :words").bindparams(words=words)
    # The unary plus keeps the planner from turning the join round and sorting all that was found.
    query = narrowed(select(_INDEX.c.rowid).select_from(_INDEX).join(Entry, Entry.id == _INDEX.c.rowid), wanted)
    query = query.where(hit)
    if low is not None:
        query = query.where(_INDEX.c.rowid >= low)
    if high is not None:
        query = query.where(_INDEX.c.rowid <= high)
    return list(session.scalars(query.order_by(_INDEX.c.rowid.desc()).limit(limit)))


def among_few(session: Session, query: Select[*tuple[Any, ...]], words: str) -> Select[*tuple[Any, ...]]:
    """`query` on Entry with the words asked of each row in turn: for filters that leave few rows (`few`)."""
    if session.get_bind().dialect.name != "sqlite":
        return query.where(Entry.id.in_(select(_INDEX.c.entry_id).where(_INDEX.c.body.op("@@")(cast(words, TSQUERY)))))
    hit = select(literal(1)).select_from(_INDEX)
    hit = hit.where(text("entry_search MATCH :words").bindparams(words=words), _INDEX.c.rowid == Entry.id)
    return query.where(hit.exists())


def few(wanted: Filter) -> bool:
    """The filter alone leaves few entries: practice, drafts, amended ones."""
    return wanted.drill is True or bool(wanted.states and EntryState.CONFIRMED not in wanted.states)


def _keys_between(session: Session, wanted: Filter) -> tuple[int | None, int | None]:
    """The lowest and highest key of the days asked for, so that the index need not be read outside them."""
    if wanted.since is None and wanted.until is None:
        return None, None
    query = select(func.min(Entry.id), func.max(Entry.id))
    if wanted.since is not None:
        query = query.where(Entry.occurred_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Entry.occurred_at < wanted.until)
    low, high = session.execute(query).one()
    return (0, -1) if low is None else (low, high)
