"""Questions about matters: what is open, and one matter with its records."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from models.queries.page import LIMIT, Page, at_key, bounded, read_at_key
from models.tables import Entry, Matter, Officer, Reassignment
from models.tables.matters import MatterState


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterView:
    """One matter; `entries` are the keys of the records that it stands on (single matter only)."""

    id: int
    title: str
    state: MatterState
    drill: bool
    owner_id: int
    owner: str
    opened_at: datetime
    answer: str
    answered_at: datetime | None
    outcome: str
    closed_at: datetime | None
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """An offer to pass a matter on that was not settled yet."""

    id: int
    to_id: int
    to: str
    reason: str
    offered_at: datetime


OPEN = (MatterState.OPEN, MatterState.ANSWERED)


def listed(
    session: Session, *, limit: int = LIMIT, cursor: str | None = None, states: tuple[MatterState, ...] = OPEN
) -> Page[MatterView]:
    """Matters in the given states, the newest first."""
    query = (
        select(Matter, Officer.name)
        .join(Officer, Officer.id == Matter.owner_id)
        .where(Matter.state.in_(states))
        .order_by(Matter.opened_at.desc(), Matter.id.desc())
    )
    if cursor is not None:
        query = query.where(tuple_(Matter.opened_at, Matter.id) < read_at_key(cursor))
    rows = session.execute(query.limit(bounded(limit) + 1)).all()
    items = tuple(_view(matter, owner) for matter, owner in rows[:limit])
    return Page(items, at_key(items[-1].opened_at, items[-1].id) if len(rows) > limit else None)


def get(session: Session, matter_id: int) -> MatterView | None:
    """One matter with its records, or None."""
    matter = session.get(Matter, matter_id)
    if matter is None:
        return None
    entries = session.scalars(select(Entry.id).where(Entry.matter_id == matter_id).order_by(Entry.occurred_at)).all()
    return _view(matter, matter.owner.name, tuple(entries))


def offered(session: Session, matter_id: int) -> OfferView | None:
    """The newest offer of the matter that is still open, or None."""
    row = session.execute(
        select(Reassignment, Officer.name)
        .join(Officer, Officer.id == Reassignment.to_id)
        .join(Matter, Matter.id == Reassignment.matter_id)
        .where(
            Reassignment.matter_id == matter_id,
            Reassignment.accepted_at.is_(None),
            Reassignment.declined_at.is_(None),
            Reassignment.from_id == Matter.owner_id,
        )
        .order_by(Reassignment.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    offer, name = row
    return OfferView(id=offer.id, to_id=offer.to_id, to=name, reason=offer.reason, offered_at=offer.offered_at)


def _view(matter: Matter, owner: str, entries: tuple[int, ...] = ()) -> MatterView:
    return MatterView(
        id=matter.id,
        title=matter.title,
        state=matter.state,
        drill=matter.drill,
        owner_id=matter.owner_id,
        owner=owner,
        opened_at=matter.opened_at,
        answer=matter.answer,
        answered_at=matter.answered_at,
        outcome=matter.outcome,
        closed_at=matter.closed_at,
        entries=entries,
    )
