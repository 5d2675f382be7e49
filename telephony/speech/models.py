"""Model folders: which one is meant, whether it is whole, and which weights it holds. Nothing is loaded here."""

import functools
import hashlib
import json
import os
import struct
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

NEEDED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARY = ("vocabulary.json", "vocabulary.txt")
LFS = b"version https://git-lfs"
PRACTICE_BYTES = 20_000_000
"""No model that was trained on people's speech is this small (the smallest Whisper has 39 million weights)."""
BINARY_VERSION = 6
"""The layout of model.bin that CTranslate2 writes since 2021."""


class Presence(StrEnum):
    """Whether a model can be used."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ModelState:
    """`reason` is the sentence for people unless present; `practice`: it may hear practice calls only."""

    presence: Presence
    folder: Path | None = None
    reason: str = ""
    size: int = 0
    practice: bool = False

    def hears(self, *, drill: bool) -> bool:
        """Whether this model may hear such a call."""
        return self.presence is Presence.PRESENT and (drill or not self.practice)


def practice_folder() -> Path:
    """The model that comes with the product, for practice calls and tests."""
    return Path(__file__).parent / "practice_model"


def folder_name(name: str) -> str:
    """How the folder of a model is called: repository names lose their slash."""
    return name.replace("/", "--")


def resolve(name: str, models_dir: Path) -> Path | None:
    """The folder that the configuration means: a full path, or a name under `models_dir`; None when it is empty."""
    if not name.strip():
        return None
    path = Path(name).expanduser()
    return path if path.is_absolute() else models_dir / folder_name(name)


def state(name: str, models_dir: Path) -> ModelState:
    """What the doctor and the lines screen show for the configured model."""
    folder = resolve(name, models_dir)
    if folder is None:
        return ModelState(
            Presence.MISSING, reason="no speech model is configured; calls wait and are transcribed later"
        )
    return inspect(folder)


def inspect(folder: Path) -> ModelState:
    """Check a folder without loading it: files there, no pointers in place of files, nothing cut off. Milliseconds."""
    if not folder.is_dir():
        return ModelState(
            Presence.MISSING, folder, f"{folder}: no such model; get it with 'dutyline model fetch {folder.name}'"
        )
    try:
        fault = _fault(folder)
        size = sum(entry.stat().st_size for entry in folder.iterdir() if entry.is_file())
    except OSError as error:
        return ModelState(Presence.DAMAGED, folder, f"{folder}: cannot be read: {error.strerror}")
    if fault:
        return ModelState(Presence.DAMAGED, folder, f"{folder}: {fault}; fetch the model again", size)
    return ModelState(Presence.PRESENT, folder, "", size, _practice(folder))


def version(folder: Path) -> str:
    """First twelve digits of the weights' SHA-256. Remembered as long as the file does not change."""
    weights = folder / "model.bin"
    stat = weights.stat()
    return _digest(weights, stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _digest(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _practice(folder: Path) -> bool:
    """By weight, not by name: a copy under another name invents as much."""
    size = (folder / "model.bin").stat().st_size
    return size < PRACTICE_BYTES or (practice_folder().is_dir() and folder.resolve() == practice_folder().resolve())


def _fault(folder: Path) -> str:
    for name in NEEDED:
        if not (folder / name).is_file():
            return f"{name} is missing"
    vocabulary = next((name for name in VOCABULARY if (folder / name).is_file()), None)
    if vocabulary is None:
        return "vocabulary.json is missing"
    for name in (*NEEDED, vocabulary):
        with (folder / name).open("rb") as file:
            if file.read(len(LFS)) == LFS:
                return f"{name} is a Git LFS pointer, not the file itself"
    for name in ("config.json", "tokenizer.json", *(n for n in (vocabulary,) if n.endswith(".json"))):
        try:
            json.loads((folder / name).read_bytes())
        except ValueError:
            return f"{name} is cut off or not JSON"
    return _weights_fault(folder / "model.bin")


def _weights_fault(path: Path) -> str:
    """Walk from weight to weight through CTranslate2's file and see that it ends where it says."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            (layout,) = struct.unpack("<I", file.read(4))
            if layout != BINARY_VERSION:
                return f"model.bin is not a CTranslate2 model of layout {BINARY_VERSION}"
            _skip_string(file.read(2), file)
            _, count = struct.unpack("<II", file.read(8))
            for number in range(count):
                _skip_string(file.read(2), file)
                (rank,) = struct.unpack("<B", file.read(1))
                file.seek(4 * rank + 1, os.SEEK_CUR)
                (length,) = struct.unpack("<I", file.read(4))
                file.seek(length, os.SEEK_CUR)
                if file.tell() > size:
                    return f"model.bin is cut off: it ends within weight {number + 1} of {count}"
            (aliases,) = struct.unpack("<I", file.read(4))
            for _ in range(2 * aliases):
                _skip_string(file.read(2), file)
        except struct.error:
            return "model.bin is cut off"
        return "" if file.tell() == size else "model.bin is cut off or has something behind its weights"


def _skip_string(length: bytes, file: BinaryIO) -> None:
    file.seek(struct.unpack("<H", length)[0], os.SEEK_CUR)
