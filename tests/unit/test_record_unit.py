"""Unit of work: all or nothing, nothing unseen, writers take turns, a locked database is said to be one."""

import multiprocessing
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from busy import hold_the_lock, try_to
from databases import PATIENCE, Database, HandClock
from room import EPOCH, Tale, enrol, furnish, put_together
from sqlalchemy import func, select, text, update
from tales import TALES

from models.actions import directory, entries
from models.errors import Conflict, Unavailable
from models.store import journal
from models.store.engine import Record, ping
from models.tables import Bookmark, Entry, JournalEntry, Place, Unit

SPAWN = multiprocessing.get_context("spawn")


def entered(record: Record) -> int:
    with record.reading() as session:
        return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def places(record: Record) -> list[str]:
    with record.reading() as session:
        return list(session.scalars(select(Place.name).order_by(Place.name)))


def test_a_change_outside_an_action_is_refused(record: Record) -> None:
    with pytest.raises(RuntimeError, match="Place changed outside an action"), record.writing("system:test") as uow:
        uow.session.add(Place(name="x"))
    with record.writing("system:test") as uow:
        directory.add_place(uow, "y")
    with pytest.raises(RuntimeError, match="Place changed outside an action"), record.writing("system:test") as uow:
        uow.session.scalars(select(Place)).one().name = "z"
    with pytest.raises(RuntimeError, match="Place changed outside an action"), record.writing("system:test") as uow:
        uow.session.delete(uow.session.scalars(select(Place)).one())
    with pytest.raises(RuntimeError, match="bulk statement"), record.writing("system:test") as uow:
        uow.session.execute(update(Place).values(name="z"))
    assert (places(record), entered(record)) == (["y"], 1)


def test_bookmarks_are_no_part_of_the_record(record: Record) -> None:
    with record.writing("system:test") as uow:
        uow.session.add(Bookmark(name="cel", value={"offset": 3}))
    assert entered(record) == 0


def test_a_failing_action_takes_the_whole_transaction_with_it(record: Record) -> None:
    with pytest.raises(ZeroDivisionError), record.writing("system:test") as uow:
        directory.add_place(uow, "before")
        with uow.action("test.fails"):
            uow.session.add(Place(name="within"))
            uow.session.flush()
            raise ZeroDivisionError
    assert (places(record), entered(record)) == ([], 0)


def test_a_failed_action_cannot_be_swallowed(record: Record) -> None:
    with (
        pytest.raises(RuntimeError, match=r"action test\.fails failed"),
        record.writing("system:test") as uow,
        suppress(ZeroDivisionError),
        uow.action("test.fails"),
    ):
        uow.session.add(Place(name="within"))
        uow.session.flush()
        raise ZeroDivisionError
    with pytest.raises(RuntimeError, match=r"action test\.fails failed"), record.writing("system:test") as uow:
        with suppress(ZeroDivisionError), uow.action("test.fails"):
            raise ZeroDivisionError
        directory.add_place(uow, "after")
    assert (places(record), entered(record)) == ([], 0)


def test_actions_do_not_nest(record: Record) -> None:
    with (
        pytest.raises(RuntimeError, match=r"action inner inside action outer"),
        record.writing("system:test") as uow,
        uow.action("outer"),
    ):
        uow.session.add(Place(name="x"))
        with uow.action("inner"):
            pass
    assert (places(record), entered(record)) == ([], 0)


def test_an_entry_says_who_when_and_what_it_changed_once(record: Record, clock: HandClock) -> None:
    with record.writing("officer:3") as uow, uow.action("test.done", "place:1", at=EPOCH, note={"why": "test"}):
        row = Place(name="one")
        uow.session.add(row)
        uow.session.flush()
        row.name = "two"
        uow.session.flush()
        row.name = "three"
    clock.advance(5)
    with record.writing("officer:3") as uow, uow.action("test.idle"):
        uow.session.scalars(select(Place)).one().name = "three"
    with record.writing("officer:3") as uow, uow.action("test.linked"):
        parent = Unit(name="a")
        child = Unit(name="b")
        uow.session.add_all([parent, child])
        uow.session.flush()
        child.parent_id = parent.id
    with record.reading() as session:
        first, second = session.scalars(select(JournalEntry).order_by(JournalEntry.seq))
    assert (first.actor, first.action, first.subject, first.occurred_at) == ("officer:3", "test.done", "place:1", EPOCH)
    assert first.changes == '{"note":{"why":"test"},"rows":[["places",1,{"id":1,"name":"three"}]]}'
    assert first.entered_at == datetime.fromisoformat("2026-11-23T02:00:00Z")
    assert '"parent_id":1' in second.changes
    assert second.changes.count('"units",2') == 1


def test_readers_cannot_write(record: Record) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"), record.reading() as session:
        session.add(Place(name="x"))
        session.flush()
    assert places(record) == []


def test_a_reader_sees_one_state_while_others_write(record: Record) -> None:
    with record.writing("system:test") as uow:
        directory.add_place(uow, "one")
    with record.reading() as session:
        assert len(session.scalars(select(Place)).all()) == 1
        with record.writing("system:test") as uow:
            directory.add_place(uow, "two")
        assert len(session.scalars(select(Place)).all()) == 1
        assert journal.walk(session).entries == 1
    assert places(record) == ["one", "two"]


@pytest.mark.timeout(200)
def test_a_locked_record_is_said_to_be_one_and_works_afterwards(database: Database, tmp_path: Path) -> None:
    impatient = database.open(busy_seconds=0.3)
    held, until = tmp_path / "held", tmp_path / "until"
    holder = SPAWN.Process(target=hold_the_lock, args=(database.url, str(held), str(until)))
    holder.start()
    try:
        limit = time.monotonic() + PATIENCE
        while not held.exists() and time.monotonic() < limit:
            time.sleep(0.02)
        assert held.exists()
        for _ in range(2):
            with (
                pytest.raises(Unavailable, match=r"the record cannot be written just now: .*lock"),
                impatient.writing("system:test") as uow,
            ):
                directory.add_place(uow, "mine")
        assert places(impatient) == []
    finally:
        until.touch()
        holder.join(PATIENCE)
    assert holder.exitcode == 0
    with impatient.writing("system:test") as uow:
        directory.add_place(uow, "mine")
    assert places(impatient) == ["held", "mine"]
    with impatient.reading() as session:
        assert journal.walk(session).broken is None


def test_a_row_changed_behind_the_records_back_is_a_conflict(record: Record) -> None:
    furnish(record)
    enrol(record, "张三", seat="8001")
    put_together(record, TALES["unmanned"](Tale()).facts)
    with (
        pytest.raises(Conflict, match="this was changed at the same moment"),
        record.writing("officer:1") as uow,
        uow.action("test.changed"),
    ):
        entry = uow.session.scalars(select(Entry)).one()
        uow.session.execute(text("UPDATE entries SET version = version + 1"))
        entry.text = "mine"
    with record.reading() as session:
        assert session.scalars(select(Entry)).one().text == ""


@pytest.mark.timeout(200)
@pytest.mark.parametrize("deed", ["take", "confirm"])
def test_of_two_officers_at_the_same_moment_one_wins_and_the_other_hears_who(database: Database, deed: str) -> None:
    record = database.open()
    furnish(record)
    names = {enrol(record, name): name for name in ("张三", "王五", "赵六")}
    put_together(record, TALES["unmanned"](Tale()).facts)
    with record.reading() as session:
        entry = session.scalars(select(Entry.id)).one()
    outcomes = SPAWN.Queue()
    people = [SPAWN.Process(target=try_to, args=(database.url, deed, entry, key, outcomes)) for key in names]
    with record.writing("system:test") as uow:
        # All of them wait at the door until this one is through.
        directory.add_place(uow, "first")
        for person in people:
            person.start()
        time.sleep(1)
    said = dict(outcomes.get(timeout=PATIENCE) for _ in people)
    for person in people:
        person.join(PATIENCE)
    outcomes.close()
    outcomes.join_thread()
    (winner,) = [key for key, words in said.items() if words == "done"]
    losers = [words for key, words in said.items() if key != winner]
    verb = "has owned this since" if deed == "take" else "confirmed this entry at"
    assert all(words.startswith(f"{names[winner]} {verb} 20") for words in losers), said
    with record.reading() as session:
        row = session.get_one(Entry, entry)
        assert row.owner_id == winner
        assert row.confirmed_by_id == (winner if deed == "confirm" else None)
        assert journal.walk(session).broken is None


@pytest.mark.timeout(200)
def test_threads_that_read_and_then_write_never_lose_a_count(record: Record) -> None:
    with record.writing("system:test") as uow:
        directory.add_place(uow, "0")
    failures: list[Exception] = []

    def count() -> None:
        try:
            for _ in range(10):
                with record.writing("system:test") as uow, uow.action("test.counted"):
                    row = uow.session.scalars(select(Place)).one()
                    row.name = str(int(row.name) + 1)
        except Exception as error:  # noqa: BLE001 - whatever it was, the test fails with it
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    assert (places(record), entered(record)) == (["40"], 41)


def test_what_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("this is no database, whatever its name says" * 50)
    for url in (f"sqlite:///{tmp_path / 'no.db'}", f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}"):
        record = Record(url)
        with pytest.raises(Unavailable, match=r"the record cannot be read just now: (file is not|unable to open)"):
            ping(record)
        with pytest.raises(Unavailable), record.writing("system:test") as uow:
            entries.take(uow, 1, 1)
        record.close()
    gone = Record(f"postgresql+psycopg://nobody:hidden@/none?host={tmp_path}")
    with pytest.raises(Unavailable, match="cannot be read just now") as caught:
        ping(gone)
    assert "hidden" not in str(caught.value)
    gone.close()
