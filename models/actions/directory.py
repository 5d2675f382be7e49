"""The directory (Art. 17): units, people, numbers, places."""

from sqlalchemy import select

from models.errors import Refused
from models.pinyin import initials
from models.store import lookup
from models.store.unit import UnitOfWork, subject
from models.tables import Contact, Number, Place, Unit


def add_unit(uow: UnitOfWork, name: str) -> Unit:
    """The unit of that name, made when it is new."""
    name = _named(name)
    found = uow.session.scalars(select(Unit).where(Unit.name == name)).one_or_none()
    if found is not None:
        return found
    with uow.action("directory.unit_added") as account:
        unit = Unit(name=name, initials=initials(name)[:64])
        uow.session.add(unit)
        uow.session.flush()
        account.subject = subject("unit", unit.id)
    return unit


def add_contact(uow: UnitOfWork, name: str, *, unit_id: int | None, post: str = "") -> Contact:
    """A person; the same name in the same unit is the same person."""
    name = _named(name)
    found = uow.session.scalars(select(Contact).where(Contact.name == name, Contact.unit_id == unit_id)).one_or_none()
    if found is not None:
        return found
    with uow.action("directory.contact_added") as account:
        contact = Contact(name=name, post=post.strip()[:200], unit_id=unit_id, initials=initials(name)[:64])
        uow.session.add(contact)
        uow.session.flush()
        account.subject = subject("contact", contact.id)
    return contact


def add_number(
    uow: UnitOfWork, number: str, *, unit_id: int | None = None, contact_id: int | None = None, label: str = ""
) -> Number:
    """A telephone number of a unit or a person. Raises Refused when it has no digits or belongs to nobody."""
    bare = lookup.digits(number)
    if not bare or len(bare) > 32:
        raise Refused("'{number}' is not a telephone number", number=number)
    if unit_id is None and contact_id is None:
        raise Refused("a number belongs to a unit or a person: say to whom")
    found = uow.session.scalars(
        select(Number).where(Number.digits == bare, Number.unit_id == unit_id, Number.contact_id == contact_id)
    ).one_or_none()
    if found is not None:
        return found
    with uow.action("directory.number_added") as account:
        row = Number(digits=bare, unit_id=unit_id, contact_id=contact_id, label=label, verified_at=uow.now)
        uow.session.add(row)
        uow.session.flush()
        account.subject = subject("number", row.id)
    return row


def add_place(uow: UnitOfWork, name: str) -> Place:
    """A name on the map that callers use."""
    name = _named(name)
    found = uow.session.scalars(select(Place).where(Place.name == name)).one_or_none()
    if found is not None:
        return found
    with uow.action("directory.place_added") as account:
        place = Place(name=name)
        uow.session.add(place)
        uow.session.flush()
        account.subject = subject("place", place.id)
    return place


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Refused("a name needs between 1 and 200 characters")
    return name
