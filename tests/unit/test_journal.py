"""The journal: gap-free and chained, the first break is named, no secret is in it, and it rebuilds the tables."""

import json
import multiprocessing
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from busy import CHANGED_SECRET, WRONG_SECRET, a_day, write_many
from databases import Database, HandClock
from hypothesis import given
from hypothesis import strategies as st
from room import SECRET
from sqlalchemy import inspect, select, text

from models.actions import directory
from models.store import journal
from models.store.engine import Record
from models.store.feed import Feed
from models.tables import Base, JournalEntry


def six_entries(record: Record) -> None:
    for number in range(6):
        with record.writing("officer:1") as uow:
            directory.add_place(uow, f"place {number}")


def walk(record: Record) -> journal.Walk:
    with record.reading() as session:
        return journal.walk(session)


def test_an_untouched_journal_holds(record: Record) -> None:
    assert walk(record) == journal.Walk(0, journal.GENESIS, None)
    six_entries(record)
    seen = walk(record)
    assert (seen.entries, seen.broken) == (6, None)
    with record.reading() as session:
        assert session.scalars(select(JournalEntry.hash).where(JournalEntry.seq == 6)).one() == seen.head


REHASHED = "rehashed"
SWAP = "UPDATE journal SET seq = {} WHERE seq = {}"
BREAKS = {
    "changed text": (["UPDATE journal SET changes = '{}' WHERE seq = 3"], 3, "entry 3 was changed"),
    "changed actor": (["UPDATE journal SET actor = 'officer:2' WHERE seq = 3"], 3, "entry 3 was changed"),
    "changed time": (
        ["UPDATE journal SET entered_at = occurred_at, occurred_at = '2020-01-01 00:00:00' WHERE seq = 6"],
        6,
        "entry 6 was changed",
    ),
    "changed and hashed anew": ([REHASHED], 4, "entry 4 does not follow"),
    "deleted": (["DELETE FROM journal WHERE seq = 3"], 3, "entry 3 is missing; the next one is 4"),
    "deleted first": (["DELETE FROM journal WHERE seq = 1"], 1, "entry 1 is missing; the next one is 2"),
    "deleted end": (["DELETE FROM journal WHERE seq > 4"], 5, "the end is missing: 6 entries were written, 4 are here"),
    "all deleted": (["DELETE FROM journal"], 1, "the end is missing: 6 entries were written, 0 are here"),
    "swapped": ([SWAP.format(99, 3), SWAP.format(3, 4), SWAP.format(4, 99)], 3, "entry 3 does not follow"),
    "put in before": (["UPDATE journal SET seq = -5 WHERE seq = 6"], 1, "an entry numbered -5 was put in"),
    "head's hash": (["UPDATE journal_head SET hash = '0'"], 6, "the head of the journal does not fit"),
    "head's number": (["UPDATE journal_head SET seq = 7"], 7, "the end is missing: 7 entries were written, 6 are here"),
    "no head": (["DELETE FROM journal_head"], 7, "the head of the journal is missing"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_first_break_is_named(record: Record, name: str) -> None:
    statements, seq, reason = BREAKS[name]
    six_entries(record)
    with record.writer.begin() as connection:
        for statement in statements:
            if statement is not REHASHED:
                connection.execute(text(statement))
                continue
            with record.reading() as session:
                entry = session.get_one(JournalEntry, 3)
            entry.actor = "officer:2"
            connection.execute(
                text("UPDATE journal SET actor = 'officer:2', hash = :hash WHERE seq = 3"),
                {"hash": journal.digest(entry)},
            )
    broken = walk(record).broken
    assert broken is not None
    assert (broken.seq, broken.reason.startswith(reason)) == (seq, True), broken


def test_what_cannot_be_read_any_more_is_named(database: Database) -> None:
    record = database.open()
    six_entries(record)
    if not record.is_sqlite:
        pytest.skip("PostgreSQL refuses to keep what is no time")
    with record.writer.begin() as connection:
        connection.execute(text("UPDATE journal SET occurred_at = 'yesterday' WHERE seq = 5"))
    broken = walk(record).broken
    assert broken == journal.Break(5, "entry 5 was changed and cannot be read any more")


@pytest.mark.timeout(300)
def test_two_processes_write_without_a_gap_and_the_feed_sees_each_entry_once(database: Database) -> None:
    record = database.open()
    count, feed = 60, Feed(record)
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_many, args=(database.url, who, count)) for who in ("east", "west")]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    said: list[str] = []
    while len(seen) < 2 * count and (any(writer.is_alive() for writer in writers) or feed.seq < 2 * count):
        for news in feed.wait(5):
            seen.append(news.seq)
            said.append(news.changes["rows"][0][2]["name"])
    feed.close()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    assert seen == list(range(1, 2 * count + 1))
    for who in ("east", "west"):
        assert [name for name in said if name.startswith(who)] == [f"{who} {number}" for number in range(count)]
    assert walk(record) == journal.Walk(2 * count, walk(record).head, None)


def test_no_secret_is_in_the_journal_nor_in_what_an_officer_row_says(record: Record) -> None:
    a_day(record)
    with record.reading() as session:
        everything = "\n".join(
            " ".join((entry.actor, entry.action, entry.subject, entry.changes))
            for entry in session.scalars(select(JournalEntry))
        )
    assert "officer.sign_in_failed" in everything
    assert "officer.secret_changed" in everything
    for secret in (SECRET, CHANGED_SECRET, WRONG_SECRET, "argon2", "secret_hash"):
        assert secret not in everything


def test_the_journal_rebuilds_the_tables(record: Record, clock: HandClock) -> None:
    a_day(record)
    rebuilt: dict[str, dict[Any, dict[str, Any]]] = {}
    with record.reading() as session:
        for entry in session.scalars(select(JournalEntry).order_by(JournalEntry.seq)):
            for table, key, changed in json.loads(entry.changes)["rows"]:
                if changed is None:
                    del rebuilt[table][key]
                else:
                    rebuilt.setdefault(table, {}).setdefault(key, {}).update(changed)
        silent = {"journal", "journal_head", "bookmarks"}
        kept: dict[str, dict[Any, dict[str, Any]]] = {}
        for mapper in Base.registry.mappers:
            if mapper.local_table.name in silent:
                continue
            for row in session.scalars(select(mapper.class_)):
                columns = {
                    column.name: journal.plain(getattr(row, attribute.key))
                    for attribute in mapper.column_attrs
                    for column in attribute.columns
                    if column.info.get("journal", True)
                }
                key = inspect(row).mapper.primary_key_from_instance(row)[0]
                kept.setdefault(mapper.local_table.name, {})[key] = json.loads(journal.canonical(columns))
    assert len(kept) >= 17
    assert rebuilt == kept


class Shade(StrEnum):
    DARK = "dark"


def test_values_have_one_way_to_be_written() -> None:
    assert (
        journal.canonical({"b": [1, None, True], "a": "值\x00\ud800班"}) == '{"a":"值\ufffd\ufffd班","b":[1,null,true]}'
    )
    assert journal.plain(Shade.DARK) == "dark"
    assert journal.plain(datetime(2026, 11, 23, 2, tzinfo=UTC)) == "2026-11-23T02:00:00.000000+00:00"
    with pytest.raises(ValueError, match="Out of range"):
        journal.canonical({"x": float("nan")})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_text_is_stable_and_every_database_takes_it(value: Any) -> None:
    once = journal.canonical(value)
    assert journal.canonical(json.loads(once)) == once
    assert "\x00" not in once
    assert once.encode().decode() == once


def test_lone_surrogates_and_nul_reach_neither_row_nor_journal(record: Record) -> None:
    with record.writing("system:\ud800\x00test") as uow:
        directory.add_place(uow, "a\x00b\udcffc")
    with record.reading() as session:
        entry = session.scalars(select(JournalEntry)).one()
        assert entry.actor == "system:\ufffd\ufffdtest"
        assert json.loads(entry.changes)["rows"][0][2]["name"] == "a\ufffdb\ufffdc"
        assert journal.walk(session).broken is None
