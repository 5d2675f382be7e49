"""How far a follower has read: moves with what was read, and is no part of the record."""

from typing import Any

from models.store.engine import Record
from models.store.unit import UnitOfWork
from models.tables import Bookmark


def read(record: Record, name: str) -> dict[str, Any] | None:
    """The follower's last place; None at the very first start."""
    with record.reading() as session:
        found = session.get(Bookmark, name)
        return dict(found.value) if found else None


def move(uow: UnitOfWork, name: str, value: dict[str, Any]) -> None:
    """The follower has read on to `value`."""
    found = uow.session.get(Bookmark, name)
    if found is None:
        uow.session.add(Bookmark(name=name, value=value))
    else:
        found.value = value
