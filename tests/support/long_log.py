"""A duty log of any length, written straight into the tables: years of calls in a minute."""

import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from models.store import migrations
from models.store.engine import Record
from models.store.search import pairs

CORPUS = Path(__file__).parents[1] / "corpus" / "elements" / "calls.jsonl"
RARE = "鲸鱼"
"""In one entry of 50,000."""
COMMON = "事故"
"""In a good part of all entries."""
LAST = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)
FEW = 12
"""Drafts: the newest entries, as on a real desk."""
_OFFICERS = ("王海", "陈静", "李明", "赵燕")
_UNITS = (
    "廉江市应急办",
    "遂溪县政府值班室",
    "霞山区政府值班室",
    "市消防救援支队",
    "市交警支队指挥中心",
    "吴川市应急局",
)
_ENTRY = (
    "INSERT INTO entries (id, kind, state, drill, call_id, occurred_at, source, draft, text, stated, owner_id,"
    " owned_at, taken, confirmed_by_id, confirmed_at, version) VALUES (?,'call',?,?,?,?,?,?,?,7,?,?,0,?,?,2)"
)
_CALL = (
    "INSERT INTO calls (id, pbx_id, direction, state, drill, cut, message_left, number, caller_name, officer_id,"
    " rang_at, answered_at, ended_at, closed_at) VALUES (?,?,'incoming','ended',0,0,0,?,'',?,?,?,?,?)"
)


def write(file: Path, count: int) -> Record:
    """A record in `file` with `count` entries, the last `FEW` of them drafts; close it when done."""
    record = Record(f"sqlite:///{file}")
    migrations.upgrade(record)
    record.close()
    connection = sqlite3.connect(file, isolation_level=None)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000", "locking_mode=EXCLUSIVE"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute("BEGIN")
    for key, name in enumerate(_OFFICERS, start=1):
        connection.execute(
            "INSERT INTO officers (id, name, initials, role, secret_hash, active, failures)"
            " VALUES (?,?,'','officer','',1,0)",
            (key, name),
        )
    rows = _rows(count)
    while block := [row for _, row in zip(range(10_000), rows, strict=False)]:
        connection.executemany(_CALL, [call for call, _, _ in block])
        connection.executemany(_ENTRY, [entry for _, entry, _ in block])
        connection.executemany("INSERT INTO entry_search (rowid, body) VALUES (?,?)", [found for _, _, found in block])
    connection.execute("COMMIT")
    connection.close()
    return Record(f"sqlite:///{file}")


def _rows(count: int) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], tuple[int, str]]]:
    """Call, entry and what it is found by, in the order of time; the same for the same `count`."""
    draw = random.Random(count)  # noqa: S311 - the same log every time
    said = [(text, " ".join(pairs(text))) for text in _sentences()]
    units = [(name, " ".join(pairs(name))) for name in _UNITS]
    for key in range(1, count + 1):
        at = LAST - EVERY * (count - key)
        rang, ended, confirmed = (_time(at + timedelta(seconds=late)) for late in (0, draw.randint(20, 600), 900))
        number = f"0759{draw.randint(2_000_000, 8_999_999)}"
        unit, heard, wrote = draw.choice(units), draw.choices(said, k=3), draw.choice(said)
        officer = draw.randint(1, len(_OFFICERS))
        draft, text = "\n".join(part[0] for part in heard), f"{unit[0]}报告:{wrote[0]}"
        words = [unit[1], *(part[1] for part in heard), unit[1], "报告", wrote[1], " ".join(pairs(number))]
        if key % 50_000 == 7:
            text, words = f"{text} 发现搁浅{RARE}", [*words, "发现 现搁", f"搁浅 浅{RARE[0]} {RARE}"]
        done = key <= count - FEW
        entry = (
            key,
            "confirmed" if done else "draft",
            key % 100 == 0,
            key,
            rang,
            unit[0],
            draft,
            text if done else "",
            officer,
            rang,
        )
        entry += (officer, confirmed) if done else (None, None)
        yield (key, f"log-{key}.1", number, officer, rang, rang, ended, ended), entry, (key, " ".join(words))


def _sentences() -> list[str]:
    calls = (json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines())
    return [turn["text"] for call in calls for turn in call["turns"] if turn["leg"] == "caller"]


def _time(at: datetime) -> str:
    """As SQLAlchemy keeps times in SQLite."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
