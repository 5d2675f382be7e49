"""A call's two legs written as MixMonitor writes them, only faster: for what is heard while it grows."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from telephone_wav import Samples, header

from telephony.practice import scripts
from telephony.recording.legs import Leg, leg_path

BLOCK = 32 * 1024
RATE = 8000
BEHIND = 20.0
"""Seconds that may be on tape and not on record without anybody being late: a phrase, a block, a pause."""


def conversation(seconds: int) -> dict[Leg, Samples]:
    """Practice calls one after the other, cut at `seconds` wherever that falls."""
    found: dict[Leg, Samples] = {}
    for leg, name in ((Leg.RX, "caller"), (Leg.TX, "officer")):
        parts: list[Samples] = []
        for script in itertools.cycle(scripts.load()):
            samples, _ = soundfile.read(getattr(script, name), dtype="int16")
            parts.append(np.pad(samples, (0, max(0, round(script.seconds * RATE) - len(samples)))))
            if sum(map(len, parts)) >= seconds * RATE:
                break
        found[leg] = np.concatenate(parts)[: seconds * RATE]
    return found


def write(stem: Path, legs: dict[Leg, Samples], times: float, last: float, heard: Callable[[], float]) -> None:
    """Both legs in blocks of 32 KiB, `times` faster than they were spoken and the last minute `last` times faster.

    Who listens may keep pace: while `heard` (seconds) is far behind, the tape slows down, at most to life's own speed.
    The sizes in the headers are 0 until the files are closed.
    """
    data = {leg: header() + samples.astype("<i2").tobytes() for leg, samples in legs.items()}
    longest = max(map(len, data.values()))
    files = {leg: leg_path(stem, leg).open("wb", buffering=0) for leg in data}
    began, due, done = time.monotonic(), time.monotonic(), 0.0

    def until(end: int) -> None:
        nonlocal due, done
        second = end / (2 * RATE)
        due += (second - done) / (times if second < longest / (2 * RATE) - 60 else last)
        time.sleep(max(0.0, due - time.monotonic()))
        while second - heard() > BEHIND and time.monotonic() < began + second:
            time.sleep(0.1)
        due, done = max(due, time.monotonic()), second

    for end in range(BLOCK, longest, BLOCK):
        until(end)
        for leg, file in files.items():
            file.write(data[leg][end - BLOCK : end])
    until(longest)
    for leg, file in files.items():
        file.write(data[leg][(longest - 1) // BLOCK * BLOCK :])
        file.seek(0)
        file.write(header(len(data[leg]) - 44))
        file.close()
