"""Phrases of one leg, cut at the pauses while the leg grows.

The same sound gives the same phrases however it is divided: everything happens in windows of 32 ms counted from the
leg's first sample. Memory is bounded by the longest phrase, work per second of sound is constant.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from telephony.recording import wav
from telephony.recording.legs import Leg
from telephony.speech import resample
from telephony.speech.port import Wave
from telephony.speech.voice import SECONDS, WINDOW, VoiceActivity


@dataclass(frozen=True, slots=True)
class Cut:
    """Where phrases end, all in seconds but the two probabilities (Silero's hysteresis)."""

    longest: float = 28.0
    """With padding: what the model hears at once."""
    pause: float = 0.5
    pad: float = 0.3
    shortest: float = 0.1
    """Less voice than this is a click."""
    voiced: float = 0.5
    unvoiced: float = 0.35


@dataclass(frozen=True, slots=True)
class PhraseAudio:
    """Sound between two pauses: `samples` (int16, 8 kHz) from second `start` to `end` of the leg, with the voice in
    it from `voice_start` to `voice_end`."""

    leg: Leg
    start: float
    end: float
    voice_start: float
    voice_end: float
    samples: wav.Samples

    def wave(self) -> Wave:
        """As a model wants it: float32, 16 kHz."""
        return resample.double(self.samples)

    def joined(self, later: "PhraseAudio") -> "PhraseAudio":
        """Both as one, with silence for the pause between them."""
        pause = np.zeros(max(0, round((later.start - self.end) * wav.RATE)), np.int16)
        return PhraseAudio(
            leg=self.leg,
            start=self.start,
            end=later.end,
            voice_start=self.voice_start,
            voice_end=later.voice_end,
            samples=np.concatenate([self.samples, pause, later.samples]),
        )

    @property
    def loudness(self) -> float:
        """RMS from 0 to 1."""
        return (
            float(np.sqrt(np.mean(np.square(self.samples.astype(np.float32) / 32768.0)))) if len(self.samples) else 0.0
        )


@dataclass(slots=True)
class _Window:
    samples: wav.Samples
    voice: float


class PhraseCutter:
    """Feed it a leg's samples from the beginning, take the phrases that have ended, flush at the end of the call."""

    def __init__(self, leg: Leg, cut: Cut | None = None) -> None:
        self.leg = leg
        self.cut = cut or Cut()
        self._detector = VoiceActivity()
        self._rest = np.zeros(0, np.int16)
        self._windows: deque[_Window] = deque()
        self._first = 0
        """Number of the oldest window kept."""
        self._next = 0
        self._speech: int | None = None
        """Number of the window in which the open phrase's voice begins."""
        self._silence: int | None = None
        """Number of the window since which the open phrase has been silent."""
        self._pad = round(self.cut.pad / SECONDS)
        self._pause = round(self.cut.pause / SECONDS)
        self._longest = int(self.cut.longest / SECONDS)
        self._shortest = max(1, round(self.cut.shortest / SECONDS))

    @property
    def position(self) -> float:
        """Seconds of the leg that have been judged."""
        return self._next * SECONDS

    @property
    def settled(self) -> float:
        """No further phrase will have voice before this second."""
        return (self._next if self._speech is None else self._speech) * SECONDS

    def feed(self, samples: wav.Samples) -> Iterator[PhraseAudio]:
        """The phrases that end within `samples`. The iterator must be used up before the next call."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // WINDOW * WINDOW
        self._rest = joined[whole:].copy()
        for at in range(0, whole, WINDOW):
            yield from self._judge(joined[at : at + WINDOW].copy())

    def flush(self) -> Iterator[PhraseAudio]:
        """The phrase that the end of the call cut off. Nothing may be fed afterwards."""
        if len(self._rest):
            yield from self._judge(np.pad(self._rest, (0, WINDOW - len(self._rest))))
            self._rest = np.zeros(0, np.int16)
        if self._speech is not None:
            yield from self._end(self._next if self._silence is None else self._silence, self._next)

    def _judge(self, samples: wav.Samples) -> Iterator[PhraseAudio]:
        number, voice = self._next, self._detector.probability(samples)
        self._windows.append(_Window(samples, voice))
        self._next += 1
        if self._speech is None:
            if voice >= self.cut.voiced:
                self._speech, self._silence = number, None
            else:
                self._forget(self._next - self._pad)
                return
        elif voice >= self.cut.voiced:
            self._silence = None
        elif voice < self.cut.unvoiced and self._silence is None:
            self._silence = number
        if self._silence is not None and self._next - self._silence >= self._pause:
            yield from self._end(self._silence, min(self._silence + self._pad, self._next))
        elif self._next - self._first >= self._longest:
            yield from self._split()

    def _split(self) -> Iterator[PhraseAudio]:
        """Too long: cut at the quietest place of the last two fifths, and go on with what follows."""
        power = np.array([np.mean(np.square(window.samples.astype(np.float32))) for window in self._windows])
        around = np.convolve(power, np.ones(5) / 5, "same")
        earliest = len(power) * 3 // 5
        at = self._first + earliest + int(np.argmin(around[earliest:-2]))
        yield from self._end(at if self._silence is None else min(self._silence, at), at)
        voiced = (n for n, window in enumerate(self._windows, self._first) if window.voice >= self.cut.voiced)
        self._speech = next(voiced, None)
        if self._speech is None:
            self._forget(self._next - self._pad)
            return
        for number, window in enumerate(self._windows, self._first):
            if window.voice >= self.cut.voiced:
                self._silence = None
            elif window.voice < self.cut.unvoiced and self._silence is None and number > self._speech:
                self._silence = number

    def _end(self, voice_end: int, end: int) -> Iterator[PhraseAudio]:
        """Close the phrase with the window before `end`; the windows from there on stay."""
        start, speech = self._first, self._speech if self._speech is not None else self._first
        taken = [self._windows.popleft() for _ in range(end - start)]
        self._first, self._speech, self._silence = end, None, None
        if sum(window.voice >= self.cut.voiced for window in taken) >= self._shortest:
            sound = np.concatenate([window.samples for window in taken])
            yield PhraseAudio(
                leg=self.leg,
                start=start * SECONDS,
                end=end * SECONDS,
                voice_start=speech * SECONDS,
                voice_end=max(voice_end, speech + 1) * SECONDS,
                samples=sound,
            )

    def _forget(self, before: int) -> None:
        while self._first < before:
            self._windows.popleft()
            self._first += 1
