"""Capture's one writing thread: rings before all else, slices that leave room for others, what is refused set aside."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.actions import bookmarks, lines
from models.errors import Unavailable
from models.settings import Seat, Trunk
from models.store.engine import Record
from models.store.unit import UnitOfWork
from models.tables import Call, CallLeg
from telephony import capture as module
from telephony import facts as f
from telephony.capture import BOOKMARK, Capture
from telephony.cel import CelFollower
from telephony.observe import Numbering
from telephony.waiting import Waiting

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def started(call: str, channel: str = "") -> f.ChannelStarted:
    channel = channel or call
    name = f"PJSIP/{'trunk-1' if channel == call else '6001'}-{channel.rpartition('.')[2]}"
    return f.ChannelStarted(call=call, channel=channel, name=name, at=AT, source=f.Source.AMI, number="13800001234")


def ended(call: str) -> f.ChannelEnded:
    at = AT + timedelta(seconds=9)
    return f.ChannelEnded(call=call, channel=call, name="PJSIP/trunk-1-1", at=at, source=f.Source.AMI)


@pytest.fixture
def furnished(record: Record) -> Record:
    with record.writing("system:test") as uow:
        lines.configure(uow, [Seat(number="6001", label="席位一")], [Trunk(name="trunk-1")])
    return record


@contextmanager
def running(record: Record, cel: CelFollower | None = None) -> Iterator[Capture]:
    found = Capture(record, cel, Numbering(), on_trouble=lambda said: None)
    found.start()
    yield found
    found.stop()


def keys(record: Record) -> list[str]:
    with record.reading() as session:
        return list(session.scalars(select(Call.pbx_id).order_by(Call.id)))


class TestWaiting:
    def test_rings_are_taken_alone_and_first(self) -> None:
        waiting = Waiting()
        for item in (ended("a.1"), started("b.1"), started("b.1", "b.2"), started("c.1")):
            waiting.put(item)
        assert waiting.ring
        assert waiting.take(9) == [started("b.1"), started("c.1")]
        assert not waiting.ring
        assert waiting.take(1) == [ended("a.1")]
        assert waiting.take(9) == [started("b.1", "b.2")]
        assert len(waiting) == 0

    def test_what_was_taken_comes_again_in_its_order(self) -> None:
        waiting = Waiting()
        waiting.put(started("c.1"))
        waiting.back([started("a.1"), started("b.1")])
        assert waiting.take(9) == [started("a.1"), started("b.1"), started("c.1")]

    def test_waiting_ends_with_the_first_that_comes(self) -> None:
        waiting, seen = Waiting(), threading.Event()
        thread = threading.Thread(target=lambda: (waiting.wait(60), seen.set()))
        thread.start()
        waiting.put(started("a.1"))
        assert seen.wait(30)
        thread.join()


class TestCapture:
    def test_a_ring_overtakes_what_waits(self, furnished: Record, monkeypatch: pytest.MonkeyPatch) -> None:
        """A thousand facts take their time; the ring that comes behind them does not wait for it."""
        held, seen = threading.Event(), []
        put = module.put_on_record

        def slow(uow: UnitOfWork, item: module.Item, numbering: Numbering) -> None:
            seen.append(item)
            held.wait(30)
            put(uow, item, numbering)

        monkeypatch.setattr(module, "put_on_record", slow)
        with running(furnished) as found:
            for number in range(2, 40):
                found.submit(started("a.1", f"a.{number}"))
            while not seen:
                held.wait(0.01)
            found.submit(started("b.1"))
            held.set()
        assert seen.index(started("b.1")) == 1
        assert len(seen) == 39
        assert sorted(keys(furnished)) == ["a.1", "b.1"]

    def test_what_is_refused_is_set_aside(
        self, furnished: Record, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        put = module.put_on_record

        def picky(uow: UnitOfWork, item: module.Item, numbering: Numbering) -> None:
            if isinstance(item, f.Fact) and item.call == "bad.1":
                raise ValueError("not this one")
            put(uow, item, numbering)

        monkeypatch.setattr(module, "put_on_record", picky)
        with running(furnished) as found:
            for name in ("a.1", "bad.1", "b.1"):
                found.submit(started(name))
        assert sorted(keys(furnished)) == ["a.1", "b.1"]
        assert sum("set aside" in line.message for line in caplog.records) == 1

    def test_what_cannot_be_written_waits(self, furnished: Record, monkeypatch: pytest.MonkeyPatch) -> None:
        put, tries = module.put_on_record, []

        def away(uow: UnitOfWork, item: module.Item, numbering: Numbering) -> None:
            tries.append(item)
            if len(tries) < 3:
                raise Unavailable("the record cannot be written just now: {reason}", reason="locked")
            put(uow, item, numbering)

        monkeypatch.setattr(module, "put_on_record", away)
        monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
        troubles: list[str] = []
        over = threading.Event()
        found = Capture(
            furnished,
            None,
            Numbering(),
            on_trouble=lambda said: troubles.append(said) or (over.set() if not said else None),
        )
        found.start()
        found.submit(started("a.1"))
        assert over.wait(60)
        found.stop()
        assert keys(furnished) == ["a.1"]
        assert troubles[-1] == ""
        assert "locked" in troubles[0]

    def test_the_event_log_moves_on_with_the_last_slice(
        self, furnished: Record, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Cut into many slices, the log is on record whole, and the bookmark at its end."""
        monkeypatch.setattr(module, "SLICE_SECONDS", 0.0)
        log = Path(__file__).parents[1] / "corpus" / "cel" / "inbound_answered.csv"
        with running(furnished, CelFollower(log)) as found:
            assert found.wait_caught_up(60)
        moved = bookmarks.read(furnished, BOOKMARK)
        assert moved is not None
        assert moved["offset"] == log.stat().st_size
        with furnished.reading() as session:
            assert len(session.scalars(select(CallLeg)).all()) >= 2
        assert len(keys(furnished)) == 1
