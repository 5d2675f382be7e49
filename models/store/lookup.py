"""Small questions that actions and queries both ask."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.elements import Vocabulary
from models.rules.ownership import Watch
from models.tables import Contact, Number, Place, SignIn, Unit

MATCHING_DIGITS = 7
"""A number without its area code still identifies: as many last digits must agree, and only one entry may fit."""


def digits(number: str) -> str:
    """What numbers are compared by: digits only, 0086 and +86 dropped."""
    bare = "".join(sign for sign in number if sign.isdigit() and sign.isascii())
    for prefix in ("0086", "86"):
        if bare.startswith(prefix) and len(bare) > 11 and (prefix == "0086" or number.startswith("+")):
            return bare.removeprefix(prefix)
    return bare


def identify(session: Session, number: str) -> tuple[int | None, int | None]:
    """Unit and contact behind `number` in the directory; None where it is unknown or ambiguous."""
    bare = digits(number)
    if not bare:
        return None, None
    found = session.scalars(select(Number).where(Number.digits == bare)).all()
    if not found and len(bare) >= MATCHING_DIGITS:
        tail = bare[-MATCHING_DIGITS:]
        near = session.scalars(select(Number).where(Number.digits.endswith(tail, autoescape=True))).all()
        found = [row for row in near if bare.endswith(row.digits) or row.digits.endswith(bare)]
    units = {row.unit_id or (row.contact.unit_id if row.contact else None) for row in found}
    contacts = {row.contact_id for row in found}
    return (units.pop() if len(units) == 1 else None), (contacts.pop() if len(contacts) == 1 else None)


def watches(session: Session, seat_id: int | None) -> list[Watch]:
    """Who sat at the seat when."""
    if seat_id is None:
        return []
    rows = session.scalars(select(SignIn).where(SignIn.seat_id == seat_id))
    return [Watch(row.officer_id, seat_id, row.started_at, row.ended_at) for row in rows]


def vocabulary(session: Session) -> Vocabulary:
    """The names that the directory knows, for drafting elements and for the speech model's prompt."""
    units = session.scalars(select(Unit.name)).all()
    places = session.scalars(select(Place.name)).all()
    return Vocabulary(places=frozenset(places), units=frozenset(units))


def party(session: Session, unit_id: int | None, contact_id: int | None) -> str:
    """How a known caller is called on screens: unit, and person where known; empty when unknown."""
    unit = session.get(Unit, unit_id) if unit_id else None
    contact = session.get(Contact, contact_id) if contact_id else None
    return " ".join(part for part in (unit.name if unit else "", contact.name if contact else "") if part)
