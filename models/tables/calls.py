"""Calls as the PBX saw them: every channel is a leg, every hold and transfer an event."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.rules.calls import CallState, Direction, EventKind, LegKind
from models.tables.base import Base, Key, Name, Short, code
from models.tables.directory import Contact, Unit
from models.tables.lines import Line
from models.tables.people import Officer, Seat

_PART = text("part_of_id IS NOT NULL")


class Call(Base):
    """One call, keyed by the PBX's linkedid. Everything but the key is derived from its legs (models.rules.calls).

    A call that turned out to be a part of an older one (`part_of_id`) has no legs left and says what that one says.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_order", "rang_at", "id"),
        # Of parts only: SQLite would find "part of nothing" by it, which is nearly all calls there are.
        Index("ix_calls_part_of_id", "part_of_id", sqlite_where=_PART, postgresql_where=_PART),
    )

    id: Mapped[Key]
    pbx_id: Mapped[Name] = mapped_column(unique=True)
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    direction: Mapped[Direction] = mapped_column(code(Direction))
    state: Mapped[CallState] = mapped_column(code(CallState), index=True)
    drill: Mapped[bool] = mapped_column(default=False)
    cut: Mapped[bool] = mapped_column(default=False)
    message_left: Mapped[bool] = mapped_column(default=False)
    number: Mapped[Short] = mapped_column(default="", index=True)
    caller_name: Mapped[Name] = mapped_column(default="")
    line_id: Mapped[int | None] = mapped_column(ForeignKey("lines.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"), index=True)
    rang_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    legs: Mapped[list["CallLeg"]] = relationship(back_populates="call", order_by="CallLeg.started_at")
    events: Mapped[list["CallEvent"]] = relationship(order_by="CallEvent.at")
    line: Mapped[Line | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    seat: Mapped[Seat | None] = relationship()
    officer: Mapped[Officer | None] = relationship()


class CallLeg(Base):
    """One channel of a call: the caller, a desk that rang, a party that was dialled."""

    __tablename__ = "call_legs"

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    channel: Mapped[Name] = mapped_column(unique=True)
    name: Mapped[Name] = mapped_column(default="")
    kind: Mapped[LegKind] = mapped_column(code(LegKind))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("lines.id"), index=True)
    number: Mapped[Short] = mapped_column(default="")
    caller_name: Mapped[Name] = mapped_column(default="")
    display_name: Mapped[Name] = mapped_column(default="")
    """The name from the raw SIP header, where Asterisk's own has lost its Chinese."""
    exten: Mapped[Short] = mapped_column(default="")
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    bridged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cause: Mapped[int] = mapped_column(default=0)
    dialstatus: Mapped[Short] = mapped_column(default="")

    call: Mapped[Call] = relationship(back_populates="legs")


class CallEvent(Base):
    """Hold, return, transfer, message: what happened within a call, once each.

    `other`: the channel whose call an attended transfer joins to this one.
    """

    __tablename__ = "call_events"
    __table_args__ = (UniqueConstraint("channel", "kind", "at"),)

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    channel: Mapped[Name]
    kind: Mapped[EventKind] = mapped_column(code(EventKind))
    at: Mapped[datetime]
    detail: Mapped[Name] = mapped_column(default="")
    other: Mapped[Name] = mapped_column(default="", index=True)
