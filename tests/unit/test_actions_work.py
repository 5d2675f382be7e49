"""What the daemon works off: recordings, transcripts for several workers, wishes of consoles; and lines, directory."""

import multiprocessing
from datetime import timedelta

import pytest
from databases import PATIENCE, Database, HandClock
from room import CAPTURE, EPOCH, Tale, furnish, put_together
from sqlalchemy import func, select
from tales import TALES
from workers import claim_all

from models.actions import directory, lines, recordings, requests
from models.actions.calls import PRACTICE_LINE
from models.actions.recordings import Heard
from models.errors import Refused
from models.rules.elements import Leg
from models.settings import Seat as SeatSettings
from models.settings import Trunk
from models.store import lookup
from models.store.engine import Record
from models.tables import JournalEntry, Line, Recording, Request, Seat, Segment, Transcript
from models.tables.lines import LineKind, LineState
from models.tables.recordings import RecordingState, TranscriptState
from models.tables.requests import RequestKind, RequestState

LEASE = timedelta(seconds=60)


def recorded(record: Record, count: int, name: str = "answered_call") -> None:
    """That many calls with a recording each."""
    with record.reading() as session:
        first = session.scalar(select(func.count()).select_from(Recording)) or 0
    for number in range(first, first + count):
        start = EPOCH + timedelta(hours=number)
        key = f"pbx-{int(start.timestamp())}.1"
        put_together(record, TALES[name](Tale(start=start)).facts)
        with record.writing(CAPTURE) as uow:
            assert recordings.started(uow, call=key, channel=key, at=start, stem=f"/spool/{key}") is not None


@pytest.fixture
def room(record: Record) -> Record:
    furnish(record)
    return record


def claim(record: Record, worker: str, *, drill: bool | None = None, exclude: tuple[int, ...] = ()) -> int | None:
    with record.writing(f"system:{worker}") as uow:
        found = recordings.claim(uow, worker=worker, lease=LEASE, drill=drill, exclude=exclude)
        return found.id if found else None


def entered(record: Record) -> int:
    with record.reading() as session:
        return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def test_a_transcript_belongs_to_one_worker_until_its_lease_ends(room: Record, clock: HandClock) -> None:
    recorded(room, 2)
    assert (claim(room, "a"), claim(room, "b"), claim(room, "c")) == (2, 1, None)
    assert claim(room, "a", exclude=(2,)) is None
    assert claim(room, "a") == 2
    clock.advance(50)
    with room.writing("system:a") as uow:
        assert recordings.keep(uow, 2, worker="a", lease=LEASE)
        assert not recordings.keep(uow, 1, worker="a", lease=LEASE)
    clock.advance(20)
    assert (claim(room, "c"), claim(room, "d")) == (1, None)
    with room.reading() as session:
        assert not recordings.claimable(session, clock.now, worker="d", drill=None)
        assert recordings.claimable(session, clock.now + LEASE, worker="d", drill=None)
    clock.advance(41)
    assert claim(room, "d") == 2


def test_the_call_that_goes_on_is_heard_first(room: Record) -> None:
    recorded(room, 3)
    with room.writing(CAPTURE) as uow:
        start = EPOCH + timedelta(minutes=1)
        for fact in TALES["answered_call"](Tale(start=start)).facts[:4]:
            fact.put(uow)
        key = f"pbx-{int(start.timestamp())}.1"
        recordings.started(uow, call=key, channel=key, at=start, stem="/spool/now")
    recorded(room, 1)
    assert [claim(room, "a"), claim(room, "b"), claim(room, "c")] == [4, 5, 3]


def test_a_practice_model_hears_practice_calls_only(room: Record) -> None:
    recorded(room, 1)
    recorded(room, 1, "practice")
    assert claim(room, "p", drill=True) == 2
    assert claim(room, "q", drill=True) is None
    assert claim(room, "r", drill=False) == 1


@pytest.mark.timeout(200)
def test_two_workers_at_once_share_the_work_without_a_double(database: Database) -> None:
    record = database.open()
    furnish(record)
    recorded(record, 12)
    spawn = multiprocessing.get_context("spawn")
    found = spawn.Queue()
    workers = [spawn.Process(target=claim_all, args=(database.url, name, found)) for name in ("a", "b")]
    for worker in workers:
        worker.start()
    taken = [found.get(timeout=PATIENCE) for _ in workers]
    for worker in workers:
        worker.join(PATIENCE)
    found.close()
    found.join_thread()
    assert sorted(key for keys in taken for key in keys) == list(range(1, 13))


def test_phrases_are_kept_once_and_done_is_done(room: Record, clock: HandClock) -> None:
    recorded(room, 1)
    assert claim(room, "a") == 1
    phrases = [Heard(Leg.CALLER, 1.0, 2.0, "你好\x00"), Heard(Leg.OFFICER, 1.0, 2.0, "请讲", -0.4567, doubtful=True)]
    for number in range(3):
        with room.writing("system:a") as uow:
            recordings.heard(uow, 1, model="m", version="1", phrases=phrases[: number + 1])
    for _ in range(2):
        before = entered(room)
        with room.writing("system:a") as uow:
            recordings.heard(uow, 1, model="m", version="1", phrases=phrases, done=True)
        clock.advance(60)
    assert entered(room) == before
    with room.reading() as session:
        row = session.get_one(Transcript, 1)
        assert (row.state, row.model, row.worker, row.lease_until) == (TranscriptState.DONE, "m", "", None)
        said = [(part.leg, part.text, part.logprob, part.doubtful) for part in row.segments]
    assert said == [(Leg.CALLER, "你好\ufffd", 0.0, False), (Leg.OFFICER, "请讲", -0.457, True)]
    assert claim(room, "b") is None


def test_a_missing_model_is_a_state_and_a_failure_an_end(room: Record) -> None:
    recorded(room, 2)
    for _ in range(2):
        with room.writing("system:a") as uow:
            recordings.waiting(uow, 1, recordings.MODEL_MISSING)
            recordings.failed(uow, 2, "corrupt")
    with room.reading() as session:
        rows = session.scalars(select(Transcript).order_by(Transcript.id)).all()
    assert [(row.state, row.reason) for row in rows] == [("waiting", "model missing"), ("failed", "corrupt")]
    assert (claim(room, "a"), claim(room, "a", exclude=(1,))) == (1, None)


def test_a_recording_from_growing_to_sealed(room: Record, clock: HandClock) -> None:
    with room.writing(CAPTURE) as uow:
        assert recordings.started(uow, call="pbx-1.1", channel="pbx-1.1", at=EPOCH, stem="/x") is None
    recorded(room, 1)
    with room.writing(CAPTURE) as uow:
        recordings.finished(uow, 1)
        recordings.broken(uow, 1, problem="disk full", retry_at=clock.now)
    sealed = {"path": "a.flac", "sha256": "ab" * 32, "seconds": 60.5, "repaired": True, "problem": "cut at 60 s"}
    for _ in range(2):
        with room.writing(CAPTURE) as uow:
            recordings.sealed(uow, 1, **sealed)
        clock.advance(60)
    with room.reading() as session:
        row = session.scalars(select(Recording)).one()
        assert (row.state, row.sha256, row.sealed_at) == (RecordingState.SEALED, "ab" * 32, EPOCH)
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "recording.sealed")).one()
        assert "ab" * 32 in entry.changes
    with room.writing("officer:1") as uow:
        recordings.replayed(uow, 1, start=3.0, how="phone")
    with room.reading() as session:
        last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
        assert session.scalars(select(Segment)).all() == []
    assert (last.actor, last.action, last.subject) == ("officer:1", "recording.replayed", "recording:1")
    assert last.changes == '{"note":{"how":"phone","start":3.0},"rows":[]}'


def ask(record: Record, kind: RequestKind = RequestKind.PRACTICE, seat: int | None = None) -> int:
    with record.writing("officer:1") as uow:
        return requests.ask(uow, kind, {"script": "fire"}, officer_id=None, seat_id=seat).id


def states(record: Record) -> list[tuple[RequestState, str]]:
    with record.reading() as session:
        return [(row.state, row.result) for row in session.scalars(select(Request).order_by(Request.id))]


def test_wishes_are_carried_out_in_order_once(room: Record) -> None:
    first, second = ask(room), ask(room, RequestKind.DIAL, 1)
    with pytest.raises(Refused, match="sign in at a seat first"):
        ask(room, RequestKind.DIAL)
    taken = []
    for _ in range(3):
        with room.writing("system:daemon") as uow:
            row = requests.take(uow)
            taken.append(row.id if row else None)
    assert taken == [first, second, None]
    with room.writing("system:daemon") as uow:
        requests.done(uow, first, "answered")
        requests.failed(uow, first, "too late to fail")
        assert requests.abandon_taken(uow) == 1
        assert requests.abandon_taken(uow) == 0
    assert states(room) == [("done", "answered"), ("failed", "the telephone service was interrupted")]


def test_a_stale_wish_is_not_carried_out(room: Record, clock: HandClock) -> None:
    ask(room)
    ask(room)
    clock.advance(requests.STALE.total_seconds() + 1)
    fresh = ask(room)
    with room.writing("system:daemon") as uow:
        row = requests.take(uow)
        assert row is not None
        assert row.id == fresh
    stale = ("failed", "asked while the telephone service was not running")
    assert states(room) == [stale, stale, ("taken", "")]


def test_lines_are_as_configured_and_desks_may_be_numbered_anew(room: Record) -> None:
    before = entered(room)
    furnish(room)
    assert entered(room) == before
    seats = [
        SeatSettings(number="8009", label="新", endpoint="8001"),
        SeatSettings(number="8001", label="旧", endpoint="8009"),
    ]
    with room.writing("system:daemon") as uow:
        lines.configure(uow, seats, [Trunk(name="trunk-2")])
    with room.reading() as session:
        active = {seat.number: seat.endpoint for seat in session.scalars(select(Seat).where(Seat.active))}
        names = set(session.scalars(select(Line.name).where(Line.active)))
    assert active == {"8009": "8001", "8001": "8009"}
    assert names == {"trunk-2", "seat-8001", "seat-8009", PRACTICE_LINE}
    put_together(room, TALES["answered_call"](Tale()).facts)
    with room.reading() as session:
        desk = session.scalars(select(Seat).where(Seat.endpoint == "8001", Seat.active)).one()
        assert desk.number == "8009"


def test_a_line_that_stays_as_it_is_only_ages(room: Record, clock: HandClock) -> None:
    for state in (LineState.IDLE, LineState.IDLE, LineState.BUSY, LineState.BUSY):
        clock.advance(10)
        with room.writing("system:ami") as uow:
            lines.seen(uow, name="ami", kind=LineKind.SERVICE, state=state, at=clock.now)
    with room.reading() as session:
        row = session.scalars(select(Line).where(Line.name == "ami")).one()
        told = session.scalars(select(JournalEntry.action)).all().count("line.changed")
    assert (row.state, row.since, row.seen_at) == (LineState.BUSY, clock.now - timedelta(seconds=10), clock.now)
    assert told == 2


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("0759-3456789", True),
        ("07593456789", True),
        ("+8607593456789", True),
        ("3456789", True),
        ("86 759 3456789", False),
        ("+86 759 3456789", True),
        ("456789", False),
        ("", False),
        ("13800138000", True),
        ("+8613800138000", True),
        ("008613800138000", True),
        ("8613800138000", True),
        ("%", False),
    ],
)
def test_numbers_find_who_they_belong_to(room: Record, number: str, known: bool) -> None:
    with room.writing("system:test") as uow:
        unit = directory.add_unit(uow, "遂溪县应急管理局")
        directory.add_number(uow, "0759-3456789", unit_id=unit.id)
        directory.add_number(uow, "138 0013 8000", unit_id=unit.id)
        other = directory.add_unit(uow, "海川镇")
        for item in (unit, other):
            directory.add_number(uow, "12345", unit_id=item.id)
    with room.reading() as session:
        assert lookup.identify(session, number) == ((unit.id if known else None), None)
        assert lookup.identify(session, "12345") == (None, None)


def test_the_directory_keeps_one_of_each(room: Record) -> None:
    for _ in range(2):
        with room.writing("system:test") as uow:
            unit = directory.add_unit(uow, " 遂溪县  应急 ")
            contact = directory.add_contact(uow, "单于琳", unit_id=unit.id, post="主任")
            directory.add_number(uow, "110", contact_id=contact.id)
            directory.add_place(uow, "鹤地水库")
    assert entered(room) == 5
    assert (unit.name, contact.initials) == ("遂溪县 应急", "cyl")
    with room.writing("system:test") as uow:
        for number, reason in (("", "is not a telephone number"), ("1" * 33, "is not a telephone"), ("一二", "is not")):
            with pytest.raises(Refused, match=reason):
                directory.add_number(uow, number, unit_id=unit.id)
        with pytest.raises(Refused, match="belongs to a unit or a person"):
            directory.add_number(uow, "110")
        for name in ("", " ", "x" * 201):
            with pytest.raises(Refused, match="between 1 and 200"):
                directory.add_place(uow, name)
