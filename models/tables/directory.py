"""The directory (Art. 17): units, people, their numbers, and the places that calls speak of."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.tables.base import Base, Key, Name, Short


class Unit(Base):
    """A lower-level or peer duty room, department, hospital."""

    __tablename__ = "units"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    initials: Mapped[Short] = mapped_column(default="", index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)


class Contact(Base):
    """A person of a unit."""

    __tablename__ = "contacts"

    id: Mapped[Key]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[Name]
    post: Mapped[Name] = mapped_column(default="")
    initials: Mapped[Short] = mapped_column(default="", index=True)

    unit: Mapped[Unit | None] = relationship()


class Number(Base):
    """A telephone number of a unit or a person: `digits` is what callers are matched by."""

    __tablename__ = "numbers"

    id: Mapped[Key]
    digits: Mapped[Short] = mapped_column(index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    label: Mapped[Name] = mapped_column(default="")
    verified_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship()
    contact: Mapped[Contact | None] = relationship()


class Place(Base):
    """A name on the map that callers use: villages, roads, reservoirs."""

    __tablename__ = "places"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
