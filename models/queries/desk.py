"""Everything that the desk shows, as one consistent picture."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.queries import calls, entries, lines, matters, officers, recordings
from models.rules.calls import CallState
from models.tables.recordings import TranscriptState


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One call's words so far, what is known by them and what is still to ask, the most urgent first."""

    call: calls.CallView
    phrases: tuple[recordings.Phrase, ...]
    recorded: tuple[recordings.RecordingView, ...]
    known: tuple[str, ...]
    to_ask: tuple[str, ...]

    @property
    def hearing(self) -> TranscriptState | None:
        """How far the transcript is; None: nothing is recorded."""
        states = [view.transcript for view in self.recorded if view.transcript is not None]
        return states[-1] if states else None

    @property
    def reason(self) -> str:
        """Why there are no words."""
        return self.recorded[-1].reason if self.recorded else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk at `at`: what rings, what is spoken, what waits, what is open, how the lines are."""

    at: datetime
    ringing: tuple[calls.CallView, ...]
    talking: tuple[calls.CallView, ...]
    conversation: Conversation | None
    pending: tuple[entries.EntryRow, ...]
    matters: tuple[matters.MatterView, ...]
    lines: tuple[lines.LineView, ...]
    seats: tuple[officers.SeatView, ...]


def desk(
    session: Session, *, now: datetime, since: datetime, seat_id: int | None = None, call_id: int | None = None
) -> Desk:
    """The desk of `seat_id`; its conversation is `call_id`'s, else the seat's, else the room's newest."""
    current = calls.going_on(session)
    talking = tuple(call for call in current if call.state is CallState.ANSWERED)
    return Desk(
        at=now,
        ringing=tuple(call for call in current if call.state is CallState.RINGING),
        talking=talking,
        conversation=_chosen(session, talking, seat_id, call_id),
        pending=entries.pending(session),
        matters=matters.listed(session, limit=100).items,
        lines=lines.listed(session, since=since, now=now),
        seats=officers.seats(session),
    )


def conversation(session: Session, call_id: int) -> Conversation | None:
    """One call's words, or None."""
    call = calls.get(session, call_id)
    return _of(session, call) if call else None


def _chosen(
    session: Session, talking: tuple[calls.CallView, ...], seat_id: int | None, call_id: int | None
) -> Conversation | None:
    call = next((one for one in talking if one.id == call_id), None)
    call = call or next((one for one in reversed(talking) if seat_id is not None and one.seat_id == seat_id), None)
    if call is None and call_id is not None:
        call = calls.get(session, call_id)
    if call is None and talking:
        call = talking[-1]
    if call is None and seat_id is not None:
        call = calls.latest_at(session, seat_id)
    return _of(session, call) if call else None


def _of(session: Session, call: calls.CallView) -> Conversation:
    recorded = recordings.of_call(session, call.id)
    found = entries.elements(session, call.entry_id) if call.entry_id else ()
    return Conversation(
        call=call,
        phrases=recordings.phrases(session, call.id, recorded),
        recorded=recorded,
        known=tuple(element.key for element in found if element.said),
        to_ask=entries.to_ask(found) if found else (),
    )
