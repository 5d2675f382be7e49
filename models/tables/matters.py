"""Matters (Art. 5, 7): what must be followed until there is an answer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.tables.base import UNJOURNALLED, Base, Key, Name, code
from models.tables.people import Officer


class MatterState(StrEnum):
    """open -> answered -> closed."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Matter(Base):
    """Owned by exactly one officer at every moment; closes only with an outcome told back to its source."""

    __tablename__ = "matters"
    __table_args__ = (Index("ix_matters_state_order", "state", "opened_at", "id"),)

    id: Mapped[Key]
    title: Mapped[Name]
    state: Mapped[MatterState] = mapped_column(code(MatterState), default=MatterState.OPEN)
    drill: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    opened_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, info=UNJOURNALLED)

    owner: Mapped[Officer] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and shape are SQLAlchemy's


class Reassignment(Base):
    """An offer to pass a matter on: ownership moves only when the receiver accepts (Art. 7)."""

    __tablename__ = "reassignments"

    id: Mapped[Key]
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    reason: Mapped[str]
    offered_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
