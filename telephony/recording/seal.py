"""Sealing: the legs become one two-channel FLAC, compared sample by sample, and only the hash lets the WAVs go.

Left is the outside party (rx), right our side (tx). Killed at any point, the next try finds either no sealed file
(and all WAVs) or a whole one; a half-written one only ever exists under the hidden name `.NAME.part`.
"""

import contextlib
import fcntl
import hashlib
import io
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

import numpy as np
import soundfile

from telephony.recording import legs, wav
from telephony.recording.errors import NothingRecorded, RecordingError, SealBusy, writing_failed
from telephony.recording.legs import Note, Plan

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed call. `sha256` is of the file's bytes; `repaired`: a leg was cut and ends at its last sample."""

    path: Path
    sha256: str
    seconds: float
    rx_seconds: float
    tx_seconds: float
    repaired: bool
    notes: tuple[Note, ...] = ()


class Verdict(StrEnum):
    """What became of a sealed file."""

    SOUND = "sound"
    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """`sha256` is what was found now, empty when nothing could be read."""

    verdict: Verdict
    sha256: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        """The file is the one that was sealed, byte by byte."""
        return self.verdict is Verdict.SOUND


def seal(stem: Path, out: Path) -> Sealed:
    """Seal the call's files as `out` (.flac); the WAVs stay. Call it again after a kill: the result is the same.

    The writer must have stopped (StopMixMonitor, or Asterisk gone). Memory does not grow with the length.
    Raises NothingRecorded, DamagedRecording, DiskFull, SealBusy or another RecordingError.
    """
    try:
        plan = legs.plan(stem)
    except NothingRecorded:
        if not out.exists():
            raise
        return _already_sealed(out)
    notes = list(plan.notes)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _exclusive(out.with_name(f".{out.name}.part")) as part:
            if out.exists() and not _holds(out, plan):
                _set_aside(out)
                notes.append(Note.SET_ASIDE)
            if not out.exists():
                _encode(part, plan)
                os.fsync(part.fileno())
                os.posix_fadvise(part.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so that the disk is read, not the cache
                difference = _difference(Path(part.name), plan)
                if difference:
                    raise RecordingError(
                        "{out}: not sealed, what was written reads back differently ({difference}); the WAVs are kept",
                        out=out,
                        difference=difference,
                    )
                Path(part.name).rename(out)
            _sync_folder(out.parent)
    except OSError as error:
        raise writing_failed(out, error) from error
    sealed = Sealed(
        path=out,
        sha256=digest(out),
        seconds=_seconds(out),
        rx_seconds=plan.left.seconds if plan.left else 0.0,
        tx_seconds=plan.right.seconds if plan.right else 0.0,
        repaired=plan.repaired,
        notes=tuple(notes),
    )
    log.info("sealed %s: %.1f s, notes: %s", out.name, sealed.seconds, ", ".join(notes) or "none")
    return sealed


def discard(stem: Path, out: Path, sha256: str) -> tuple[Path, ...]:
    """Remove the WAVs that `out` stands for, once the journal holds `sha256`; returns the files that are kept.

    Refuses (RecordingError) unless `out` is that file. Damaged files stay, and the mix stays where a leg was lost.
    """
    result = verify(out, sha256)
    if not result.ok:
        raise RecordingError(
            "{out}: {reason}; the WAVs of {name} are kept", out=out, reason=result.reason, name=stem.name
        )
    with contextlib.suppress(NothingRecorded):
        for path in legs.plan(stem).covered:
            path.unlink(missing_ok=True)
    return tuple(path for path in legs.all_paths(stem) if path.exists() and not _drop_empty(path))


def verify(path: Path, sha256: str) -> VerifyResult:
    """Compare a sealed file with the hash in the journal."""
    try:
        found = digest(path)
    except FileNotFoundError:
        return VerifyResult(Verdict.MISSING, reason="the sealed file is not there")
    except OSError as error:
        return VerifyResult(Verdict.UNREADABLE, reason=f"the sealed file cannot be read: {error.strerror}")
    if found != sha256:
        return VerifyResult(
            Verdict.CHANGED, found, "the sealed file is not the one that was sealed: its SHA-256 differs"
        )
    return VerifyResult(Verdict.SOUND, found)


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Target(io.RawIOBase):
    """The file under libsndfile: a write that fails is remembered, since an exception cannot cross the C library."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:  # type: ignore[override]
        done = 0
        try:
            while done < len(data):
                done += self.file.write(data[done:])
        except OSError as error:
            self.error = self.error or error
        return done

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()


def _encode(part: IO[bytes], plan: Plan) -> None:
    part.seek(0)
    part.truncate()
    target = _Target(part)
    try:
        with soundfile.SoundFile(target, "w", wav.RATE, 2, "PCM_16", format="FLAC") as file:
            for left, right in _sides(plan):
                file.write(np.column_stack([left, right]))
    except (soundfile.LibsndfileError, AssertionError) as error:
        # The library reports a short write as its own error or, in Python, as a failed assertion.
        raise target.error or RecordingError(
            "{name}: the encoder failed: {reason}", name=part.name, reason=error
        ) from error
    if target.error:
        raise target.error


def _sides(plan: Plan) -> Iterator[tuple[wav.Samples, wav.Samples]]:
    silence = wav.WavState(Path(), wav.Condition.EMPTY)
    left, right = (wav.blocks(side or silence, plan.total) for side in (plan.left, plan.right))
    return zip(left, right, strict=True)


def _difference(sealed: Path, plan: Plan) -> str:
    """Where `sealed` is not exactly `plan`; empty when it is."""
    try:
        with soundfile.SoundFile(sealed) as file:
            if (file.samplerate, file.channels, file.frames) != (wav.RATE, 2, plan.total):
                return f"{file.channels} channels, {file.samplerate} Hz, {file.frames} samples instead of {plan.total}"
            for number, (left, right) in enumerate(_sides(plan)):
                got = file.read(len(left), dtype="int16", always_2d=True)
                if len(got) != len(left) or not (np.array_equal(got[:, 0], left) and np.array_equal(got[:, 1], right)):
                    return f"in the {wav.BLOCK / wav.RATE:.0f} s from second {number * wav.BLOCK / wav.RATE:.0f}"
    except soundfile.LibsndfileError as error:
        return str(error)
    return ""


def _holds(sealed: Path, plan: Plan) -> bool:
    """Whether `sealed` has every sample of the legs still there: after a kill while discarding, one may be gone."""
    try:
        with soundfile.SoundFile(sealed) as file:
            if (file.samplerate, file.channels) != (wav.RATE, 2) or file.frames < plan.total:
                return False
            for pair in _sides(plan):
                got = file.read(len(pair[0]), dtype="int16", always_2d=True)
                present = [n for n, side in enumerate((plan.left, plan.right)) if side]
                if len(got) != len(pair[0]) or not all(np.array_equal(got[:, n], pair[n]) for n in present):
                    return False
    except soundfile.LibsndfileError:
        return False
    return True


def _already_sealed(out: Path) -> Sealed:
    """The WAVs are gone: the sealed file speaks for itself."""
    seconds = _seconds(out)
    return Sealed(out, digest(out), seconds, seconds, seconds, repaired=False)


def _seconds(sealed: Path) -> float:
    try:
        with soundfile.SoundFile(sealed) as file:
            return float(file.frames / file.samplerate)
    except soundfile.LibsndfileError as error:
        raise RecordingError(
            "{sealed}: the sealed file cannot be read: {reason}", sealed=sealed, reason=error
        ) from error


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[IO[bytes]]:
    """The temporary file, locked; gone afterwards unless renamed. A leftover of a killed process is taken over."""
    with open(path, "r+b", buffering=0, opener=lambda name, flags: os.open(name, flags | os.O_CREAT, 0o640)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SealBusy("{file}: another process is sealing this call; try again later", file=path.name) from error
        # Renamed by its former owner between our open and our lock, it would be the sealed file and not ours to write.
        if not _is(path, file):
            raise SealBusy("{file}: another process has just sealed this call; try again", file=path.name)
        try:
            yield file
        finally:
            if _is(path, file):
                path.unlink()


def _is(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _set_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{path.stem}.aside-{number}{path.suffix}")).exists():
        number += 1
    log.warning("%s is not this recording; renamed to %s", path, aside.name)
    path.rename(aside)


def _drop_empty(path: Path) -> bool:
    if wav.inspect(path).condition is not wav.Condition.EMPTY:
        return False
    path.unlink(missing_ok=True)
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
