"""What `dutyline model test` shows: one file heard the way calls are, and how fast this machine is at it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from telephony.recording import wav
from telephony.recording.legs import Leg
from telephony.speech.errors import AudioUnreadable
from telephony.speech.live import HeardPhrase, LiveTranscription
from telephony.speech.port import Transcriber


@dataclass(frozen=True, slots=True)
class Measurement:
    """`took` seconds for `seconds` of sound; `rtf` their ratio: below 1 this machine keeps pace with one talker."""

    phrases: tuple[HeardPhrase, ...]
    seconds: float
    took: float

    @property
    def text(self) -> str:
        """All words in order."""
        return "".join(phrase.text for phrase in self.phrases)

    @property
    def rtf(self) -> float:
        """Real-time factor."""
        return self.took / self.seconds


class _Whole:
    """A decoded file as the only leg."""

    def __init__(self, samples: wav.Samples) -> None:
        self.samples = samples

    def read(self, limit: int | None = None) -> wav.Samples:
        count = len(self.samples) if limit is None else limit
        taken, self.samples = self.samples[:count], self.samples[count:]
        return taken


def measure(path: Path, transcriber: Transcriber, clock: Callable[[], float] = time.perf_counter) -> Measurement:
    """Hear any audio file at telephone quality. Allows the practice model: nothing of this enters the record.

    Raises AudioUnreadable for a file without decodable sound, SpeechError when the model fails.
    """
    samples = decode(path)
    began = clock()
    live = LiveTranscription({Leg.RX: _Whole(samples)}, transcriber, drill=True)
    phrases = tuple(phrase for step in live.finish() for phrase in step)
    return Measurement(phrases, len(samples) / wav.RATE, clock() - began)


def decode(path: Path) -> wav.Samples:
    """Any audio file as 8 kHz mono."""
    from faster_whisper.audio import decode_audio  # noqa: PLC0415 - seconds to import, needed here only

    try:
        samples = decode_audio(str(path), sampling_rate=wav.RATE)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise AudioUnreadable("{path}: no sound that can be read: {reason}", path=path, reason=error) from error
    except OSError as error:
        raise AudioUnreadable("{path}: cannot be read: {reason}", path=path, reason=error.strerror or error) from error
    if not len(samples):
        raise AudioUnreadable("{path}: the file holds no sound", path=path)
    return np.asarray(np.round(samples * 32767), np.int16)
