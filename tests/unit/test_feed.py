"""The feed: every entry once and in order, woken quickly, through a restart of the server, stopped from outside."""

import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from databases import PATIENCE, Cluster, Database
from sqlalchemy import text

from models.actions import directory
from models.errors import Unavailable
from models.store import feed as feeds
from models.store.engine import Record
from models.store.feed import Feed, News


def add(record: Record, *names: str) -> None:
    for name in names:
        with record.writing("system:test") as uow:
            directory.add_place(uow, name)


def names(news: list[News]) -> list[str]:
    return [item.changes["rows"][0][2]["name"] for item in news]


def test_a_feed_begins_now_or_where_it_was(record: Record) -> None:
    add(record, "a", "b")
    late, early = Feed(record), Feed(record, seq=1)
    add(record, "c")
    assert names(late.wait(PATIENCE)) == ["c"]
    assert names(early.wait(PATIENCE)) == ["b", "c"]
    assert (late.seq, early.seq) == (3, 3)
    (news,) = Feed(record, seq=2).read()
    assert (news.actor, news.action, news.tables) == ("system:test", "directory.place_added", frozenset({"places"}))
    late.close()
    early.close()


def test_no_news_takes_the_time_given(record: Record) -> None:
    feed = Feed(record)
    began = time.monotonic()
    assert feed.wait(0.3) == []
    assert time.monotonic() - began >= 0.3
    feed.close()


def test_more_than_one_page_comes_without_waiting_for_a_hint(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    with record.writing("system:test") as uow:
        for number in range(1203):
            directory.add_place(uow, str(number))
    feed = Feed(record, seq=0)
    pages = [feed.wait(PATIENCE) for _ in range(3)]
    feed.close()
    assert [len(page) for page in pages] == [500, 500, 203]
    assert [name for page in pages for name in names(page)] == [str(number) for number in range(1203)]


def test_a_commit_wakes_who_waits(record: Record) -> None:
    feed = Feed(record)
    assert feed.wait(0.1) == []
    woken: list[float] = []
    ready = threading.Event()

    def follow() -> None:
        for _ in range(5):
            ready.set()
            if feed.wait(PATIENCE):
                woken.append(time.monotonic())

    follower = threading.Thread(target=follow)
    follower.start()
    written = []
    for number in range(5):
        assert ready.wait(PATIENCE)
        ready.clear()
        add(record, str(number))
        written.append(time.monotonic())
        limit = time.monotonic() + PATIENCE
        while len(woken) <= number and time.monotonic() < limit:
            time.sleep(0.005)
    follower.join(PATIENCE)
    feed.close()
    assert len(woken) == 5
    # Typically a twentieth of a second; the machine may be busy, a minute's poll would not do.
    assert min(late - early for early, late in zip(written, woken, strict=True)) < 2


def test_stop_from_another_thread_ends_the_wait_at_once(record: Record) -> None:
    feed = Feed(record)
    found: list[list[News]] = []
    follower = threading.Thread(target=lambda: found.append(feed.wait(600)))
    follower.start()
    feed.stop()
    follower.join(PATIENCE)
    assert not follower.is_alive()
    assert found == [[]]
    assert feed.wait(600) == []
    feed.close()


def test_what_was_there_before_a_lost_hint_is_still_read(record: Record) -> None:
    feed = Feed(record)
    assert feed.wait(0.1) == []
    add(record, "a")
    # The hint is taken, and the record cannot be read at that very moment.
    hint = feed._hint
    assert hint is not None
    limit = time.monotonic() + PATIENCE
    while not hint.changed() and time.monotonic() < limit:
        time.sleep(0.01)
    feed.close()
    assert names(feed.wait(PATIENCE)) == ["a"]
    feed.close()


def test_a_record_that_goes_away_is_said_to_and_followed_again(tmp_path: Path, empty_record_file: Path) -> None:
    file = tmp_path / "dutyline.db"
    file.write_bytes(empty_record_file.read_bytes())
    database = Database(f"sqlite:///{file}")
    record = database.open()
    feed = Feed(record)
    add(record, "a")
    with record.writer.begin() as connection:
        connection.execute(text("ALTER TABLE journal RENAME TO elsewhere"))
    with pytest.raises(Unavailable, match=r"the record cannot be read just now: .*no such table"):
        feed.wait(PATIENCE)
    with record.writer.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO journal"))
    assert names(feed.wait(PATIENCE)) == ["a"]
    feed.close()
    database.close()


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_a_restart_of_the_server_costs_a_moment_and_no_data(postgres: Cluster) -> None:
    with postgres.database() as url:
        database = Database(url)
        record = database.open()
        feed = Feed(record)
        add(record, "a")
        assert names(feed.wait(PATIENCE)) == ["a"]
        postgres.stop()
        with pytest.raises(Unavailable, match="the record cannot be read just now"):
            feed.wait(PATIENCE)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            feed.wait(PATIENCE)
        assert time.monotonic() - began >= feeds.PAUSE_SECONDS
        with pytest.raises(Unavailable), record.writing("system:test") as uow:
            directory.add_place(uow, "lost")
        postgres.start()
        add(record, "b", "c")
        seen: list[str] = []
        limit = time.monotonic() + PATIENCE
        while len(seen) < 2 and time.monotonic() < limit:
            with suppress(Unavailable):
                seen += names(feed.wait(5))
        assert seen == ["b", "c"]
        add(record, "d")
        assert names(feed.wait(PATIENCE)) == ["d"]
        feed.close()
        database.close()
