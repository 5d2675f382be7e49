"""The directory as lists: every number with its unit and person, and how old that knowledge is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.queries.page import LIMIT, Page, bounded, read_key
from models.store.lookup import digits
from models.tables import Contact, Number, Unit


@dataclass(frozen=True, slots=True)
class NumberView:
    """One number; `contact` and `post` are empty for a number of the whole unit."""

    id: int
    number: str
    unit: str
    contact: str
    post: str
    label: str
    verified_at: datetime | None


def listed(session: Session, words: str = "", *, limit: int = LIMIT, cursor: str | None = None) -> Page[NumberView]:
    """Numbers whose unit or person is named like `words`, has these pinyin initials, or whose digits contain them."""
    limit = bounded(limit)
    query = (
        select(Number.id, Number.digits, Unit.name, Contact.name, Contact.post, Number.label, Number.verified_at)
        .outerjoin(Contact, Contact.id == Number.contact_id)
        .outerjoin(Unit, or_(Unit.id == Number.unit_id, Unit.id == Contact.unit_id))
        .order_by(Number.id)
        .limit(limit + 1)
    )
    for word in words.split():
        ways = [
            Unit.name.contains(word, autoescape=True),
            Contact.name.contains(word, autoescape=True),
            Unit.initials.startswith(word.lower(), autoescape=True),
            Contact.initials.startswith(word.lower(), autoescape=True),
        ]
        if digits(word):
            ways.append(Number.digits.contains(digits(word)))
        query = query.where(or_(*ways))
    if cursor is not None:
        query = query.where(Number.id > read_key(cursor))
    rows = session.execute(query).all()
    items = tuple(
        NumberView(key, number, unit or "", contact or "", post or "", label, verified)
        for key, number, unit, contact, post, label, verified in rows[:limit]
    )
    return Page(items, str(items[-1].id) if len(rows) > limit else None)
