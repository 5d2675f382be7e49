"""Whether somebody speaks: Silero's detector as it comes with faster-whisper, fed window by window."""

import functools
from typing import Any

import numpy as np

from telephony.recording import wav
from telephony.speech import resample
from telephony.speech.port import Wave

WINDOW = 256
"""Telephone samples that are judged at once: 32 ms."""
SECONDS = WINDOW / wav.RATE
CONTEXT = 64
QUIET = 24
"""A window without any louder sample is silence without asking: three steps of a µ-law line's idle noise."""


@functools.cache
def _session() -> Any:
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415 - loads ONNX; a reader of recordings has no need of it

    return get_vad_model().session


class VoiceActivity:
    """The detector with its memory, for one leg from its first window to its last."""

    def __init__(self) -> None:
        self._hidden: Wave = np.zeros((1, 1, 128), np.float32)
        self._cell: Wave = np.zeros((1, 1, 128), np.float32)
        self._context: Wave = np.zeros(CONTEXT, np.float32)
        self._before = np.zeros(2 * resample.REACH, np.int16)

    def probability(self, window: wav.Samples) -> float:
        """How likely the WINDOW samples hold speech, 0 to 1. Looks 2 ms behind the newest sample."""
        joined = np.concatenate([self._before, window])
        self._before = joined[-2 * resample.REACH :]
        if max(-int(window.min()), int(window.max())) <= QUIET:
            self._context = np.zeros(CONTEXT, np.float32)
            return 0.0
        wave = resample.double_inner(joined)
        heard, self._hidden, self._cell = _session().run(
            None, {"input": np.concatenate([self._context, wave])[None], "h": self._hidden, "c": self._cell}
        )
        self._context = wave[-CONTEXT:]
        return float(heard.ravel()[0])
