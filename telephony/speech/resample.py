"""From the telephone's 8 kHz to the models' 16 kHz, the same numbers however the sound is divided."""

import numpy as np
from numpy.typing import NDArray

from telephony.speech.port import Wave

REACH = 16
"""Samples on each side from which a new one is made."""


def _kernel() -> NDArray[np.float32]:
    """Half-band low-pass at the points between the samples: a windowed sinc that sums to one."""
    distance = np.arange(-REACH, REACH) + 0.5
    taps = np.sinc(distance) * np.kaiser(2 * REACH, 8.0)
    return np.asarray(taps / taps.sum(), np.float32)


KERNEL = _kernel()


def double(samples: NDArray[np.int16]) -> Wave:
    """Twice as many samples, float32 within ±1; before and after the given ones there is silence."""
    return double_inner(np.pad(samples, (REACH, REACH)))


def double_inner(samples: NDArray[np.int16]) -> Wave:
    """The same for a part of a longer sound: the first and last REACH samples only serve as neighbours."""
    if len(samples) <= 2 * REACH:
        return np.zeros(0, np.float32)
    wave = samples.astype(np.float32) / 32768.0
    wide = np.empty(2 * (len(wave) - 2 * REACH), np.float32)
    wide[0::2] = wave[REACH:-REACH]
    wide[1::2] = np.convolve(wave[1:], KERNEL[::-1], "valid")
    return wide
