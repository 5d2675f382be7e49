"""The duty log (Art. 8): drafts by machine, confirmed by officers, amended with a reason."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from models.tables.base import UNJOURNALLED, Base, Key, Name, Short, code
from models.tables.calls import Call
from models.tables.matters import Matter
from models.tables.people import Officer


class EntryState(StrEnum):
    """draft -> confirmed -> amended; folded: its call turned out to be part of another call."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    AMENDED = "amended"
    FOLDED = "folded"


class EntryKind(StrEnum):
    """Where the entry comes from."""

    CALL = "call"
    MANUAL = "manual"


class Author(StrEnum):
    """A machine drafts, an officer confirms: both texts stay."""

    MACHINE = "machine"
    OFFICER = "officer"


class Entry(Base):
    """One line of the duty log. `draft` is the machine's text, `text` the officer's.

    `taken`: an officer took it by hand, so that what the PBX tells later moves it no more.
    """

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_order", "occurred_at", "id"),
        Index("ix_entries_state_order", "state", "occurred_at", "id"),
        Index("ix_entries_drill_order", "drill", "occurred_at", "id"),
    )

    id: Mapped[Key]
    kind: Mapped[EntryKind] = mapped_column(code(EntryKind))
    state: Mapped[EntryState] = mapped_column(code(EntryState), default=EntryState.DRAFT)
    drill: Mapped[bool] = mapped_column(default=False)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    occurred_at: Mapped[datetime]
    source: Mapped[Name] = mapped_column(default="")
    draft: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    stated: Mapped[int] = mapped_column(default=0)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"), index=True)
    owned_at: Mapped[datetime | None]
    taken: Mapped[bool] = mapped_column(default=False)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"), index=True)
    version: Mapped[int] = mapped_column(default=1, info=UNJOURNALLED)

    call: Mapped[Call | None] = relationship()
    owner: Mapped[Officer | None] = relationship(foreign_keys=[owner_id])
    confirmed_by: Mapped[Officer | None] = relationship(foreign_keys=[confirmed_by_id])
    matter: Mapped[Matter | None] = relationship()
    elements: Mapped[list["EntryElement"]] = relationship(order_by="EntryElement.id")
    amendments: Mapped[list["Amendment"]] = relationship(order_by="Amendment.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and shape are SQLAlchemy's


class EntryElement(Base):
    """One of the eleven elements (Art. 9(1)), as the machine drafted it and, beside it, as the officer wrote it."""

    __tablename__ = "entry_elements"
    __table_args__ = (UniqueConstraint("entry_id", "key", "author"),)

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    key: Mapped[Short]
    author: Mapped[Author] = mapped_column(code(Author))
    stated: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(default="")
    value: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    spans: Mapped[list[Any]] = mapped_column(default=list)
    """Spans as in domain.md, each with its `recording`, `segment` and `at`, the second where its turn begins."""


class Amendment(Base):
    """A confirmed entry is only ever amended: what it was, what it is, why, by whom."""

    __tablename__ = "amendments"

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    field: Mapped[Short]
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    at: Mapped[datetime]

    by: Mapped[Officer] = relationship()
