"""A call heard while it goes on: phrases from both legs, each once, in order, the same ones live and afterwards.

Only the legs' own samples decide what a phrase is, so a call that is heard again from its sealed file, or from the
beginning after a kill, gives the same phrases; `resume_at` leaves out those that the record has. Whisper costs as much
for two seconds as for thirty: a machine that falls behind with a big model hears several phrases as one, where the
model `joins`; the words are then the same but for what more context teaches it.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from telephony.recording import wav
from telephony.recording.errors import DamagedRecording
from telephony.recording.legs import Leg
from telephony.speech import echo, sources
from telephony.speech.errors import PracticeOnly
from telephony.speech.phrases import Cut, PhraseAudio, PhraseCutter
from telephony.speech.port import Transcriber
from telephony.speech.sources import LegSource

log = logging.getLogger(__name__)

CHUNK = 60 * wav.RATE
"""Samples read of a leg in one step: bounds memory when a long call is heard afterwards."""
ENOUGH = 3
"""With so many phrases waiting no more is read: bounds memory, and from there on phrases are joined."""
BUDGET = 1.0
"""Seconds after which a step hears no further phrase, so that words are shown while more are coming."""
STALLED = 10.0
"""Seconds by which a leg may lag behind the other before nobody waits for it any more."""
LOOK_BACK = 60.0
"""Seconds for which phrases are remembered as possible sources of an echo."""


class Speaker(StrEnum):
    """Who is on a leg."""

    CALLER = "caller"
    """The outside party, also where we called."""
    OFFICER = "officer"


SPEAKER = {Leg.RX: Speaker.CALLER, Leg.TX: Speaker.OFFICER}


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """Some words of one party, `start` to `end` in seconds of the recording. `doubtful`: listen before believing."""

    leg: Leg
    start: float
    end: float
    text: str
    logprob: float
    doubtful: bool

    @property
    def speaker(self) -> Speaker:
        """Who said it."""
        return SPEAKER[self.leg]


@dataclass(frozen=True, slots=True)
class _Heard:
    """All words between two pauses."""

    leg: Leg
    start: float
    end: float
    loudness: float
    phrases: tuple[HeardPhrase, ...]


class LiveTranscription:
    """One call. Call `step` whenever the legs may have grown, with `final` once they have ended until `done`."""

    def __init__(
        self,
        legs: Mapping[Leg, LegSource],
        transcriber: Transcriber,
        *,
        hotwords: Sequence[str] = (),
        drill: bool = False,
        resume_at: Mapping[Leg, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`resume_at`: per leg the end of the last phrase that the record has. Raises PracticeOnly."""
        if transcriber.drill_only and not drill:
            raise PracticeOnly("the practice model may only hear practice calls; this call waits for a real model")
        self.transcriber = transcriber
        self.hotwords = tuple(hotwords)
        self.faults: dict[Leg, str] = {}
        """Legs that cannot be read, and why; the other is heard all the same."""
        self.done = False
        self._clock = clock
        cut = Cut(longest=transcriber.longest)
        self._sources = dict(legs)
        self._cutters = {leg: PhraseCutter(leg, cut) for leg in legs}
        self._fed = dict.fromkeys(legs, 0)
        self._resume = {leg: (resume_at or {}).get(leg, 0.0) for leg in legs}
        self._queue: deque[PhraseAudio] = deque()
        self._held: list[_Heard] = []
        self._past: list[_Heard] = []
        self._flushed = False

    @classmethod
    def of_stem(
        cls,
        stem: Path,
        transcriber: Transcriber,
        *,
        hotwords: Sequence[str] = (),
        drill: bool = False,
        resume_at: Mapping[Leg, float] | None = None,
    ) -> "LiveTranscription":
        """The call that is being recorded under `stem`, its files there yet or not."""
        legs = sources.growing(stem)
        return cls(legs, transcriber, hotwords=hotwords, drill=drill, resume_at=resume_at)

    @classmethod
    def from_sealed(
        cls,
        path: Path,
        transcriber: Transcriber,
        *,
        hotwords: Sequence[str] = (),
        drill: bool = False,
        resume_at: Mapping[Leg, float] | None = None,
    ) -> "LiveTranscription":
        """A call that was sealed before anybody could hear it."""
        return cls(sources.sealed(path), transcriber, hotwords=hotwords, drill=drill, resume_at=resume_at)

    @property
    def position(self) -> float:
        """Seconds of the call up to which both legs have been heard, give or take an open phrase."""
        waiting = [audio.start for audio in self._queue]
        return min([*waiting, *(cutter.position for cutter in self._cutters.values())])

    @property
    def begun(self) -> bool:
        """Sound has come, and the files it comes from are held: that they are sealed and removed changes nothing."""
        return any(self._fed.values())

    @property
    def waiting(self) -> int:
        """Phrases that are cut but not heard yet: above a handful, this machine does not keep pace."""
        return len(self._queue)

    def step(self, *, final: bool = False) -> list[HeardPhrase]:
        """Hear what is new, for about a second, and return what has become certain, in the order of the call.

        Record the whole list at once, or `resume_at` cannot tell what is missing. Raises SpeechError; a step that
        raised has lost nothing and may be repeated.
        """
        ended = self._read()
        if final and ended and not self._flushed:
            self._flush()
        until = self._clock() + BUDGET
        while self._queue:
            audio, count = self._next()
            self._hear(audio)
            for _ in range(count):
                self._queue.popleft()
            if self._clock() >= until:
                break
        self.done = self._flushed and not self._queue
        return self._release()

    def finish(self) -> Iterator[list[HeardPhrase]]:
        """All that is left after the end of the call, a list a step."""
        while not self.done:
            yield self.step(final=True)

    def _read(self) -> bool:
        """Take the next piece of each leg; whether both have nothing more at the moment."""
        if self._flushed or len(self._queue) >= ENOUGH:
            return self._flushed
        ended = True
        for leg, source in self._sources.items():
            if leg in self.faults:
                continue
            try:
                new = source.read(CHUNK)
            except DamagedRecording as damage:
                log.warning("leg %s cannot be heard: %s", leg, damage)
                self.faults[leg] = str(damage)
                continue
            self._fed[leg] += len(new)
            ended = ended and not len(new)
            self._queue.extend(self._cutters[leg].feed(new))
        return ended

    def _flush(self) -> None:
        """The call is over. The shorter leg goes on in silence, as it does in the sealed file."""
        longest = max(self._fed.values())
        for leg, cutter in self._cutters.items():
            silence = min(longest - self._fed[leg], 2 * wav.RATE)
            self._queue.extend(cutter.feed(np.zeros(silence, np.int16)))
            self._queue.extend(cutter.flush())
        self._flushed = True

    def _next(self) -> tuple[PhraseAudio, int]:
        """What to hear next: the oldest phrase, with those after it when too many wait; and how many that are."""
        audio, count = self._queue[0], 1
        if not self.transcriber.joins or len(self._queue) < ENOUGH or self._known(audio):
            return audio, count
        for later in list(self._queue)[1:]:
            if later.leg is not audio.leg or later.end - audio.start > self.transcriber.longest:
                break
            audio, count = audio.joined(later), count + 1
        return audio, count

    def _known(self, audio: PhraseAudio) -> bool:
        """Whether the record has this phrase: nothing it has lies after a phrase's beginning but that phrase."""
        return audio.voice_start < self._resume[audio.leg]

    def _hear(self, audio: PhraseAudio) -> None:
        """Transcribe, unless the record has it and it is too long ago to be anybody's echo."""
        if audio.end + self.transcriber.longest < self._resume[audio.leg]:
            return
        found = self.transcriber.transcribe(audio.wave(), self.hotwords)
        phrases = []
        for phrase in found:
            # A model that gives a window one phrase names the window's start; the detector knows when the voice began.
            start = min(max(audio.voice_start, audio.start + phrase.start), audio.voice_end - 0.01)
            end = min(audio.voice_end, audio.start + phrase.end)
            phrases.append(
                HeardPhrase(
                    leg=audio.leg,
                    start=round(start, 3),
                    end=round(max(end, start + 0.01), 3),
                    text=phrase.text,
                    logprob=phrase.logprob,
                    doubtful=phrase.doubtful,
                )
            )
        self._held.append(_Heard(audio.leg, audio.voice_start, audio.voice_end, audio.loudness, tuple(phrases)))

    def _release(self) -> list[HeardPhrase]:
        """What no phrase of the other leg can turn out to be the source of."""
        certain = [heard for heard in self._held if self.done or heard.end <= self._settled_beside(heard.leg)]
        known = [*self._past, *self._held]
        released = [
            phrase
            for heard in sorted(certain, key=lambda heard: heard.start)
            if heard.start >= self._resume[heard.leg]
            for phrase in heard.phrases
            if not any(self._is_echo(phrase, heard, other) for other in known if other.leg is not heard.leg)
        ]
        self._held = [heard for heard in self._held if heard not in certain]
        newest = max((heard.end for heard in known), default=0.0)
        self._past = [heard for heard in [*self._past, *certain] if heard.end > newest - LOOK_BACK]
        return released

    def _settled_beside(self, leg: Leg) -> float:
        """Second before which the other legs have nothing more to say, unheard phrases included."""
        settled = float("inf")
        for other, cutter in self._cutters.items():
            if other is leg:
                continue
            unheard = [audio.voice_start for audio in self._queue if audio.leg is other]
            stalled = self._cutters[leg].position - cutter.position > STALLED
            if unheard or not (stalled or other in self.faults):
                settled = min([settled, cutter.settled, *unheard])
        return settled

    @staticmethod
    def _is_echo(phrase: HeardPhrase, heard: _Heard, other: _Heard) -> bool:
        """Whether the other leg says the same, louder; equally loud, the outside party is believed."""
        if (other.loudness, other.leg is Leg.RX) < (heard.loudness, heard.leg is Leg.RX):
            return False
        if (other.loudness, other.start, other.end) == (heard.loudness, heard.start, heard.end):
            return True  # the same sound: only the mix of this call was saved
        return any(
            echo.same((phrase.start, phrase.end), phrase.text, (twin.start, twin.end), twin.text)
            for twin in other.phrases
        )
