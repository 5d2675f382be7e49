"""What there is to do: questions that the daemon asks of the record."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.errors import Refused
from models.rules.calls import CallState
from models.store import lookup
from models.tables import (
    Call,
    CallLeg,
    Contact,
    Entry,
    JournalEntry,
    Number,
    Recording,
    Request,
    Seat,
    SignIn,
    Transcript,
    Unit,
)
from models.tables.recordings import RecordingState, TranscriptState
from models.tables.requests import RequestState

OPEN = (CallState.RINGING, CallState.ANSWERED)
_UNSEALED = (RecordingState.GROWING, RecordingState.FINISHED, RecordingState.BROKEN)
"""Named one by one, for the index: this is asked twice a second among all recordings that there ever were."""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A recording whose call is over and whose audio waits for its seal; `path` is where it will lie, relative."""

    id: int
    stem: str
    path: str
    repaired: bool


def unsealed(session: Session, now: datetime, *, settle: timedelta) -> list[Unsealed]:
    """Recordings to seal now: their call ended `settle` ago or earlier, and no later try is set. Oldest first."""
    rows = session.execute(
        select(Recording, Call)
        .join(Call, Call.id == Recording.call_id)
        .where(
            Recording.state.in_(_UNSEALED),
            Call.state.not_in(OPEN),
            or_(Call.closed_at.is_(None), Call.closed_at <= now - settle),
            or_(Call.ended_at.is_(None), Call.ended_at <= now - settle),
            or_(Recording.state != RecordingState.BROKEN, Recording.retry_at <= now),
        )
        .order_by(Recording.id)
    ).all()
    return [
        Unsealed(recording.id, recording.stem, _path(recording, call), call.cut)
        for recording, call in (row.tuple() for row in rows)
    ]


def _path(recording: Recording, call: Call) -> str:
    """A day a folder: 2026/11/23/name.flac (UTC)."""
    name = recording.stem.rpartition("/")[2]
    return recording.path or f"{call.rang_at:%Y/%m/%d}/{name}.flac"


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that is not over as far as the record knows."""

    id: int
    pbx_id: str
    channels: tuple[str, ...]
    rang_at: datetime
    last_seen: datetime
    stems: tuple[str, ...]


def open_calls(session: Session) -> list[OpenCall]:
    """All calls that ring or go on, with what is known of them last."""
    found = []
    for call in session.scalars(select(Call).where(Call.state.in_(OPEN), Call.part_of_id.is_(None))):
        parts = session.scalars(select(Call.id).where(or_(Call.id == call.id, Call.part_of_id == call.id))).all()
        legs = session.scalars(select(CallLeg).where(CallLeg.call_id.in_(parts))).all()
        stems = session.scalars(select(Recording.stem).where(Recording.call_id.in_(parts))).all()
        times = [
            time for leg in legs for time in (leg.started_at, leg.answered_at, leg.bridged_at, leg.ended_at) if time
        ]
        found.append(
            OpenCall(
                id=call.id,
                pbx_id=call.pbx_id,
                channels=tuple(leg.channel for leg in legs if leg.ended_at is None),
                rang_at=call.rang_at,
                last_seen=max(times, default=call.rang_at),
                stems=tuple(stems),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class KnownStem:
    """What the record knows of files in the spool; `sha256` and `path` once sealed."""

    path: str
    sha256: str


def known_stems(session: Session, stems: Collection[str]) -> dict[str, KnownStem]:
    """Those of `stems` that belong to a recording on record."""
    rows = session.execute(
        select(Recording.stem, Recording.path, Recording.sha256).where(Recording.stem.in_(list(stems)))
    ).all()
    return {stem: KnownStem(path, sha256) for stem, path, sha256 in rows}


def manned_seats(session: Session) -> tuple[str, ...]:
    """Numbers of the seats where somebody is signed in."""
    return tuple(
        session.scalars(
            select(Seat.number)
            .join(SignIn, SignIn.seat_id == Seat.id)
            .where(SignIn.ended_at.is_(None), Seat.active)
            .order_by(Seat.number)
        )
    )


def names_by_number(session: Session) -> dict[str, str]:
    """What a desk phone shows for each number of the directory."""
    rows = session.execute(
        select(Number.digits, Unit.name, Contact.name, Contact.unit_id)
        .outerjoin(Contact, Contact.id == Number.contact_id)
        .outerjoin(Unit, or_(Unit.id == Number.unit_id, Unit.id == Contact.unit_id))
    ).all()
    return {digits: " ".join(part for part in (unit, contact) if part) for digits, unit, contact, _ in rows}


@dataclass(frozen=True, slots=True)
class Listening:
    """Everything a speech worker needs of one transcript."""

    transcript: int
    recording: int
    entry: int | None
    stem: str
    path: str
    state: RecordingState
    drill: bool
    over: bool
    heard: tuple[tuple[str, float], ...]
    """Up to which second each leg has been heard: (leg, second)."""
    hotwords: tuple[str, ...]

    @property
    def sealed(self) -> bool:
        """The audio is in its final place."""
        return self.state is RecordingState.SEALED


def listening(session: Session, transcript_id: int) -> Listening:
    """The present state of one transcript's recording and call."""
    transcript = session.get_one(Transcript, transcript_id)
    recording = session.get_one(Recording, transcript.recording_id)
    call = session.get_one(Call, recording.call_id)
    main = call if call.part_of_id is None else session.get_one(Call, call.part_of_id)
    entry = session.scalars(select(Entry.id).where(Entry.call_id == main.id)).one_or_none()
    heard: dict[str, float] = {}
    for segment in transcript.segments:
        heard[segment.leg] = max(heard.get(segment.leg, 0.0), segment.end)
    words = lookup.vocabulary(session)
    return Listening(
        transcript=transcript.id,
        recording=recording.id,
        entry=entry,
        stem=recording.stem,
        path=recording.path,
        state=recording.state,
        drill=main.drill,
        over=main.state.over,
        heard=tuple(heard.items()),
        hotwords=tuple(sorted(words.places) + sorted(words.units)),
    )


def waiting_without_reason(session: Session, reason: str) -> list[int]:
    """Transcripts of real calls that wait without saying `reason`."""
    return list(
        session.scalars(
            select(Transcript.id)
            .join(Recording, Recording.id == Transcript.recording_id)
            .join(Call, Call.id == Recording.call_id)
            .where(Transcript.state == TranscriptState.WAITING, Transcript.reason != reason, Call.drill.is_(False))
        )
    )


def asked(session: Session) -> bool:
    """Whether a wish waits."""
    return session.scalar(select(Request.id).where(Request.state == RequestState.ASKED).limit(1)) is not None


def endpoint(session: Session, seat_id: int | None) -> str:
    """The PJSIP endpoint of a seat. Raises Refused when there is no such seat."""
    seat = session.get(Seat, seat_id) if seat_id is not None else None
    if seat is None or not seat.active:
        raise Refused("this needs a seat's telephone, and there is no such seat")
    return seat.endpoint


@dataclass(frozen=True, slots=True)
class SealedAudio:
    """A sealed recording: `path` is relative to the recordings' folder."""

    path: str
    sha256: str


def sealed(session: Session, recording_id: int) -> SealedAudio | None:
    """The sealed audio of a recording; None while it is not sealed."""
    row = session.get(Recording, recording_id)
    if row is None or row.state is not RecordingState.SEALED:
        return None
    return SealedAudio(row.path, row.sha256)


@dataclass(frozen=True, slots=True)
class SealView:
    """A sealed recording as the journal has it: `path` is relative to the recordings' folder."""

    recording: int
    path: str
    sha256: str


def seals(session: Session) -> list[SealView]:
    """Every sealed recording by what the journal says of it: the table could be changed together with the file."""
    found: dict[int, dict[str, Any]] = {}
    for changes in session.scalars(
        select(JournalEntry.changes).where(JournalEntry.action == "recording.sealed").order_by(JournalEntry.seq)
    ):
        for table, key, columns in json.loads(changes)["rows"]:
            if table == Recording.__tablename__ and columns:
                found.setdefault(key, {}).update(columns)
    return [
        SealView(key, row["path"], row["sha256"])
        for key, row in sorted(found.items())
        if "path" in row and "sha256" in row
    ]
