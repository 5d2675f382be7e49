"""Recordings and transcripts: from the first block of sound to the seal."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.rules.elements import Leg
from models.store.unit import UnitOfWork, subject
from models.tables import Call, Recording, Segment, Transcript
from models.tables.recordings import RecordingState, TranscriptState

MODEL_MISSING = "model missing"


def started(uow: UnitOfWork, *, call: str, channel: str, at: datetime, stem: str) -> Recording | None:
    """The PBX records the call under `stem`. None when the call is not known yet: say it again afterwards."""
    row = uow.session.scalars(select(Call).where(Call.pbx_id == call)).one_or_none()
    if row is None:
        return None
    recording = uow.session.scalars(select(Recording).where(Recording.stem == stem)).one_or_none()
    with uow.action("recording.started", at=at) as account:
        if recording is None:
            recording = Recording(
                call_id=row.id, stem=stem, channel=channel, state=RecordingState.GROWING, started_at=at
            )
            uow.session.add(recording)
            uow.session.flush()
            uow.session.add(Transcript(recording_id=recording.id, state=TranscriptState.WAITING))
        elif recording.state is RecordingState.GROWING:
            recording.started_at = min(recording.started_at, at)
        account.subject = subject("recording", recording.id)
    return recording


def finished(uow: UnitOfWork, recording_id: int) -> None:
    """No more sound will come."""
    recording = uow.session.get_one(Recording, recording_id)
    with uow.action("recording.finished", subject("recording", recording.id)):
        if recording.state is RecordingState.GROWING:
            recording.state = RecordingState.FINISHED


def sealed(
    uow: UnitOfWork, recording_id: int, *, path: str, sha256: str, seconds: float, repaired: bool, problem: str = ""
) -> None:
    """The audio is one FLAC with this SHA-256: from this journal entry on it can be proven unchanged."""
    recording = uow.session.get_one(Recording, recording_id)
    with uow.action("recording.sealed", subject("recording", recording.id)):
        recording.path, recording.sha256, recording.seconds = path, sha256, seconds
        recording.repaired, recording.problem = repaired, problem
        recording.sealed_at = recording.sealed_at or uow.now
        recording.state = RecordingState.SEALED


def silent(uow: UnitOfWork, recording_id: int) -> None:
    """There was nothing to record (an abandoned call has no sound): finished for good, nothing to transcribe."""
    recording = uow.session.get_one(Recording, recording_id)
    with uow.action("recording.empty", subject("recording", recording.id)):
        recording.state, recording.problem = RecordingState.EMPTY, ""
        transcript = recording.transcript
        if transcript is not None and transcript.state is not TranscriptState.DONE:
            transcript.state, transcript.reason, transcript.done_at = TranscriptState.DONE, "", uow.now


def broken(uow: UnitOfWork, recording_id: int, *, problem: str, retry_at: datetime | None) -> None:
    """It could not be sealed: says why, and when it is tried again (None: a person must look). The files stay."""
    recording = uow.session.get_one(Recording, recording_id)
    with uow.action("recording.broken", subject("recording", recording.id)):
        recording.problem, recording.retry_at = problem, retry_at
        if recording.state is not RecordingState.SEALED:
            recording.state = RecordingState.BROKEN


@dataclass(frozen=True, slots=True)
class Heard:
    """One phrase: seconds of the recording."""

    leg: Leg
    start: float
    end: float
    text: str
    logprob: float = 0.0
    doubtful: bool = False


def claimable(
    session: Session, now: datetime, *, worker: str, drill: bool | None, exclude: Collection[int] = ()
) -> bool:
    """Whether `claim` would find something: a question that takes no lock."""
    return session.scalar(_work(now, worker, drill, exclude).with_only_columns(Transcript.id)) is not None


def claim(
    uow: UnitOfWork, *, worker: str, lease: timedelta, drill: bool | None, exclude: Collection[int] = ()
) -> Transcript | None:
    """Give `worker` the next transcript that nobody works on, calls that go on first. None: nothing to do.

    `drill` restricts to practice calls (True) or real ones (False): the practice model must never hear a real call.
    """
    query = _work(uow.now, worker, drill, exclude).with_for_update(skip_locked=True, of=Transcript)
    found = uow.session.scalars(query).one_or_none()
    if found is not None:
        with uow.action("transcript.claimed", subject("transcript", found.id)):
            found.worker, found.lease_until = worker, uow.now + lease
    return found


def _work(now: datetime, worker: str, drill: bool | None, exclude: Collection[int]) -> Select[Transcript]:
    query = (
        select(Transcript)
        .join(Recording, Recording.id == Transcript.recording_id)
        .join(Call, Call.id == Recording.call_id)
        .where(
            Transcript.state.in_([TranscriptState.WAITING, TranscriptState.LIVE]),
            or_(Transcript.lease_until.is_(None), Transcript.lease_until < now, Transcript.worker == worker),
            Transcript.id.not_in(list(exclude)),
        )
        .order_by(Call.ended_at.is_not(None), Transcript.id.desc())
        .limit(1)
    )
    return query if drill is None else query.where(Call.drill.is_(drill))


def keep(uow: UnitOfWork, transcript_id: int, *, worker: str, lease: timedelta) -> bool:
    """Prolong the lease; False when another worker has it now."""
    found = uow.session.get_one(Transcript, transcript_id)
    with uow.action("transcript.claimed", subject("transcript", found.id)):
        if found.worker != worker:
            return False
        found.lease_until = uow.now + lease
    return True


def heard(
    uow: UnitOfWork, transcript_id: int, *, model: str, version: str, phrases: Iterable[Heard], done: bool = False
) -> None:
    """Phrases as they are heard, each once; `done` when the recording has been heard to its end."""
    transcript = uow.session.get_one(Transcript, transcript_id)
    with uow.action("transcript.done" if done else "transcript.heard", subject("transcript", transcript.id)):
        known = {(segment.leg, segment.start) for segment in transcript.segments}
        for phrase in phrases:
            start, end = round(phrase.start, 2), round(phrase.end, 2)
            if (phrase.leg, start) in known:
                continue
            transcript.segments.append(
                Segment(
                    transcript_id=transcript.id,
                    leg=phrase.leg,
                    start=start,
                    end=end,
                    text=phrase.text,
                    logprob=round(phrase.logprob, 3),
                    doubtful=phrase.doubtful,
                )
            )
        transcript.model, transcript.model_version, transcript.reason = model, version, ""
        transcript.state = TranscriptState.DONE if done else TranscriptState.LIVE
        if done:
            transcript.done_at = transcript.done_at or uow.now
            transcript.worker, transcript.lease_until = "", None


def waiting(uow: UnitOfWork, transcript_id: int, reason: str) -> None:
    """Nobody can transcribe it now, and why ('model missing'); it is taken up again when that changes."""
    transcript = uow.session.get_one(Transcript, transcript_id)
    with uow.action("transcript.waiting", subject("transcript", transcript.id)):
        transcript.reason = reason
        transcript.state = TranscriptState.WAITING
        transcript.worker, transcript.lease_until = "", None


def failed(uow: UnitOfWork, transcript_id: int, reason: str) -> None:
    """It cannot be transcribed, and why."""
    transcript = uow.session.get_one(Transcript, transcript_id)
    with uow.action("transcript.failed", subject("transcript", transcript.id)):
        transcript.state, transcript.reason = TranscriptState.FAILED, reason
        transcript.worker, transcript.lease_until = "", None


def replayed(uow: UnitOfWork, recording_id: int, *, start: float, how: str) -> None:
    """Somebody listens (Art. 11: who heard what is on record)."""
    with uow.action("recording.replayed", subject("recording", recording_id), note={"start": start, "how": how}):
        pass
