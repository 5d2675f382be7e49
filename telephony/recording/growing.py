"""A leg that Asterisk is writing at this moment: what is new since the last look."""

from pathlib import Path

import numpy as np

from telephony.recording import wav
from telephony.recording.errors import DamagedRecording


class GrowingWav:
    """Reads `path` as it grows: not there yet, half a header and half a sample at the end are all normal.

    Samples are int16 at 8 kHz. Asterisk flushes in blocks of 32 KiB, about 2 s, so new sound comes in steps.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        """Samples read so far."""

    def look(self) -> wav.WavState:
        """The state on disk now. Raises DamagedRecording when the file is no telephone WAV."""
        state = wav.inspect(self.path)
        if state.condition is wav.Condition.DAMAGED:
            raise DamagedRecording(f"{self.path}: {state.reason}; the file is kept as it is")
        return state

    def available(self) -> float:
        """Seconds on disk, read or not."""
        return self.look().seconds

    def read(self, limit: int | None = None) -> wav.Samples:
        """New samples, at most `limit`; empty when there are none. Raises DamagedRecording."""
        state = self.look()
        count = state.samples - self.position
        if count <= 0:
            return np.zeros(0, np.int16)
        new = wav.read(state, self.position, count if limit is None else min(count, limit))
        self.position += len(new)
        return new
