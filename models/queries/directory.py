"""Questions about the directory: numbers and whose they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from models.queries.page import LIMIT, Page, bounded, read_key
from models.store.lookup import digits
from models.tables import Contact, Number, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """One number; `verified_at` says how old it is."""

    id: int
    digits: str
    label: str
    unit: str
    contact: str
    post: str
    verified_at: datetime | None


def listed(session: Session, *, limit: int = LIMIT, cursor: str | None = None) -> Page[NumberView]:
    """All numbers in the order in which they were written down."""
    query = _select().order_by(Number.id)
    if cursor is not None:
        query = query.where(Number.id > read_key(cursor))
    rows = session.execute(query.limit(bounded(limit) + 1)).all()
    items = tuple(_view(row) for row in rows[:limit])
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


def matching(session: Session, typed: str, limit: int = 8) -> tuple[NumberView, ...]:
    """Numbers whose unit or person contains `typed` or begins with it as initials, or whose digits contain it."""
    typed, bare = typed.strip(), digits(typed)
    if not typed:
        return ()
    ways = [
        Unit.name.contains(typed, autoescape=True),
        Contact.name.contains(typed, autoescape=True),
        Unit.initials.startswith(typed.lower(), autoescape=True),
        Contact.initials.startswith(typed.lower(), autoescape=True),
    ]
    if bare:
        ways.append(Number.digits.contains(bare, autoescape=True))
    rows = session.execute(_select().where(or_(*ways)).order_by(Number.id).limit(limit))
    return tuple(_view(row) for row in rows)


def _select() -> Select[*tuple[Any, ...]]:

    return (
        select(
            Number.id,
            Number.digits,
            Number.label,
            func.coalesce(Unit.name, "").label("unit"),
            func.coalesce(Contact.name, "").label("contact"),
            func.coalesce(Contact.post, "").label("post"),
            Number.verified_at,
        )
        .outerjoin(Contact, Contact.id == Number.contact_id)
        .outerjoin(Unit, Unit.id == func.coalesce(Number.unit_id, Contact.unit_id))
    )


def _view(row: Row[Any]) -> NumberView:
    return NumberView(**row._mapping)  # noqa: SLF001 - the row's public view of its columns
