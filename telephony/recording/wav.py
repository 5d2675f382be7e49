"""The WAV files that MixMonitor writes: what is in one, whole or cut, and its repair.

A file that grows or was cut by a kill has sizes of 0 in its header, so the file's own length is what counts.
Everything here reads 8 kHz 16-bit mono PCM, little-endian; other contents are called damaged and left alone.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

RATE = 8000
"""Samples per second of a telephone leg."""
WIDTH = 2
HEAD = 4096
"""Bytes searched for the data chunk: Asterisk's header has 44, other programs add a few chunks."""
BLOCK = 65536

SAMPLE = np.dtype("<i2")
Samples = NDArray[np.int16]


class Condition(StrEnum):
    """What a WAV file is good for."""

    WHOLE = "whole"
    CUT = "cut"
    """Still growing, or its writer was killed: every sample up to the end of the file is good."""
    EMPTY = "empty"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class WavState:
    """What was found at `path`: samples lie in the file from `offset`, `samples` of them. `reason` is for people."""

    path: Path
    condition: Condition
    reason: str = ""
    offset: int = 0
    samples: int = 0

    @property
    def seconds(self) -> float:
        """Length of what can be heard."""
        return self.samples / RATE

    @property
    def audible(self) -> bool:
        """There is at least one sample to hear."""
        return self.samples > 0


class _Damage(Exception):
    """The bytes are not our kind of WAV; str() says why."""


def _data_chunk(head: bytes) -> tuple[int, int] | None:
    """(offset of the first sample, size that the header claims); None while the header is incomplete."""
    if not b"RIFF".startswith(head[:4]) or not b"WAVE".startswith(head[8:12]):
        raise _Damage(f"not a WAV file (it begins with {head[:12].hex(' ')})")
    at, described = 12, False
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            if not described:
                raise _Damage("the header describes no format before the data")
            return at + 8, size
        if name == b"fmt " and at + 24 <= len(head):
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, at + 8)
            if (kind, channels, rate, bits) != (1, 1, RATE, 8 * WIDTH):
                raise _Damage(
                    f"format {kind}, {channels} channel(s), {rate} Hz, {bits} bit instead of PCM, mono, 8000 Hz, 16 bit"
                )
            described = True
        at += 8 + size + size % 2
    if len(head) >= HEAD:
        raise _Damage("no data chunk within the first 4 KiB")
    return None


def _only_chunks(tail: bytes) -> bool:
    """Whether `tail`, what follows the claimed data, is made of further chunks rather than of sound."""
    at = 0
    while at + 8 <= len(tail):
        name, size = struct.unpack_from("<4sI", tail, at)
        if not name.isascii() or not name.decode("ascii").isprintable():
            return False
        at += 8 + size + size % 2
    return at == len(tail)


def inspect(path: Path) -> WavState:
    """Look at one file without changing it. Never raises for its contents or its absence; other OSErrors pass."""
    try:
        with path.open("rb") as file:
            return inspect_open(path, file)
    except FileNotFoundError:
        return WavState(path, Condition.MISSING, "no such file")


def inspect_open(path: Path, file: IO[bytes]) -> WavState:
    """The same for a file that is open already; `path` only names it."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    try:
        found = _data_chunk(file.read(HEAD))
    except _Damage as damage:
        return WavState(path, Condition.DAMAGED, str(damage))
    if found is None:
        return WavState(path, Condition.EMPTY, "no sound yet: the header is incomplete")
    offset, claimed = found
    data = max(0, size - offset)
    if data < WIDTH:
        return WavState(path, Condition.EMPTY, "no sound was written", offset)
    if 0 < claimed < data:
        file.seek(offset + claimed + claimed % 2)
        tail = file.read(HEAD)
        if len(tail) < HEAD and _only_chunks(tail):
            return WavState(path, Condition.WHOLE, "", offset, claimed // WIDTH)
    whole = claimed == data // WIDTH * WIDTH
    reason = "" if whole else f"the header claims {claimed} bytes of sound, the file has {data}"
    return WavState(path, Condition.WHOLE if whole else Condition.CUT, reason, offset, data // WIDTH)


def repair(path: Path) -> WavState:
    """Correct the sizes in the header of a cut file that nobody writes any more; no other byte changes."""
    state = inspect(path)
    if state.condition is not Condition.CUT:
        return state
    length = state.samples * WIDTH
    with path.open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", min(state.offset + length - 8, 0xFFFFFFFF)))
        file.seek(state.offset - 4)
        file.write(struct.pack("<I", min(length, 0xFFFFFFFF)))
        file.flush()
        os.fsync(file.fileno())
    return inspect(path)


def read(state: WavState, start: int, count: int) -> Samples:
    """`count` samples from `start`, fewer at the end. `state` must have been audible."""
    with state.path.open("rb") as file:
        return read_open(file, state, start, count)


def read_open(file: IO[bytes], state: WavState, start: int, count: int) -> Samples:
    """The same from a file that is open already."""
    file.seek(state.offset + start * WIDTH)
    raw = file.read(max(0, min(count, state.samples - start)) * WIDTH)
    return np.frombuffer(raw[: len(raw) // WIDTH * WIDTH], SAMPLE).astype(np.int16)


def blocks(state: WavState, total: int, size: int = BLOCK) -> Iterator[Samples]:
    """The samples in blocks of `size`, zeros after the end up to `total`: a leg that ends early is silent then."""
    for start in range(0, total, size):
        count = min(size, total - start)
        got = read(state, start, count) if start < state.samples else np.zeros(0, np.int16)
        yield got if len(got) == count else np.concatenate([got, np.zeros(count - len(got), np.int16)])
