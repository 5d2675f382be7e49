"""How loud a recording is: the picture of its waveform, what is wrong with it, and how long the disk will last."""

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from telephony.recording.errors import RecordingError

FULL_SCALE = 32768.0
SILENT_DB = -50.0
"""A leg whose loudest tenth of a second stays below this (dBFS) carried no voice: a line's idle noise is lower."""


class Alarm(StrEnum):
    """What an inspector should look at."""

    EMPTY = "empty"
    LEFT_SILENT = "left-silent"
    RIGHT_SILENT = "right-silent"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One channel in equal time slices: `peak` and `rms` from 0 to 1, `loudest` the loudest 100 ms in dBFS."""

    peak: NDArray[np.float32]
    rms: NDArray[np.float32]
    loudest: float


@dataclass(frozen=True, slots=True)
class Levels:
    """A mono file has the same envelope twice."""

    seconds: float
    left: Envelope
    right: Envelope
    alarms: tuple[Alarm, ...]

    @property
    def one_sided(self) -> bool:
        """Exactly one party can be heard."""
        return (Alarm.LEFT_SILENT in self.alarms) != (Alarm.RIGHT_SILENT in self.alarms)


def levels(path: Path, slices: int = 400) -> Levels:
    """Measure a sealed file or a WAV, at most `slices` values a channel; memory does not grow with the length."""
    try:
        with soundfile.SoundFile(path) as file:
            frames, rate = file.frames, file.samplerate
            tenth = max(1, rate // 10)
            width = max(tenth, -(-frames // slices) if frames else tenth)
            width += -width % tenth
            peaks, powers, loudest = [], [], np.zeros(2)
            for block in file.blocks(width, dtype="float32", always_2d=True):
                pair = block[:, [0, -1]]
                peaks.append(np.abs(pair).max(axis=0))
                square = np.square(pair)
                powers.append(square.mean(axis=0))
                tenths = np.add.reduceat(square, np.arange(0, len(square), tenth)) / tenth
                loudest = np.maximum(loudest, tenths.max(axis=0))
    except soundfile.LibsndfileError as error:
        raise RecordingError("{path}: cannot be read: {reason}", path=path, reason=error) from error
    peak = np.asarray(peaks, np.float32).reshape(-1, 2)
    rms = np.sqrt(np.asarray(powers, np.float32).reshape(-1, 2))
    sides = [Envelope(peak[:, n], rms[:, n], _decibels(float(loudest[n]))) for n in (0, 1)]
    alarms = [
        alarm
        for side, alarm in zip(sides, (Alarm.LEFT_SILENT, Alarm.RIGHT_SILENT), strict=True)
        if side.loudest < SILENT_DB
    ]
    return Levels(frames / rate, sides[0], sides[1], tuple(alarms) if frames else (Alarm.EMPTY,))


def _decibels(power: float) -> float:
    return 10 * float(np.log10(max(power, 1 / FULL_SCALE**2)))


def disk_days(folder: Path, bytes_per_day: float) -> float:
    """Days until the disk under `folder` is full at this rate; infinite when nothing is written."""
    there = next(place for place in (folder, *folder.resolve().parents) if place.exists())
    free = shutil.disk_usage(there).free
    return free / bytes_per_day if bytes_per_day > 0 else float("inf")
