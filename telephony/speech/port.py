"""What the rest of the product asks of whoever writes down speech."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16000
"""Samples per second that a transcriber is given."""

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words. `start`, `end` in seconds of the samples given; `logprob` the mean log probability of a token,
    `no_speech` the model's own doubt from 0 to 1; `doubtful` when a person should listen before believing it."""

    start: float
    end: float
    text: str
    logprob: float
    no_speech: float
    doubtful: bool = False


class Transcriber(Protocol):
    """A speech model. Every transcript names `model` and `version`."""

    @property
    def model(self) -> str:
        """Its name for people."""

    @property
    def version(self) -> str:
        """What tells these weights from others of the same name."""

    @property
    def drill_only(self) -> bool:
        """It may hear nothing but practice calls."""

    @property
    def longest(self) -> float:
        """Seconds that it hears at once; phrases are cut to fit."""

    @property
    def joins(self) -> bool:
        """Several phrases with their pauses may be heard as one when there is no time for each alone."""

    def transcribe(self, samples: Wave, hotwords: Sequence[str] = ()) -> list[Phrase]:
        """The words in `samples` (float32, 16 kHz, mono, at most `longest`); `hotwords` are names likely to be said,
        the likeliest first. Noise and silence give no phrase. Raises SpeechError."""
