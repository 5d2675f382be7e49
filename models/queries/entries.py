"""Questions about the duty log: pages of it, what waits to be confirmed, one entry with all that it rests on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from models.queries import calls, recordings, search
from models.queries.page import LIMIT, Page, at_key, bounded, read_at_key, read_key
from models.queries.recordings import Phrase, RecordingView
from models.rules.calls import CallState, Direction
from models.rules.elements import KEYS
from models.rules.elements.forms import ASKED_FIRST
from models.tables import Amendment, Call, Entry, EntryElement, Officer
from models.tables.entries import Author, EntryKind, EntryState

SUMMARY = 160
"""Characters of an entry's text that lists carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries: `words` as typed (text of two characters and up, numbers, initials), from `since` to `until`."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    states: frozenset[EntryState] = frozenset()
    drill: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One line of the log; `text` is the beginning of the officer's words, or of the machine's while it is a draft."""

    id: int
    kind: EntryKind
    state: EntryState
    drill: bool
    occurred_at: datetime
    source: str
    text: str
    stated: int
    owner_id: int | None
    owner: str
    confirmed_by: str
    matter_id: int | None
    call_id: int | None
    direction: Direction | None
    call_state: CallState | None
    message_left: bool
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementView:
    """One of the eleven: the machine's draft and, beside it, the officer's words (None: not written)."""

    key: str
    stated: bool = False
    text: str = ""
    value: Any = None
    spans: tuple[dict[str, Any], ...] = ()
    written: str | None = None

    @property
    def said(self) -> str:
        """What counts: the officer's words where there are any."""
        return self.text if self.written is None else self.written


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentView:
    """What was changed after the confirmation, why and by whom."""

    before: str
    after: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One entry with everything it rests on: `draft` is the machine's text, `text` the officer's."""

    row: EntryRow
    draft: str
    text: str
    confirmed_at: datetime | None
    owned_at: datetime | None
    elements: tuple[ElementView, ...]
    amendments: tuple[AmendmentView, ...]
    call: calls.CallView | None
    recordings: tuple[RecordingView, ...] = ()
    phrases: tuple[Phrase, ...] = ()


def listed(
    session: Session, wanted: Filter | None = None, *, limit: int = LIMIT, cursor: str | None = None
) -> Page[EntryRow]:
    """The log, the newest first; with words that many entries have, in the order of entering."""
    wanted = wanted or Filter()
    limit = bounded(limit)
    words = search.phrase(session, wanted.words)
    if words is not None and not search.few(wanted):
        keys = search.found(session, wanted, limit + 1, None if cursor is None else read_key(cursor))
        return Page(rows(session, keys[:limit]), str(keys[limit - 1]) if len(keys) > limit else None)
    query = search.narrowed(select(Entry.occurred_at, Entry.id), wanted)
    if words is not None:
        query = search.among_few(session, query, words)
    if cursor is not None:
        query = query.where(tuple_(Entry.occurred_at, Entry.id) < read_at_key(cursor))
    found = session.execute(query.order_by(Entry.occurred_at.desc(), Entry.id.desc()).limit(limit + 1)).all()
    return Page(
        rows(session, [key for _, key in found[:limit]]), at_key(*found[limit - 1]) if len(found) > limit else None
    )


def pending(session: Session, limit: int = 100) -> tuple[EntryRow, ...]:
    """Drafts whose call is over: what nobody owns first, then the newest first."""
    query = (
        select(Entry.id)
        .outerjoin(Call, Call.id == Entry.call_id)
        .where(
            Entry.state == EntryState.DRAFT,
            Call.state.is_(None) | Call.state.not_in([CallState.RINGING, CallState.ANSWERED]),
        )
        .order_by(Entry.owner_id.is_not(None), Entry.occurred_at.desc(), Entry.id.desc())
        .limit(limit)
    )
    return rows(session, list(session.scalars(query)))


def get(session: Session, entry_id: int) -> EntryView | None:
    """One entry, or None."""
    entry = session.get(Entry, entry_id)
    if entry is None:
        return None
    (row,) = rows(session, [entry_id])
    heard = recordings.of_call(session, entry.call_id) if entry.call_id else ()
    changes = session.execute(
        select(Amendment, Officer.name)
        .join(Officer, Officer.id == Amendment.by_id)
        .where(Amendment.entry_id == entry_id)
        .order_by(Amendment.id)
    ).all()
    return EntryView(
        row=row,
        draft=entry.draft,
        text=entry.text,
        confirmed_at=entry.confirmed_at,
        owned_at=entry.owned_at,
        elements=elements(session, entry_id),
        amendments=tuple(
            AmendmentView(before=change.before, after=change.after, reason=change.reason, by=name, at=change.at)
            for change, name in changes
        ),
        call=calls.get(session, entry.call_id) if entry.call_id else None,
        recordings=heard,
        phrases=recordings.phrases(session, entry.call_id, heard) if entry.call_id else (),
    )


def elements(session: Session, entry_id: int) -> tuple[ElementView, ...]:
    """The eleven elements of an entry in the regulation's order."""
    found = session.scalars(select(EntryElement).where(EntryElement.entry_id == entry_id)).all()
    machine = {row.key: row for row in found if row.author is Author.MACHINE}
    officer = {row.key: row.text for row in found if row.author is Author.OFFICER}
    views = []
    for key in KEYS:
        row = machine.get(key)
        views.append(
            ElementView(
                key=key,
                stated=row.stated if row else False,
                text=row.text if row else "",
                value=row.value if row else None,
                spans=tuple(row.spans) if row else (),
                written=officer.get(key),
            )
        )
    return tuple(views)


def to_ask(found: tuple[ElementView, ...]) -> tuple[str, ...]:
    """The keys that are still missing, the most urgent question first."""
    said = {element.key for element in found if element.said}
    return tuple(key for key in ASKED_FIRST if key not in said)


_confirmer = aliased(Officer)


def rows(session: Session, keys: list[int]) -> tuple[EntryRow, ...]:
    """The entries of `keys` in that order."""
    if not keys:
        return ()
    found = {row.id: row for row in session.execute(_select().where(Entry.id.in_(keys)))}
    return tuple(_row(found[key]) for key in keys if key in found)


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Entry.id,
            Entry.kind,
            Entry.state,
            Entry.drill,
            Entry.occurred_at,
            Entry.source,
            func.substr(func.coalesce(func.nullif(Entry.text, ""), Entry.draft), 1, SUMMARY).label("text"),
            Entry.stated,
            Entry.owner_id,
            Officer.name.label("owner"),
            _confirmer.name.label("confirmed_by"),
            Entry.matter_id,
            Entry.call_id,
            Call.direction,
            Call.state.label("call_state"),
            Call.message_left,
            Call.number,
        )
        .outerjoin(Officer, Officer.id == Entry.owner_id)
        .outerjoin(_confirmer, _confirmer.id == Entry.confirmed_by_id)
        .outerjoin(Call, Call.id == Entry.call_id)
    )


_TEXTS = ("owner", "confirmed_by", "number")


def _row(row: Row[Any]) -> EntryRow:
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - the row's public view of its columns
    values |= {key: values[key] or "" for key in _TEXTS}
    values["message_left"] = bool(values["message_left"])
    return EntryRow(**values)
