"""Questions about the log, on both databases."""

from datetime import timedelta

import pytest
from databases import HandClock
from duty_room import DutyRoom, settings

from models.actions import entries as actions
from models.errors import Refused
from models.queries import calls, desk, entries, lines, matters, officers, requests
from models.queries.entries import Filter
from models.rules.calls import CallState
from models.rules.elements import KEYS, Leg
from models.store.engine import Record
from models.tables.entries import EntryState


@pytest.fixture
def room(record: Record, tmp_path_factory: pytest.TempPathFactory) -> DutyRoom:
    return DutyRoom(record, settings(tmp_path_factory.mktemp("home")))


def write(room: DutyRoom, officer: int, text: str) -> int:
    with room.record.writing(f"officer:{officer}") as uow:
        return actions.write_manual(uow, officer, source="", text=text).id


def found(room: DutyRoom, wanted: Filter | None = None, limit: int = 50) -> list[int]:
    """All keys, page by page."""
    keys: list[int] = []
    cursor = None
    while True:
        with room.record.reading() as session:
            page = entries.listed(session, wanted, limit=limit, cursor=cursor)
        keys += [row.id for row in page.items]
        cursor = page.cursor
        if cursor is None:
            return keys


def test_pages_join_without_gap_or_repeat(room: DutyRoom, clock: HandClock) -> None:
    who = room.sign_in()
    written = []
    for number in range(23):
        clock.advance(number % 3)
        written.append(write(room, who.officer_id, f"防汛 {number}"))
    for limit in (1, 5, 23, 50):
        assert found(room, limit=limit) == written[::-1]
        assert found(room, Filter(words="防汛"), limit=limit) == written[::-1]
        assert found(room, Filter(words="防汛", states=frozenset({EntryState.DRAFT})), limit=limit) == written[::-1]


def test_two_characters_numbers_and_initials_find(room: DutyRoom) -> None:
    who = room.sign_in()
    call = room.ring()
    room.hear(room.answer(call), (Leg.CALLER, 1.0, "鹤地水库水位上涨"))
    room.hang_up(call)
    entry = room.entry_of(call)
    other = write(room, who.officer_id, "值班室巡查正常")
    for words in ("水位", "鹤地水库", "3320110", "0759332", "ljsyjb", "张明", "zm", "水位 廉江"):
        assert found(room, Filter(words=words)) == [entry], words
    assert found(room, Filter(words="巡查")) == [other]
    assert found(room, Filter(words="位水")) == []
    assert found(room, Filter(words='" OR *')) in ([], [other, entry]), "signs of the index's own language are no words"


def test_filters_are_all_asked(room: DutyRoom, clock: HandClock) -> None:
    who = room.sign_in()
    drill, real = room.ring(drill=True), room.ring()
    for call in (drill, real):
        room.hang_up(call)
    clock.now += timedelta(days=2)
    late = write(room, who.officer_id, "防汛检查")
    with room.record.writing(f"officer:{who.officer_id}") as uow:
        actions.confirm(uow, late, who.officer_id, text="防汛检查")
    now = clock.now
    assert found(room, Filter(drill=True)) == [room.entry_of(drill)]
    assert found(room, Filter(drill=False, until=now - timedelta(days=1))) == [room.entry_of(real)]
    assert found(room, Filter(words="防汛", since=now - timedelta(days=1))) == [late]
    assert found(room, Filter(words="防汛", until=now - timedelta(days=1))) == []
    assert found(room, Filter(states=frozenset({EntryState.CONFIRMED}))) == [late]
    assert found(room, Filter(words="防汛", drill=True)) == []


def test_a_foreign_cursor_is_refused_in_a_sentence(room: DutyRoom) -> None:
    with room.record.reading() as session:
        for cursor in ("x", "2026-01-01~1", "~", "1~2"):
            with pytest.raises(Refused, match="not a cursor"):
                entries.listed(session, cursor=cursor)
        with pytest.raises(Refused, match="between 1 and"):
            entries.listed(session, limit=0)


def test_an_entry_has_all_that_it_rests_on(room: DutyRoom) -> None:
    call = room.ring()
    room.hear(room.answer(call), (Leg.CALLER, 2.0, "十点二十分在省道二八七线发生两车追尾三人受伤"))
    room.hang_up(call)
    with room.record.reading() as session:
        view = entries.get(session, room.entry_of(call))
        assert view is not None
        assert entries.get(session, 10**6) is None
    assert [element.key for element in view.elements] == list(KEYS)
    assert [phrase.text for phrase in view.phrases] == ["十点二十分在省道二八七线发生两车追尾三人受伤"]
    place = next(element for element in view.elements if element.key == "place")
    assert place.stated
    assert place.spans[0]["segment"] == view.phrases[0].segment
    assert set(entries.to_ask(view.elements)) | {e.key for e in view.elements if e.said} == set(KEYS)


def test_the_desk_shows_what_goes_on(room: DutyRoom, clock: HandClock) -> None:
    who = room.sign_in()
    ringing, talking = room.ring("13800000000", seat="6002"), room.ring()
    room.hear(room.answer(talking), (Leg.CALLER, 1.0, "两人受伤"))
    clock.advance(7)
    with room.record.reading() as session:
        seen = desk.desk(session, now=clock.now, since=clock.now - timedelta(hours=1), seat_id=who.seat_id)
    assert [call.id for call in seen.ringing] == [ringing]
    assert seen.ringing[0].ring_seconds(clock.now) == 7
    assert [call.id for call in seen.talking] == [talking]
    assert seen.conversation is not None
    assert [phrase.text for phrase in seen.conversation.phrases] == ["两人受伤"]
    assert "consequences" in seen.conversation.known
    assert seen.pending == (), "what still goes on does not wait to be confirmed"
    room.hang_up(talking)
    room.hang_up(ringing)
    with room.record.reading() as session:
        seen = desk.desk(session, now=clock.now, since=clock.now - timedelta(hours=1), seat_id=who.seat_id)
        traffic = {line.name: line.traffic for line in seen.lines}
    assert [row.owner for row in seen.pending] == ["", "王海"], "what nobody owns comes first"
    assert (traffic["trunk-1"].calls, traffic["trunk-1"].missed, traffic["trunk-1"].longest_ring) == (2, 1, 7)


def test_calls_page_and_lines_say_who_sits_there(room: DutyRoom, clock: HandClock) -> None:
    room.sign_in()
    keys = []
    for number in range(5):
        keys.append(room.ring(f"1380000000{number}"))
        room.hang_up(keys[-1])
        clock.advance(1)
    with room.record.reading() as session:
        first = calls.listed(session, limit=3)
        rest = calls.listed(session, limit=3, cursor=first.cursor)
        gone = calls.listed(session, state=CallState.ABANDONED)
        seats = {line.name: line.officer for line in lines.listed(session, since=clock.now, now=clock.now)}
        detail = calls.detail(session, keys[0])
        nobody = (matters.listed(session).items, requests.listed(session).items)
        names = officers.matching(session, "c")
    assert [view.id for view in first.items + rest.items] == keys[::-1]
    assert rest.cursor is None
    assert len(gone.items) == 5
    assert seats["seat-6001"] == "王海"
    assert detail is not None
    assert len(detail.legs) == 2
    assert nobody == ((), ())
    assert names == ("陈静",)
