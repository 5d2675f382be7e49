"""A practice call told on standard output, step by step as it happens: what `make run` shows without a terminal."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from console.words import _, element, word
from console.words import say as said
from models.actions import officers
from models.errors import DutylineError
from models.queries import calls, entries, recordings
from models.rules.calls import CallState
from models.settings import Settings
from models.store.engine import Record
from models.store.feed import Feed, News
from models.tables.recordings import RecordingState, TranscriptState
from telephony.errors import TelephonyError
from telephony.practice import room as practice

OFFICER = "演练员"
LIMIT_SECONDS = 150.0
AFTER_SECONDS = 30.0


@dataclass(slots=True)
class Telling:
    """What has been told so far: nothing twice."""

    began: float = field(default_factory=time.monotonic)
    call: int | None = None
    entry: int | None = None
    states: set[CallState] = field(default_factory=set)
    phrases: set[int] = field(default_factory=set)
    done: bool = False
    drafted: bool = False


def practise(settings: Settings, record: Record, name: str, say: Callable[[str], None]) -> bool:
    """Place one practice call with machines on both ends and tell it; whether a draft with elements came of it.

    Confirms nothing. The officer's account is made on the way, with a secret that nobody knows.
    """
    number = settings.seats[0].number
    secret = secrets.token_urlsafe(24)
    with record.writing("system:practice") as uow:
        officers.stand_in(uow, name=OFFICER, secret=secret)
    sign_in = officers.sign_in(record, name=OFFICER, secret=secret, seat=number)
    telling, stop = Telling(), threading.Event()
    feed = Feed(record)
    failure: list[str] = []

    def line(text: str) -> None:
        say(f"{time.monotonic() - telling.began:7.2f} s  {text}")

    def call() -> None:
        try:
            practice.with_officer(settings, name, number, lambda _step: None, stop)
        except (TelephonyError, DutylineError) as error:
            failure.append(said(error))

    caller = threading.Thread(target=call, name="practice", daemon=True)
    caller.start()
    ended: float | None = None
    try:
        while time.monotonic() - telling.began < LIMIT_SECONDS and not telling.done:
            _tell(record, feed.wait(0.5), telling, line)
            if not caller.is_alive():
                ended = ended or time.monotonic()
                if failure or time.monotonic() - ended > AFTER_SECONDS:
                    break
    finally:
        stop.set()
        caller.join(timeout=30)
        feed.close()
        with record.writing(f"officer:{sign_in.officer_id}") as uow:
            officers.sign_out(uow, sign_in.id)
            officers.dismiss(uow, sign_in.officer_id)
    for reason in failure:
        line(reason)
    return telling.drafted


def _tell(record: Record, news: list[News], telling: Telling, line: Callable[[str], None]) -> None:
    """Say what is new since the last look."""
    for item in news:
        kind, _separator, key = item.subject.partition(":")
        if kind == "call" and telling.call is None and item.action == "call.rang":
            telling.call = int(key)
    if telling.call is None:
        return
    with record.reading() as session:
        call = calls.get(session, telling.call)
        phrases = recordings.phrases(session, telling.call)
        audio = recordings.of_call(session, telling.call)
        entry = entries.get(session, call.entry_id) if call and call.entry_id else None
    if call is None:
        return
    if CallState.RINGING not in telling.states:
        telling.states.add(CallState.RINGING)
        line(f"{word(CallState.RINGING)}: {call.unit or call.caller_name or call.number} {call.number}")
    if call.answered_at and CallState.ANSWERED not in telling.states:
        telling.states.add(CallState.ANSWERED)
        line(f"{word(CallState.ANSWERED)}: {call.seat_label} {call.officer}")
    for phrase in phrases:
        if phrase.segment not in telling.phrases:
            telling.phrases.add(phrase.segment)
            line(f"  {word(phrase.leg)} {phrase.at:5.1f}  {phrase.text}")
    if call.state.over and CallState.ENDED not in telling.states:
        telling.states.add(CallState.ENDED)
        talked = (call.ended_at - call.answered_at).total_seconds() if call.ended_at and call.answered_at else 0.0
        line(f"{word(call.state)}: {talked:.1f} s")
    heard = bool(audio) and all(one.transcript in (TranscriptState.DONE, TranscriptState.FAILED) for one in audio)
    sealed = bool(audio) and all(one.state in (RecordingState.SEALED, RecordingState.EMPTY) for one in audio)
    if call.state.over and heard and sealed and entry is not None:
        _tell_draft(entry, line)
        for one in audio:
            line(f"{word(one.state)}: {one.path} {one.sha256[:16]}")
        telling.done = True
        telling.drafted = any(item.stated for item in entry.elements)


def _tell_draft(entry: entries.EntryView, line: Callable[[str], None]) -> None:
    line(_("draft entry {number}: {stated} of 11 elements").format(number=entry.row.id, stated=entry.row.stated))
    for item in entry.elements:
        if item.stated:
            second = next((span.get("at") for span in item.spans), None)
            where = f"  @{second:.1f} s" if isinstance(second, float) else ""
            line(f"  {element(item.key)}: {item.text}{where}")
    asked = entries.to_ask(entry.elements)
    if asked:
        line("  " + _("still to ask: {keys}").format(keys=" · ".join(element(key) for key in asked)))
