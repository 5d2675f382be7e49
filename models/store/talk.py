"""What was said in a call, put together from its recordings for the rules that read it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.elements import Transcript as Said
from models.rules.elements import Turn
from models.tables import Call, Recording, Segment, Transcript


@dataclass(frozen=True, slots=True)
class Talk:
    """The turns in time order, and for each where it came from: recording, segment, second of the recording."""

    transcript: Said
    origin: tuple[dict[str, Any], ...]


def second(started_at: datetime, zero: datetime, start: float) -> float:
    """Seconds of the call, from `zero` (its answer), for second `start` of a recording begun at `started_at`.

    The recorder is started when it rings, but sound begins with the answer: ringing is not recorded.
    """
    return max(0.0, (started_at - zero).total_seconds()) + start


def of_call(session: Session, call_id: int, zone: tzinfo) -> Talk:
    """Everything heard in the call and its parts; relative times count from the answer, or from the ring."""
    call = session.get_one(Call, call_id)
    rows = session.execute(
        select(Segment, Recording)
        .join(Transcript, Transcript.id == Segment.transcript_id)
        .join(Recording, Recording.id == Transcript.recording_id)
        .join(Call, Call.id == Recording.call_id)
        .where((Call.id == call_id) | (Call.part_of_id == call_id))
    ).all()
    at = call.answered_at or call.rang_at
    ordered = sorted(
        ((second(recording.started_at, at, segment.start), segment, recording) for segment, recording in rows),
        key=lambda item: (item[0], item[1].id),
    )
    turns = tuple(Turn(leg=segment.leg, text=segment.text, start=second) for second, segment, _ in ordered)
    origin = tuple(
        {"recording": recording.id, "segment": segment.id, "at": segment.start} for _, segment, recording in ordered
    )
    return Talk(Said(turns=turns, at=at.astimezone(zone)), origin)
