"""A leg that Asterisk is writing at this moment: what is new since the last look."""

import weakref
from pathlib import Path
from typing import IO

import numpy as np

from telephony.recording import wav
from telephony.recording.errors import DamagedRecording


class GrowingWav:
    """Reads `path` as it grows: not there yet, half a header and half a sample at the end are all normal.

    Samples are int16 at 8 kHz. Asterisk flushes in blocks of 32 KiB, about 2 s, so new sound comes in steps.
    Once found, the file is held open: when it is sealed and removed meanwhile, its end can still be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        """Samples read so far."""
        self._file: IO[bytes] | None = None

    def look(self) -> wav.WavState:
        """The state on disk now. Raises DamagedRecording when the file is no telephone WAV."""
        file = self._open()
        if file is None:
            return wav.WavState(self.path, wav.Condition.MISSING, "no such file")
        state = wav.inspect_open(self.path, file)
        if state.condition is wav.Condition.DAMAGED:
            raise DamagedRecording("{path}: {reason}; the file is kept as it is", path=self.path, reason=state.reason)
        return state

    def available(self) -> float:
        """Seconds on disk, read or not."""
        return self.look().seconds

    def read(self, limit: int | None = None) -> wav.Samples:
        """New samples, at most `limit`; empty when there are none. Raises DamagedRecording."""
        state = self.look()
        count = state.samples - self.position
        if self._file is None or count <= 0:
            return np.zeros(0, np.int16)
        new = wav.read_open(self._file, state, self.position, count if limit is None else min(count, limit))
        self.position += len(new)
        return new

    def _open(self) -> IO[bytes] | None:
        if self._file is None:
            try:
                self._file = self.path.open("rb", buffering=0)
            except FileNotFoundError:
                return None
            weakref.finalize(self, self._file.close)
        return self._file
