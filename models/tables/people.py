"""Officers, the seats they sit at, and when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.tables.base import UNJOURNALLED, Base, Key, Name, Short, code


class Role(StrEnum):
    """What a person may do here (Art. 11): officers write, inspectors replay and verify, supervisors watch."""

    OFFICER = "officer"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"


class Officer(Base):
    """A person with an account. `locked_until` slows whoever guesses secrets."""

    __tablename__ = "officers"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    initials: Mapped[Short] = mapped_column(default="")
    role: Mapped[Role] = mapped_column(code(Role), default=Role.OFFICER)
    secret_hash: Mapped[str] = mapped_column(default="", info=UNJOURNALLED)
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class Seat(Base):
    """A desk with an extension."""

    __tablename__ = "seats"

    id: Mapped[Key]
    number: Mapped[Short] = mapped_column(unique=True)
    label: Mapped[Name]
    endpoint: Mapped[Name] = mapped_column(index=True)
    """Unique among the active ones (the configuration sees to it): a desk may be numbered anew."""
    active: Mapped[bool] = mapped_column(default=True)


class SignIn(Base):
    """Somebody on duty from `started_at` until `ended_at`; at a seat, or without one (inspector, supervisor)."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index(
            "uq_sign_ins_open_seat",
            "seat_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    officer: Mapped[Officer] = relationship()
    seat: Mapped[Seat | None] = relationship()
