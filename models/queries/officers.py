"""Questions about people and seats: who has an account, who sits where."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.queries.page import LIMIT, Page, bounded, read_key
from models.tables import Officer, Seat, SignIn
from models.tables.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerView:
    """An account; `seats` are the numbers of those where the officer sits now."""

    id: int
    name: str
    initials: str
    role: Role
    active: bool
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """A desk and who sits there since when; `officer` empty: it is free."""

    id: int
    number: str
    label: str
    endpoint: str
    officer_id: int | None
    officer: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody at work at a console; without a seat only to look."""

    sign_in: int
    officer_id: int
    name: str
    role: Role
    seat_id: int | None
    seat: str
    seat_label: str

    @property
    def writes(self) -> bool:
        """May confirm, amend and own (Art. 11)."""
        return self.role in (Role.OFFICER, Role.LEADER)


def listed(
    session: Session, *, limit: int = LIMIT, cursor: str | None = None, everybody: bool = False
) -> Page[OfficerView]:
    """Accounts in the order in which they were made; dismissed ones only with `everybody`."""
    query = select(Officer).order_by(Officer.id)
    if not everybody:
        query = query.where(Officer.active)
    if cursor is not None:
        query = query.where(Officer.id > read_key(cursor))
    found = session.scalars(query.limit(bounded(limit) + 1)).all()
    page = found[:limit]
    sitting = session.execute(
        select(SignIn.officer_id, Seat.number)
        .join(Seat, Seat.id == SignIn.seat_id)
        .where(SignIn.ended_at.is_(None), SignIn.officer_id.in_([row.id for row in page]))
        .order_by(Seat.number)
    ).all()
    items = tuple(
        OfficerView(
            id=row.id,
            name=row.name,
            initials=row.initials,
            role=row.role,
            active=row.active,
            seats=tuple(number for officer, number in sitting if officer == row.id),
        )
        for row in page
    )
    return Page(items, str(page[-1].id) if len(found) > limit else None)


def matching(session: Session, typed: str, limit: int = 8) -> tuple[str, ...]:
    """Names that begin with what was typed, or whose pinyin initials do."""
    typed = typed.strip()
    query = select(Officer.name).where(Officer.active).order_by(Officer.name).limit(limit)
    if typed:
        query = query.where(
            or_(
                Officer.name.startswith(typed, autoescape=True),
                Officer.initials.startswith(typed.lower(), autoescape=True),
            )
        )
    return tuple(session.scalars(query))


def anybody(session: Session) -> bool:
    """There is an account that can be used; otherwise the first one may be made."""
    return bool(session.scalar(select(func.count()).select_from(Officer).where(Officer.active)))


def seats(session: Session) -> tuple[SeatView, ...]:
    """Every configured seat, by number."""
    rows = session.execute(
        select(Seat, SignIn.started_at, Officer.id, Officer.name)
        .outerjoin(SignIn, and_(SignIn.seat_id == Seat.id, SignIn.ended_at.is_(None)))
        .outerjoin(Officer, Officer.id == SignIn.officer_id)
        .where(Seat.active)
        .order_by(Seat.number)
    ).all()
    return tuple(
        SeatView(
            id=seat.id,
            number=seat.number,
            label=seat.label,
            endpoint=seat.endpoint,
            officer_id=officer_id,
            officer=name or "",
            since=since,
        )
        for seat, since, officer_id, name in rows
    )


def signed_in(session: Session, sign_in_id: int) -> SignedIn | None:
    """Who this sign-in put where; None when it has ended."""
    row = session.get(SignIn, sign_in_id)
    if row is None or row.ended_at is not None:
        return None
    return SignedIn(
        sign_in=row.id,
        officer_id=row.officer_id,
        name=row.officer.name,
        role=row.officer.role,
        seat_id=row.seat_id,
        seat=row.seat.number if row.seat else "",
        seat_label=row.seat.label if row.seat else "",
    )


def seat_of(session: Session, officer_id: int) -> int | None:
    """The seat where the officer sits now; None when at none."""
    return session.scalar(
        select(SignIn.seat_id).where(
            SignIn.officer_id == officer_id, SignIn.ended_at.is_(None), SignIn.seat_id.is_not(None)
        )
    )
