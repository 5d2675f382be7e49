"""What a console asks of the daemon: the record is their only meeting point."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import UNJOURNALLED, Base, Key, code


class RequestKind(StrEnum):
    """What can be asked for. Payloads: dial {number}, play {recording, start, channel}, practice {script}."""

    DIAL = "dial"
    PLAY = "play"
    PRACTICE = "practice"


class RequestState(StrEnum):
    """asked -> taken -> done | failed; a request too old to be carried out is failed, and says so."""

    ASKED = "asked"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"


class Request(Base):
    """One wish and what became of it."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_work", "state", "id"),)

    id: Mapped[Key]
    kind: Mapped[RequestKind] = mapped_column(code(RequestKind))
    payload: Mapped[dict[str, Any]]
    state: Mapped[RequestState] = mapped_column(code(RequestState), default=RequestState.ASKED)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1, info=UNJOURNALLED)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and shape are SQLAlchemy's
