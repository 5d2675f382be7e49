"""Questions about recordings and what was heard in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.elements import Leg
from models.store import talk
from models.tables import Call, Recording, Segment, Transcript
from models.tables.recordings import RecordingState, TranscriptState


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingView:
    """One recording and the state of its transcript; `transcript` None: nobody will write it down."""

    id: int
    call_id: int
    state: RecordingState
    path: str
    sha256: str
    seconds: float
    repaired: bool
    problem: str
    started_at: datetime
    sealed_at: datetime | None
    transcript: TranscriptState | None
    reason: str
    model: str
    model_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What one side said without a break: `start`, `end` in seconds of its recording, `at` in seconds of the call."""

    segment: int
    recording: int
    leg: Leg
    start: float
    end: float
    at: float
    text: str
    doubtful: bool


def of_call(session: Session, call_id: int) -> tuple[RecordingView, ...]:
    """The recordings of a call and its parts, in order."""
    rows = session.execute(
        select(Recording, Transcript)
        .outerjoin(Transcript, Transcript.recording_id == Recording.id)
        .join(Call, Call.id == Recording.call_id)
        .where((Call.id == call_id) | (Call.part_of_id == call_id))
        .order_by(Recording.started_at, Recording.id)
    ).all()
    return tuple(_view(recording, transcript) for recording, transcript in rows)


def get(session: Session, recording_id: int) -> RecordingView | None:
    """One recording, or None."""
    row = session.execute(
        select(Recording, Transcript)
        .outerjoin(Transcript, Transcript.recording_id == Recording.id)
        .where(Recording.id == recording_id)
    ).one_or_none()
    return _view(row[0], row[1]) if row else None


def phrases(session: Session, call_id: int, recordings: Iterable[RecordingView] | None = None) -> tuple[Phrase, ...]:
    """Everything heard in a call and its parts, in the order in which it was said."""
    known = {view.id: view for view in (of_call(session, call_id) if recordings is None else recordings)}
    if not known:
        return ()
    call = session.execute(select(Call.answered_at, Call.rang_at).where(Call.id == call_id)).one()
    zero = call.answered_at or call.rang_at
    rows = session.execute(
        select(
            Segment.id, Transcript.recording_id, Segment.leg, Segment.start, Segment.end, Segment.text, Segment.doubtful
        )
        .join(Transcript, Transcript.id == Segment.transcript_id)
        .where(Transcript.recording_id.in_(list(known)))
    ).all()
    found = [
        Phrase(
            segment=row.id,
            recording=row.recording_id,
            leg=row.leg,
            start=row.start,
            end=row.end,
            at=talk.second(known[row.recording_id].started_at, zero, row.start),
            text=row.text,
            doubtful=row.doubtful,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda phrase: (phrase.at, phrase.segment)))


def _view(recording: Recording, transcript: Transcript | None) -> RecordingView:
    return RecordingView(
        id=recording.id,
        call_id=recording.call_id,
        state=recording.state,
        path=recording.path,
        sha256=recording.sha256,
        seconds=recording.seconds,
        repaired=recording.repaired,
        problem=recording.problem,
        started_at=recording.started_at,
        sealed_at=recording.sealed_at,
        transcript=transcript.state if transcript else None,
        reason=transcript.reason if transcript else "",
        model=transcript.model if transcript else "",
        model_version=transcript.model_version if transcript else "",
    )
