"""Recordings, and what machines heard in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.rules.elements import Leg
from models.tables.base import UNJOURNALLED, Base, Key, Name, Short, code
from models.tables.calls import Call


class RecordingState(StrEnum):
    """growing -> finished -> sealed, empty (no sound at all) or broken (and it says why; the files stay)."""

    GROWING = "growing"
    FINISHED = "finished"
    SEALED = "sealed"
    EMPTY = "empty"
    BROKEN = "broken"


class Recording(Base):
    """One MixMonitor's files, later one sealed two-channel FLAC: left the outside party, right our side."""

    __tablename__ = "recordings"

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    stem: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[Name] = mapped_column(default="")
    state: Mapped[RecordingState] = mapped_column(code(RecordingState), index=True)
    started_at: Mapped[datetime]
    path: Mapped[str] = mapped_column(default="")
    sha256: Mapped[Short] = mapped_column(default="")
    seconds: Mapped[float] = mapped_column(default=0.0)
    repaired: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(default="")
    sealed_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None] = mapped_column(info=UNJOURNALLED)

    call: Mapped[Call] = relationship()
    transcript: Mapped["Transcript | None"] = relationship(back_populates="recording")


class TranscriptState(StrEnum):
    """waiting -> live -> done | failed (reason)."""

    WAITING = "waiting"
    LIVE = "live"
    DONE = "done"
    FAILED = "failed"


class Transcript(Base):
    """What one model heard in one recording; a worker holds it until `lease_until`."""

    __tablename__ = "transcripts"
    __table_args__ = (Index("ix_transcripts_work", "state", "id"),)

    id: Mapped[Key]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"), unique=True)
    state: Mapped[TranscriptState] = mapped_column(code(TranscriptState))
    reason: Mapped[str] = mapped_column(default="")
    model: Mapped[Name] = mapped_column(default="")
    model_version: Mapped[Short] = mapped_column(default="")
    worker: Mapped[Name] = mapped_column(default="", info=UNJOURNALLED)
    lease_until: Mapped[datetime | None] = mapped_column(info=UNJOURNALLED)
    done_at: Mapped[datetime | None]

    recording: Mapped[Recording] = relationship(back_populates="transcript")
    segments: Mapped[list["Segment"]] = relationship(order_by="Segment.start, Segment.leg")


class Segment(Base):
    """One phrase: which leg, from when to when (seconds of the recording), and how sure the machine was."""

    __tablename__ = "segments"
    __table_args__ = (UniqueConstraint("transcript_id", "leg", "start"),)

    id: Mapped[Key]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id"))
    leg: Mapped[Leg] = mapped_column(code(Leg))
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str]
    logprob: Mapped[float] = mapped_column(default=0.0)
    doubtful: Mapped[bool] = mapped_column(default=False)
