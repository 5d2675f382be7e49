"""Spoken samples (synthetic voices, practice sentences) and how far a transcript is from what was said."""

import json
from pathlib import Path

import numpy as np
import soundfile

from telephony.recording.wav import Samples
from telephony.speech.gate import plain

FOLDER = Path(__file__).with_name("speech_samples")


def sound(name: str) -> Samples:
    """8 kHz samples: `single-2`, `single-3` one sentence each, `call-0` five with pauses."""
    samples, rate = soundfile.read(FOLDER / f"{name}.flac", dtype="int16")
    assert rate == 8000
    return np.asarray(samples, np.int16)


def reference(name: str) -> list[tuple[float, float, str]]:
    """What was said: start and end second, text."""
    return [tuple(part) for part in json.loads((FOLDER / "references.json").read_text(encoding="utf-8"))[name]]


def character_errors(said: str, heard: str) -> float:
    """Character error rate without punctuation."""
    said, heard = plain(said), plain(heard)
    row = list(range(len(heard) + 1))
    for i, x in enumerate(said):
        last, row = row, [i + 1]
        for j, y in enumerate(heard):
            row.append(min(last[j] + (x != y), last[j + 1] + 1, row[j] + 1))
    return row[-1] / len(said)
