"""WAV files as MixMonitor writes them, for tests."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telephony.recording import legs

Samples = NDArray[np.int16]


def header(data_bytes: int = 0, *, rate: int = 8000) -> bytes:
    """The 44 bytes; with 0 as it is while the file grows or after a kill."""
    riff = data_bytes + 36 if data_bytes else 0
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", riff, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", data_bytes
    )


def whole(path: Path, samples: Samples) -> Path:
    """A finished file."""
    path.write_bytes(header(2 * len(samples)) + samples.astype("<i2").tobytes())
    return path


def cut(path: Path, samples: Samples, extra: bytes = b"") -> Path:
    """A file whose writer was killed."""
    path.write_bytes(header() + samples.astype("<i2").tobytes() + extra)
    return path


def noise(seconds: float, seed: int = 0, loud: int = 3000) -> Samples:
    """Something that is not silence and never repeats."""
    return np.random.default_rng(seed).integers(-loud, loud, round(seconds * 8000)).astype(np.int16)


def call(stem: Path, rx: Samples | None, tx: Samples | None, mix: Samples | None = None) -> Path:
    """The finished files of one call."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    for leg, samples in ((legs.Leg.RX, rx), (legs.Leg.TX, tx)):
        if samples is not None:
            whole(legs.leg_path(stem, leg), samples)
    if mix is not None:
        whole(legs.mix_path(stem), mix)
    return stem
