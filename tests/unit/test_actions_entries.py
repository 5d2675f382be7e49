"""The duty log and its matters: a machine drafts, an officer confirms, amends with a reason, follows to the end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from databases import HandClock
from room import CAPTURE, EPOCH, Tale, answered_call, enrol, furnish, put_together
from sqlalchemy import func, select
from tales import TALES

from models.actions import entries, matters, officers, recordings
from models.actions.recordings import Heard
from models.errors import Conflict, DutylineError
from models.rules.elements import KEYS, Leg
from models.store.engine import Record
from models.tables import Call, Entry, EntryElement, JournalEntry, Matter, Reassignment, Segment
from models.tables.entries import Author, EntryState
from models.tables.matters import MatterState
from models.tables.people import Role

ZHANG, WANG = 1, 2
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def room(record: Record, clock: HandClock) -> Record:
    clock.now = EPOCH - timedelta(hours=1)
    furnish(record)
    assert enrol(record, "张三", seat="8001") == ZHANG
    assert enrol(record, "王五") == WANG
    clock.now = EPOCH + timedelta(hours=1)
    return record


def entry(record: Record, key: int = 1) -> Entry:
    with record.reading() as session:
        return session.get_one(Entry, key)


def entered(record: Record) -> int:
    with record.reading() as session:
        return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def hear(record: Record, *phrases: Heard) -> None:
    with record.writing(CAPTURE) as uow:
        call = uow.session.scalars(select(Call)).one()
        recordings.started(uow, call=call.pbx_id, channel=call.pbx_id, at=EPOCH + timedelta(seconds=5), stem="/a")
        found = recordings.claim(uow, worker="w", lease=timedelta(seconds=60), drill=None)
        assert found is not None
        recordings.heard(uow, found.id, model="m", version="1", phrases=phrases)


def refused(record: Record, sentence: str, action: str, /, *args: object, **kwargs: object) -> None:
    before = entered(record)
    with pytest.raises(DutylineError, match=sentence), record.writing("officer:1") as uow:
        getattr(entries if hasattr(entries, action) else matters, action)(uow, *args, **kwargs)
    assert entered(record) == before


def test_the_machine_drafts_what_was_heard_and_keeps_to_it(room: Record) -> None:
    put_together(room, answered_call(Tale()).facts)
    said = [
        Heard(Leg.CALLER, 1.0, 4.0, "廉江市石城镇发生一起交通事故，两人受伤"),
        Heard(Leg.OFFICER, 5.0, 6.0, "什么时候发生的"),
    ]
    hear(room, *said)
    with room.writing("system:speech") as uow:
        asked = entries.redraft(uow, 1, ZONE)
    assert set(asked) < set(KEYS)
    with room.reading() as session:
        machine = {row.key: row for row in session.scalars(select(EntryElement))}
        assert set(machine) == set(KEYS)
        assert {key for key, row in machine.items() if not row.stated} == set(asked)
        assert machine["consequences"].value == {"injured": 2}
        (span, *_) = machine["consequences"].spans
        segment = session.get_one(Segment, span["segment"])
        assert segment.text[span["start"] : span["end"]] in "两人受伤"
        assert (span["recording"], span["at"]) == (1, 1.0)
    assert entry(room).draft == said[0].text
    assert entry(room).stated == len(KEYS) - len(asked)
    before = entered(room)
    with room.writing("system:speech") as uow:
        assert entries.redraft(uow, 1, ZONE) == asked
    assert entered(room) == before


def test_times_are_read_by_the_clock_of_the_room(room: Record) -> None:
    """The call came at ten in the room, which is two in the record."""
    put_together(room, answered_call(Tale()).facts)
    hear(room, Heard(Leg.CALLER, 1.0, 4.0, "九点二十分在石城镇发生一起火灾"))
    with room.writing("system:speech") as uow:
        entries.redraft(uow, 1, ZONE)
    with room.reading() as session:
        time = session.scalars(select(EntryElement).where(EntryElement.key == "time")).one()
    assert datetime.fromisoformat(time.value) == EPOCH.astimezone(ZONE).replace(hour=9, minute=20)


def test_confirming_keeps_both_texts_and_ends_the_drafting(room: Record, clock: HandClock) -> None:
    put_together(room, answered_call(Tale()).facts)
    hear(room, Heard(Leg.CALLER, 1.0, 4.0, "石城镇两人受伤"))
    with room.writing("system:speech") as uow:
        entries.redraft(uow, 1, ZONE)
    machine = entry(room).draft
    with room.writing("officer:2") as uow:
        entries.write_element(uow, 1, "place", " 石城镇 ")
        entries.confirm(uow, 1, WANG, text=" 石城镇车祸 ", elements={"consequences": "三人受伤", "cause": ""})
    row = entry(room)
    assert (row.state, row.text, row.draft) == (EntryState.CONFIRMED, "石城镇车祸", machine)
    assert (row.owner_id, row.confirmed_by_id, row.confirmed_at) == (ZHANG, WANG, clock.now)
    with room.reading() as session:
        by = {
            (item.key, item.author): (item.stated, item.text)
            for item in session.scalars(select(EntryElement))
            if item.author is Author.OFFICER or item.key == "consequences"
        }
    assert by["place", Author.OFFICER] == (True, "石城镇")
    assert by["consequences", Author.OFFICER] == (True, "三人受伤")
    assert by["cause", Author.OFFICER] == (False, "")
    assert by["consequences", Author.MACHINE][0]
    before = entered(room)
    with room.writing("system:speech") as uow:
        assert entries.redraft(uow, 1, ZONE) == ()
    put_together(room, [fact.later(0.2) for fact in answered_call(Tale()).facts])
    assert (entry(room).text, entry(room).state) == ("石城镇车祸", EntryState.CONFIRMED)
    with room.reading() as session:
        late = session.scalars(select(JournalEntry.changes).where(JournalEntry.seq > before)).all()
    assert not any('"entries"' in changes for changes in late)


def test_what_confirming_refuses(room: Record) -> None:
    facts = answered_call(Tale()).facts
    put_together(room, facts[:6])
    refused(room, "the call goes on", "confirm", 1, ZHANG, text="x")
    put_together(room, facts)
    refused(room, "an entry needs a text", "confirm", 1, ZHANG, text="  ")
    refused(
        room, "'weather' is not one of the eleven elements", "confirm", 1, ZHANG, text="x", elements={"weather": ""}
    )
    refused(room, "'weather' is not one of the eleven elements", "write_element", 1, "weather", "x")
    enrol(room, "检查员", Role.INSPECTOR)
    refused(room, r"检查员 may look and replay here, but not write \(Art. 11\)", "confirm", 1, 3, text="x")
    with room.writing("system:test") as uow:
        officers.dismiss(uow, WANG)
    refused(room, "王五 may look and replay here, but not write", "take", 1, WANG)
    with room.writing("officer:1") as uow:
        entries.confirm(uow, 1, ZHANG, text="x")
    refused(room, "张三 confirmed this entry at 2026-11-23 03:00:00Z; amend it", "confirm", 1, ZHANG, text="y")
    refused(room, "张三 confirmed this entry at", "write_element", 1, "place", "y")


def test_taking_what_nobody_owns(room: Record, clock: HandClock) -> None:
    put_together(room, TALES["missed"](Tale()).facts)
    for _ in range(2):
        with room.writing("officer:2") as uow:
            entries.take(uow, 1, WANG)
    with pytest.raises(Conflict, match="王五 has owned this since 2026-11-23 03:00:00Z"), room.writing("x") as uow:
        entries.take(uow, 1, ZHANG)
    with room.reading() as session:
        assert session.scalars(select(JournalEntry.action)).all().count("entry.taken") == 1


def test_amending_keeps_the_old_text_and_the_reason(room: Record, clock: HandClock) -> None:
    with room.writing("officer:1") as uow:
        entries.write_manual(uow, ZHANG, source="口头", text="水位三米")
    refused(room, "only a confirmed entry is amended", "amend", 1, ZHANG, text="x", reason="y")
    with room.writing("officer:1") as uow:
        entries.confirm(uow, 1, ZHANG, text="水位三米")
    refused(room, "an amendment needs its reason", "amend", 1, ZHANG, text="水位四米", reason=" ")
    refused(room, "the amended text is empty or the same", "amend", 1, ZHANG, text=" 水位三米 ", reason="y")
    for text, reason in (("水位四米", "看错"), ("水位五米", "上涨")):
        clock.advance(60)
        with room.writing("officer:2") as uow:
            entries.amend(uow, 1, WANG, text=text, reason=reason)
    with room.reading() as session:
        row = session.get_one(Entry, 1)
        assert (row.state, row.text) == (EntryState.AMENDED, "水位五米")
        assert [(a.before, a.after, a.reason, a.by.name) for a in row.amendments] == [
            ("水位三米", "水位四米", "看错", "王五"),
            ("水位四米", "水位五米", "上涨", "王五"),
        ]


def test_a_call_that_became_part_of_another_has_one_record(room: Record) -> None:
    put_together(room, answered_call(Tale(number=50)).facts)
    with room.writing(CAPTURE) as uow:
        from models.actions import calls  # noqa: PLC0415 - only here

        first = f"pbx-{int(EPOCH.timestamp())}"
        calls.channel_seen(uow, call=f"{first}.1", channel=f"{first}.50", name="", at=EPOCH)
    refused(room, "this call became part of another one", "confirm", 1, ZHANG, text="x")
    with room.reading() as session:
        states = session.scalars(select(Entry.state).order_by(Entry.id)).all()
    assert states == [EntryState.FOLDED, EntryState.DRAFT]


@pytest.fixture
def matter(room: Record) -> Record:
    with room.writing("officer:1") as uow:
        row = entries.write_manual(uow, ZHANG, source="口头", text="堤坝渗水")
        entries.confirm(uow, row.id, ZHANG, text="堤坝渗水")
        matters.open_from(uow, row.id, " 堤坝渗水 ")
    return room


def state(record: Record) -> tuple[MatterState, int]:
    with record.reading() as session:
        row = session.get_one(Matter, 1)
        return row.state, row.owner_id


def test_a_matter_is_followed_to_its_end(matter: Record, clock: HandClock) -> None:
    assert state(matter) == (MatterState.OPEN, ZHANG)
    refused(matter, "the matter has no answer yet", "close", 1, "已告知")
    refused(matter, "say what the answer is", "answer", 1, " ")
    refused(matter, "the matter is not closed", "reopen", 1)
    refused(matter, "the entry belongs to matter 1 already", "open_from", 1, "又一个")
    with matter.writing("officer:1") as uow:
        matters.answer(uow, 1, "已堵住")
    refused(matter, "say how the outcome was told back", "close", 1, " ")
    before = entered(matter)
    for _ in range(2):
        with matter.writing("officer:1") as uow:
            matters.close(uow, 1, "已电话告知水库")
        clock.advance(60)
    assert entered(matter) == before + 1
    refused(matter, "the matter is closed: reopen it first", "answer", 1, "x")
    refused(matter, "the matter is closed: reopen it first", "offer", 1, to_id=WANG, reason="x")
    with matter.writing("officer:1") as uow:
        matters.reopen(uow, 1)
    assert state(matter) == (MatterState.OPEN, ZHANG)


def test_a_matter_stands_on_a_confirmed_entry(room: Record) -> None:
    with room.writing("officer:1") as uow:
        entries.write_manual(uow, ZHANG, source="", text="x")
    refused(room, "confirm the entry first", "open_from", 1, "x")
    with room.writing("officer:1") as uow:
        entries.confirm(uow, 1, ZHANG, text="x")
    refused(room, "a matter needs a title", "open_from", 1, "  ")


def test_a_matter_changes_hands_only_when_the_other_accepts(matter: Record) -> None:
    refused(matter, "a reassignment needs its reason", "offer", 1, to_id=WANG, reason=" ")
    refused(matter, "the matter is this officer's already", "offer", 1, to_id=ZHANG, reason="x")
    with matter.writing("officer:1") as uow:
        first = matters.offer(uow, 1, to_id=WANG, reason="下班").id
        second = matters.offer(uow, 1, to_id=WANG, reason="请假").id
        third = matters.offer(uow, 1, to_id=WANG, reason="调岗").id
    assert state(matter) == (MatterState.OPEN, ZHANG)
    refused(matter, "only the officer to whom it was offered", "accept", first, ZHANG)
    with matter.writing("officer:2") as uow:
        matters.decline(uow, first, WANG)
    refused(matter, "the offer was settled already at 2026-11-23 03:00:00Z", "accept", first, WANG)
    with matter.writing("officer:2") as uow:
        matters.accept(uow, second, WANG)
    assert state(matter) == (MatterState.OPEN, WANG)
    refused(matter, "王五 owns the matter by now: the offer is void", "accept", third, WANG)
    with matter.reading() as session:
        rows = session.scalars(select(Reassignment).order_by(Reassignment.id)).all()
    assert [bool(row.accepted_at) for row in rows] == [False, True, False]
