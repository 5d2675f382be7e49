"""A practice call by machines: a caller who says his leg through the real PBX, and, where nobody sits, an officer.

Both are softphones; each hears the other only through the PBX, so everything that a real call meets is met.
"""

import logging
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import soundfile

from telephony.errors import TelephonyError
from telephony.softphone.client import NotInTime, Softphone, SoftphoneGone
from telephony.softphone.commands import Configuration, Sound, SoundKind
from telephony.softphone.events import Ended, Event, EventKind, Failure, Incoming

log = logging.getLogger(__name__)

READY_LIMIT = 30.0
ANSWER_LIMIT = 120.0
TAIL = 1.0
"""Seconds between the last word and the hang-up: the last packets are on their way."""


class PracticeFailed(TelephonyError):
    """The practice call did not come about; the sentence says why."""


class Script(Protocol):
    """What is needed of a `practice.scripts.PracticeCall`: the legs are files that libsndfile reads, equally long."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def caller(self) -> Path: ...
    @property
    def officer(self) -> Path: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a machine gets into the PBX at `domain` (host:port); `bind` empty is the address on the way there."""

    domain: str
    user: str
    password: str = field(repr=False)
    bind: str = ""


class StepKind(StrEnum):
    """What happens in a practice call, in this order; `ended` may come after any."""

    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    SPEAKING = "speaking"
    SPOKEN = "spoken"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Step:
    """One step with its UTC time; `detail` says why a call ended that was not spoken to its end."""

    kind: StepKind
    at: datetime
    detail: str = ""


class OfficerPhone:
    """A seat without a person: registers, answers `after` seconds of ringing, says the officer's leg when told to.

    `number` is the only caller it answers; empty: everybody. Use as a context manager.
    """

    def __init__(self, access: Access, *, after: float = 2.0, number: str = "") -> None:
        self._after = after
        self._number = number
        self._talking = threading.Event()
        self._call = ""
        self._timers: list[threading.Timer] = []
        self.softphone = Softphone(
            Configuration(
                user=access.user,
                domain=access.domain,
                password=access.password,
                register=True,
                bind=access.bind,
                sound=Sound(kind=SoundKind.FILE),
            ),
            self._heard,
        )

    def __enter__(self) -> Self:
        self.softphone.start()
        try:
            self.softphone.wait_for(EventKind.REGISTERED, READY_LIMIT)
        except NotInTime as error:
            self.close()
            user = self.softphone.configuration.user
            raise PracticeFailed(
                "seat {user} cannot register at the PBX within {limit} s", user=user, limit=f"{READY_LIMIT:g}"
            ) from error
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def speak(self, wav: Path) -> None:
        """Say `wav` into the call. Raises PracticeFailed when there is none within a few seconds."""
        if not self._talking.wait(READY_LIMIT):
            raise PracticeFailed("seat {seat} did not get the call", seat=self.softphone.configuration.user)
        self.softphone.play(self._call, str(wav))

    def close(self) -> None:
        """Hang up and be gone."""
        for timer in self._timers:
            timer.cancel()
        self.softphone.close()

    def _heard(self, event: Event) -> None:
        if isinstance(event, Incoming) and self._number in {"", event.number}:
            timer = threading.Timer(self._after, self._answer, [event.call])
            timer.daemon = True
            self._timers.append(timer)
            timer.start()
        elif event.kind is EventKind.MEDIA:
            self._call = getattr(event, "call", "")
            self._talking.set()
        elif isinstance(event, Ended) and event.call == self._call:
            self._talking.clear()

    def _answer(self, call: str) -> None:
        try:
            self.softphone.answer(call)
        except SoftphoneGone as error:
            log.warning("practice officer cannot answer: %s", error)


def place(
    script: Script,
    access: Access,
    *,
    line: str = "practice",
    officer: OfficerPhone | None = None,
    on_step: Callable[[Step], None] = lambda _step: None,
    stop: threading.Event | None = None,
) -> Step:
    """Call `line` as the script's caller and hold the conversation; returns the last step, `ended`.

    Blocks for the length of the call: give it a thread. With `officer` both legs begin in the same moment, without
    only the caller speaks. `on_step` is called from this thread; `stop` ends the call early. Raises PracticeFailed.
    """
    with tempfile.TemporaryDirectory(prefix="dutyline-practice-") as folder:
        legs = {name: _wav(leg, Path(folder)) for name, leg in (("caller", script.caller), ("officer", script.officer))}
        configuration = Configuration(
            user=script.number,
            auth_user=access.user,
            domain=access.domain,
            password=access.password,
            bind=access.bind,
            display_name=script.name,
            sound=Sound(kind=SoundKind.FILE),
        )
        try:
            with Softphone(configuration) as phone:
                return _Conversation(phone, legs, officer, on_step, stop or threading.Event()).hold(script, line)
        except (SoftphoneGone, NotInTime) as error:
            raise PracticeFailed("the practice caller cannot call: {reason}", reason=error) from error


class _Conversation:
    """The caller's side of one practice call."""

    def __init__(
        self,
        phone: Softphone,
        legs: dict[str, Path],
        officer: OfficerPhone | None,
        on_step: Callable[[Step], None],
        stop: threading.Event,
    ) -> None:
        self._phone, self._legs, self._officer = phone, legs, officer
        self._on_step, self._stop = on_step, stop

    def hold(self, script: Script, line: str) -> Step:
        """From the first ring to the hang-up."""
        self._step(StepKind.DIALLING)
        call = self._phone.dial(line)
        ended = self._until(call, EventKind.MEDIA, ANSWER_LIMIT)
        if ended is None and not self._stop.is_set():
            self._speak(call)
            ended = self._until(call, EventKind.PLAYED, script.seconds * 2 + READY_LIMIT)
        if ended is None:
            if not self._stop.is_set():
                self._step(StepKind.SPOKEN)
                self._stop.wait(TAIL)
            self._phone.hangup(call)
            ended = self._until(call, EventKind.ENDED, READY_LIMIT)
        return self._step(StepKind.ENDED, _why(ended))

    def _speak(self, call: str) -> None:
        """Both legs begin now."""
        if self._officer:
            self._officer.speak(self._legs["officer"])
        self._phone.play(call, str(self._legs["caller"]))
        self._step(StepKind.SPEAKING)

    def _until(self, call: str, kind: EventKind, limit: float) -> Ended | None:
        """Wait for `kind`, telling the steps on the way. Returns the end when the call ended before, else None."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self._stop.is_set() and kind is not EventKind.ENDED:
                return None
            try:
                event = self._phone.next_event(0.2)
            except NotInTime:
                continue
            if isinstance(event, Failure) and event.call == call:
                raise PracticeFailed(event.sentence)
            if event.kind is EventKind.RINGING:
                self._step(StepKind.RINGING)
            elif event.kind is EventKind.ANSWERED:
                self._step(StepKind.ANSWERED)
            elif isinstance(event, Ended):
                return event
            if event.kind is kind:
                return None
        raise PracticeFailed(
            "the practice call did not get to '{kind}' within {limit} s", kind=kind, limit=f"{limit:g}"
        )

    def _step(self, kind: StepKind, detail: str = "") -> Step:
        step = Step(kind, datetime.now(UTC), detail)
        log.info("practice call: %s %s", kind, detail)
        self._on_step(step)
        return step


def _why(ended: Ended | None) -> str:
    """The SIP words for an end that was not our own hang-up or the other side's after the answer."""
    return "" if ended is None or ended.code == 200 else f"{ended.code} {ended.reason}"


def _wav(leg: Path, folder: Path) -> Path:
    """`leg` as a 16-bit WAV, which is what a softphone plays. Raises PracticeFailed."""
    wav = folder / f"{leg.stem}.wav"
    try:
        samples, rate = soundfile.read(leg, dtype="int16")
        soundfile.write(wav, samples, rate, subtype="PCM_16")
    except (OSError, RuntimeError) as error:  # soundfile's own errors are RuntimeErrors
        raise PracticeFailed("{leg} cannot be used as a voice: {reason}", leg=leg, reason=error) from error
    return wav
