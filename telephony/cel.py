"""Follows Asterisk's event log like a write-ahead log: the durable path of capture.

read() is given where the last reading stood and returns what came since, whole records only. The caller stores
`next_position` in the transaction that stores the facts' effects; until then nothing is forgotten, and reading again
gives the same. Files that logrotate renamed are finished first; a truncated or replaced file is begun anew and said.
"""

import os
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from telephony.cel_records import START, parse, pieces, rescued
from telephony.facts import Fact

WINDOW = 1024 * 1024
"""Bytes looked at in one reading."""
LONGEST_RECORD = 256 * 1024
MOST_WITHOUT_FACTS = 20
"""Looks of one reading: a log has stretches that say nothing to us, and files follow one another."""
SETTLE = 2.0
"""Seconds without growth after which a renamed file is held to be complete."""
_MARK = 4096
"""More than one record: the times in it tell two files apart."""
_PACKED = (".gz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True, slots=True)
class Position:
    """How far the log was read: file, byte offset behind the last record, checksum of the bytes before it."""

    device: int = 0
    inode: int = 0
    offset: int = 0
    mark: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a column of JSON."""
        return {"device": self.device, "inode": self.inode, "offset": self.offset, "mark": self.mark}

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Self:
        """What as_json() gave; None is the beginning."""
        return cls(**value) if value else cls()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one reading gave; `problems` are sentences for the log; `more`: read again at once."""

    facts: tuple[Fact, ...]
    next_position: Position
    problems: tuple[str, ...] = ()
    more: bool = False


class CelFollower:
    """Reads the log at `path`, which need not exist yet. One thread at a time; reads nothing but files."""

    def __init__(self, path: Path, *, settle: float = SETTLE, clock: Callable[[], float] = time.time) -> None:
        self.path, self._settle, self._clock = path, settle, clock
        self._fd: int | None = None
        self._searched = (0, 0, 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __del__(self) -> None:
        self.close()

    def read(self, position: Position, limit: int = 500) -> Batch:
        """At most `limit` records after `position`, or none when it stands at the end.

        Raises OSError when the log exists and cannot be read.
        """
        problems: tuple[str, ...] = ()
        for _ in range(MOST_WITHOUT_FACTS):
            batch = self._read(position, limit)
            problems += batch.problems
            position = batch.next_position
            if batch.facts or not batch.more:
                break
        return Batch(batch.facts, position, problems, batch.more)

    def _read(self, position: Position, limit: int) -> Batch:
        """One look into one file."""
        problems: list[str] = []
        fd = self._open(position)
        if fd is None:
            start = self._oldest() if position.inode else self._stat(self.path)
            if start is None:
                return Batch((), position)
            if position.inode:
                problems.append(f"{self.path.name}: the file read so far is gone; beginning with the oldest there is")
            return Batch((), Position(start.st_dev, start.st_ino), tuple(problems), more=True)
        status = os.fstat(fd)
        offset = position.offset
        if status.st_size < offset or _mark(fd, offset) != position.mark:
            problems.append(f"{self.path.name}: was cut or replaced before byte {offset}; beginning it anew")
            return Batch((), Position(status.st_dev, status.st_ino), tuple(problems), more=True)
        data = os.pread(fd, WINDOW, offset)
        facts, used = self._records(data, offset, limit, problems)
        if not used and len(data) == WINDOW:
            used = self._overlong(fd, offset, problems)
        if used:
            end = offset + used
            position = Position(status.st_dev, status.st_ino, end, _mark(fd, end))
            return Batch(tuple(facts), position, tuple(problems), more=end < status.st_size)
        return self._next(status, position, len(data))

    def _records(self, data: bytes, offset: int, limit: int, problems: list[str]) -> tuple[list[Fact], int]:
        """Facts of the complete records at the beginning of `data`, and the bytes they take."""
        facts: list[Fact] = []
        used = 0
        for begin, end in islice(pieces(data, more=len(data) == WINDOW), limit):
            used = end
            try:
                facts += _parsed(data[begin:end])
            except ValueError as error:
                facts += rescued(data[begin:end])
                where = f"{self.path.name}: no event record at byte {offset + begin}"
                problems.append(f"{where}: {error}: {data[begin : min(end, begin + 60)]!r}")
        return facts, used

    def _overlong(self, fd: int, offset: int, problems: list[str]) -> int:
        """Bytes up to the next record when none ends within the window; 0 while there is no next one."""
        status = os.fstat(fd)
        inode, begin, done = self._searched
        at = done if (inode, begin) == (status.st_ino, offset) else offset + 1
        while True:
            data = os.pread(fd, WINDOW, at)
            found = START.search(data, 1)
            if found:
                used = at + found.start() - offset
                problems.append(f"{self.path.name}: no event record at byte {offset}: {used} bytes")
                return used
            if len(data) < WINDOW:
                self._searched = (status.st_ino, offset, at)
                return 0
            at += WINDOW - 256

    def _next(self, status: os.stat_result, position: Position, left: int) -> Batch:
        """Nothing whole to read in this file: stay, or go on to the one that followed it."""
        current = self._stat(self.path)
        if current is None or _same(current, status) or self._clock() - status.st_mtime < self._settle:
            return Batch((), position)
        later = [other for other in self._siblings() if other.st_mtime_ns >= status.st_mtime_ns]
        following = next((other for other in later if not _same(other, status)), current)
        problems = (f"{self.path.name}: half a record at the end of a rotated file, {left} bytes",) if left else ()
        return Batch((), Position(following.st_dev, following.st_ino), problems, more=True)

    def _open(self, position: Position) -> int | None:
        """The file of `position`: the open one, the current one, or one that was renamed; None when it is gone."""
        if self._fd is not None and _at(position, os.fstat(self._fd)):
            return self._fd
        self.close()
        for path in (self.path, *self._renamed()):
            status = self._stat(path)
            if status is not None and _at(position, status):
                self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                if _at(position, os.fstat(self._fd)):
                    return self._fd
                self.close()
        return None

    def _renamed(self) -> list[Path]:
        return [path for path in self.path.parent.glob(self.path.name + "[.-]*") if path.suffix not in _PACKED]

    def _siblings(self) -> list[os.stat_result]:
        """The renamed files, oldest first, then the current one."""
        renamed = [status for path in self._renamed() if (status := self._stat(path)) is not None]
        current = self._stat(self.path)
        return sorted(renamed, key=lambda status: status.st_mtime_ns) + ([current] if current else [])

    def _oldest(self) -> os.stat_result | None:
        return next(iter(self._siblings()), None)

    @staticmethod
    def _stat(path: Path) -> os.stat_result | None:
        try:
            return path.stat()
        except FileNotFoundError:
            return None


def _parsed(record: bytes) -> list[Fact]:
    if len(record) > LONGEST_RECORD:
        raise ValueError(f"{len(record)} bytes")
    return parse(record)


def _mark(fd: int, offset: int) -> str:
    """Checksum of the bytes before `offset`: tells a file that was rewritten or whose inode was given away again."""
    begin = max(0, offset - _MARK)
    return f"{zlib.crc32(os.pread(fd, offset - begin, begin)):08x}" if offset else ""


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _at(position: Position, status: os.stat_result) -> bool:
    return (position.device, position.inode) == (status.st_dev, status.st_ino)
