"""Questions about calls: the list, one call with all its parts, those that go on now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from models.queries.page import LIMIT, Page, at_key, bounded, read_at_key
from models.rules.calls import CallState, Direction, EventKind, LegKind
from models.tables import Call, CallEvent, CallLeg, Contact, Entry, Line, Officer, Seat, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One call as lists show it; empty texts are unknown, an empty `number` was hidden."""

    id: int
    pbx_id: str
    direction: Direction
    state: CallState
    drill: bool
    cut: bool
    message_left: bool
    number: str
    caller_name: str
    unit: str
    contact: str
    line: str
    line_label: str
    seat_id: int | None
    seat: str
    seat_label: str
    officer_id: int | None
    officer: str
    rang_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    entry_id: int | None

    @property
    def party(self) -> str:
        """Whom the directory knows behind the number, else the name that came with the call; empty when unknown."""
        return " ".join(part for part in (self.unit, self.contact) if part) or self.caller_name

    def ring_seconds(self, now: datetime) -> float:
        """How long it rang, up to now."""
        return max(0.0, ((self.answered_at or self.ended_at or now) - self.rang_at).total_seconds())

    def talk_seconds(self, now: datetime) -> float:
        """How long was spoken, up to now."""
        return max(0.0, ((self.ended_at or now) - self.answered_at).total_seconds()) if self.answered_at else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """One channel of a call."""

    channel: str
    name: str
    kind: LegKind
    seat: str
    number: str
    exten: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: int
    dialstatus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Hold, return, transfer, message."""

    kind: EventKind
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail:
    """A call with everything that happened in it."""

    call: CallView
    legs: tuple[LegView, ...]
    events: tuple[EventView, ...]


_WHOLE = func.coalesce(Call.part_of_id, 0) == 0
"""Not a part of another call; as an expression, because nearly all calls are whole and their index only misleads."""


def listed(
    session: Session,
    *,
    limit: int = LIMIT,
    cursor: str | None = None,
    state: CallState | None = None,
    drill: bool | None = None,
) -> Page[CallView]:
    """Calls, the newest first; parts of another call are not listed."""
    query = _select().where(_WHOLE).order_by(Call.rang_at.desc(), Call.id.desc())
    if state is not None:
        query = query.where(Call.state == state)
    if drill is not None:
        query = query.where(Call.drill.is_(drill))
    if cursor is not None:
        query = query.where(tuple_(Call.rang_at, Call.id) < read_at_key(cursor))
    rows = session.execute(query.limit(bounded(limit) + 1)).all()
    items = tuple(_view(row) for row in rows[:limit])
    return Page(items, at_key(items[-1].rang_at, items[-1].id) if len(rows) > limit else None)


def going_on(session: Session) -> tuple[CallView, ...]:
    """What rings or is spoken now, the oldest first."""
    query = _select().where(Call.state.in_([CallState.RINGING, CallState.ANSWERED]), _WHOLE)
    # Sorted here: asked to sort, the database walks through all calls in that order instead of the few that go on.
    return tuple(sorted((_view(row) for row in session.execute(query)), key=lambda view: (view.rang_at, view.id)))


def latest_at(session: Session, seat_id: int) -> CallView | None:
    """The call that this seat took or made last."""
    query = _select().where(Call.seat_id == seat_id, _WHOLE).order_by(Call.id.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return _view(row) if row else None


def get(session: Session, call_id: int) -> CallView | None:
    """One call, or None."""
    row = session.execute(_select().where(Call.id == call_id)).one_or_none()
    return _view(row) if row else None


def detail(session: Session, call_id: int) -> CallDetail | None:
    """One call with its legs and events, those of its parts too; or None."""
    call = get(session, call_id)
    if call is None:
        return None
    parts = select(Call.id).where((Call.id == call_id) | (Call.part_of_id == call_id))
    legs = session.execute(
        select(CallLeg, Seat.number)
        .outerjoin(Seat, Seat.id == CallLeg.seat_id)
        .where(CallLeg.call_id.in_(parts))
        .order_by(CallLeg.started_at, CallLeg.id)
    ).all()
    events = session.scalars(
        select(CallEvent).where(CallEvent.call_id.in_(parts)).order_by(CallEvent.at, CallEvent.id)
    ).all()
    return CallDetail(
        call=call,
        legs=tuple(
            LegView(
                channel=leg.channel,
                name=leg.name,
                kind=leg.kind,
                seat=seat or "",
                number=leg.number,
                exten=leg.exten,
                started_at=leg.started_at,
                answered_at=leg.answered_at,
                ended_at=leg.ended_at,
                cause=leg.cause,
                dialstatus=leg.dialstatus,
            )
            for leg, seat in legs
        ),
        events=tuple(EventView(kind=event.kind, at=event.at, detail=event.detail) for event in events),
    )


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Call.id,
            Call.pbx_id,
            Call.direction,
            Call.state,
            Call.drill,
            Call.cut,
            Call.message_left,
            Call.number,
            Call.caller_name,
            Unit.name.label("unit"),
            Contact.name.label("contact"),
            Line.name.label("line"),
            Line.label.label("line_label"),
            Call.seat_id,
            Seat.number.label("seat"),
            Seat.label.label("seat_label"),
            Call.officer_id,
            Officer.name.label("officer"),
            Call.rang_at,
            Call.answered_at,
            Call.ended_at,
            Entry.id.label("entry_id"),
        )
        .outerjoin(Unit, Unit.id == Call.unit_id)
        .outerjoin(Contact, Contact.id == Call.contact_id)
        .outerjoin(Line, Line.id == Call.line_id)
        .outerjoin(Seat, Seat.id == Call.seat_id)
        .outerjoin(Officer, Officer.id == Call.officer_id)
        .outerjoin(Entry, Entry.call_id == Call.id)
    )


_TEXTS = ("unit", "contact", "line", "line_label", "seat", "seat_label", "officer")


def _view(row: Row[Any]) -> CallView:
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - the row's public view of its columns
    return CallView(**(values | {key: values[key] or "" for key in _TEXTS}))
