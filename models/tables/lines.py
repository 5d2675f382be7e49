"""Lines: trunks, extensions, radio, satellite phone, fax; and the state of the services that watch them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import UNJOURNALLED, Base, Key, Name, code


class LineKind(StrEnum):
    """What hangs on the line; `service` is a part of ourselves or of the PBX whose failure must be seen."""

    TRUNK = "trunk"
    SEAT = "seat"
    SERVICE = "service"


class LineState(StrEnum):
    """What is known of a line."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    RINGING = "ringing"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    DEGRADED = "degraded"


class Line(Base):
    """One line and its present state: `since` when it is so, `seen_at` when that was last true (age of the value)."""

    __tablename__ = "lines"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[LineKind] = mapped_column(code(LineKind))
    label: Mapped[Name] = mapped_column(default="")
    endpoint: Mapped[Name] = mapped_column(default="", index=True)
    number: Mapped[Name] = mapped_column(default="")
    state: Mapped[LineState] = mapped_column(code(LineState), default=LineState.UNKNOWN)
    detail: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime | None]
    seen_at: Mapped[datetime | None] = mapped_column(info=UNJOURNALLED)
    active: Mapped[bool] = mapped_column(default=True)
