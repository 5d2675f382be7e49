"""Where a leg's samples come from: the file that grows, or a channel of the sealed one."""

from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile

from telephony.recording import legs, wav
from telephony.recording.errors import DamagedRecording
from telephony.recording.growing import GrowingWav
from telephony.recording.legs import Leg


class LegSource(Protocol):
    """One leg, read from its beginning on. GrowingWav is one."""

    def read(self, limit: int | None = None) -> wav.Samples:
        """The next samples (int16, 8 kHz), at most `limit`; empty when there are no more at the moment.
        Raises DamagedRecording when this leg cannot be read at all."""


class SealedLeg:
    """A channel of a sealed call."""

    def __init__(self, path: Path, leg: Leg) -> None:
        self.path = path
        self.column = 0 if leg is Leg.RX else -1
        self.position = 0

    def read(self, limit: int | None = None) -> wav.Samples:
        """See LegSource."""
        try:
            with soundfile.SoundFile(self.path) as file:
                if file.samplerate != wav.RATE:
                    raise DamagedRecording(
                        "{path}: {samplerate} Hz is not a telephone recording",
                        path=self.path,
                        samplerate=file.samplerate,
                    )
                if self.position >= file.frames:
                    return np.zeros(0, np.int16)
                file.seek(self.position)
                block = file.read(-1 if limit is None else limit, dtype="int16", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise DamagedRecording("{path}: cannot be read: {reason}", path=self.path, reason=error) from error
        self.position += len(block)
        return np.ascontiguousarray(block[:, self.column], np.int16)


def growing(stem: Path) -> dict[Leg, LegSource]:
    """The legs that MixMonitor is writing, or has written, under `stem`."""
    return {leg: GrowingWav(legs.leg_path(stem, leg)) for leg in Leg}


def sealed(path: Path) -> dict[Leg, LegSource]:
    """The legs of a sealed file."""
    return {leg: SealedLeg(path, leg) for leg in Leg}
