"""What the PBX saw becomes one call, whoever tells it, in whatever order, however often (invariant 2)."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from databases import Database, HandClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from room import EPOCH, Tale, Told, answered_call, enrol, furnish, put, put_together, shuffled
from sqlalchemy import func, select
from tales import TALES, attended, missed

from models.actions import calls, directory, entries, officers, recordings
from models.store import journal
from models.store.engine import Record
from models.tables import Call, CallEvent, CallLeg, Entry, JournalEntry, Line, Officer, Seat, SignIn
from models.tables.entries import EntryState

SLOW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def room(record: Record, clock: HandClock) -> Record:
    """张三 sits at 8001 and 王五 at 8002 from an hour before; nobody at 8003."""
    clock.now = EPOCH - timedelta(hours=1)
    furnish(record)
    enrol(record, "张三", seat="8001")
    enrol(record, "王五", seat="8002")
    clock.now = EPOCH
    return record


def told(record: Record, start: datetime) -> dict[str, Any]:
    """All that the record says of the call that began then, keys and numbers of rows aside."""
    since = f"pbx-{int(start.timestamp())}."

    def when(value: datetime | None) -> float | None:
        return None if value is None else round((value - start).total_seconds(), 6)

    with record.reading() as session:
        seats = {row.id: row.number for row in session.scalars(select(Seat))}
        who = {row.id: row.name for row in session.scalars(select(Officer))}
        lines = {row.id: row.name for row in session.scalars(select(Line))}
        rows = session.scalars(select(Call).where(Call.pbx_id.startswith(since))).all()
        (row,) = [row for row in rows if row.part_of_id is None]
        legs = session.scalars(select(CallLeg).where(CallLeg.channel.startswith(since)).order_by(CallLeg.channel)).all()
        events = session.scalars(
            select(CallEvent).where(CallEvent.channel.startswith(since)).order_by(CallEvent.at, CallEvent.kind)
        ).all()
        written = session.scalars(
            select(Entry)
            .join(Call, Call.id == Entry.call_id)
            .where(Call.pbx_id.startswith(since), Entry.state != EntryState.FOLDED)
        ).all()
        assert {leg.call_id for leg in legs} == {row.id}
        assert {event.call_id for event in events} <= {row.id}
        assert all((part.state, part.ended_at) == (row.state, row.ended_at) for part in rows)
        return {
            "call": (row.pbx_id.removeprefix(since), row.direction.value, row.state.value, row.drill, row.cut),
            "said": (row.number, row.caller_name, row.message_left, lines.get(row.line_id or 0)),
            "who": (seats.get(row.seat_id or 0), who.get(row.officer_id or 0), row.unit_id, row.contact_id),
            "times": [when(time) for time in (row.rang_at, row.answered_at, row.ended_at, row.closed_at)],
            "parts": sorted(part.pbx_id.removeprefix(since) for part in rows if part is not row),
            "legs": [
                (
                    leg.channel.removeprefix(since),
                    leg.kind.value,
                    seats.get(leg.seat_id or 0),
                    lines.get(leg.line_id or 0),
                    (leg.number, leg.caller_name, leg.exten, leg.cause, leg.dialstatus),
                    [when(time) for time in (leg.started_at, leg.answered_at, leg.bridged_at, leg.ended_at)],
                )
                for leg in legs
            ],
            "events": [
                (event.kind.value, event.channel.removeprefix(since), when(event.at), event.detail, bool(event.other))
                for event in events
            ],
            "entries": [
                (entry.state.value, entry.source, entry.drill, when(entry.occurred_at), who.get(entry.owner_id or 0))
                for entry in written
            ],
        }


def entered(record: Record) -> int:
    """How many entries the journal has."""
    with record.reading() as session:
        return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def tell(name: str, start: datetime = EPOCH) -> list[Told]:
    return TALES[name](Tale(start=start)).facts


def ends(facts: list[Told]) -> list[Told]:
    """The facts that may be refused for coming too early, and are told again later."""
    return [fact for fact in facts if fact.action is calls.closed]


EXPECTED = {
    "answered_call": ("incoming", "ended", "8001", "张三", "13800138000", "张三"),
    "missed": ("incoming", "missed", None, None, "13900000001", None),
    "abandoned": ("incoming", "abandoned", None, None, "13900000002", None),
    "message": ("incoming", "missed", None, None, "13900000003", None),
    "parallel": ("incoming", "ended", "8002", "王五", "13900000004", "王五"),
    "hold": ("incoming", "ended", "8001", "张三", "13900000005", "张三"),
    "blind": ("incoming", "ended", "8001", "张三", "13900000006", "张三"),
    "attended": ("incoming", "ended", "8001", "张三", "13900000007", "张三"),
    "outgoing": ("outgoing", "ended", "8001", "张三", "913700000008", "张三"),
    "internal": ("internal", "ended", "8001", "张三", "", "no entry"),
    "practice": ("incoming", "ended", "8001", "张三", "10010", "张三"),
    "unmanned": ("incoming", "ended", "8003", None, "13900000009", None),
    "backup": ("incoming", "ended", None, None, "13900000010", None),
}


def test_each_kind_of_call_is_what_it_was(room: Record) -> None:
    assert set(EXPECTED) == set(TALES)
    for number, name in enumerate(TALES):
        start = EPOCH + timedelta(hours=number)
        put_together(room, tell(name, start))
        seen = told(room, start)
        owner = seen["entries"][0][4] if seen["entries"] else "no entry"
        found = (seen["call"][1], seen["call"][2], *seen["who"][:2], seen["said"][0], owner)
        assert (name, found) == (name, EXPECTED[name])
        assert len(seen["entries"]) <= 1
        assert seen["call"][3] == (name == "practice")
        assert seen["said"][2] == (name == "message")


def test_events_of_hold_and_transfer(room: Record) -> None:
    for number, name in enumerate(("hold", "blind", "attended")):
        put_together(room, tell(name, EPOCH + timedelta(hours=number)))
    hold, blind, joined = (told(room, EPOCH + timedelta(hours=number))["events"] for number in range(3))
    assert [(kind, at) for kind, _, at, *_ in hold] == [("hold", 10), ("resume", 15), ("hold", 20), ("resume", 24)]
    assert [(kind, detail) for kind, _, _, detail, _ in blind] == [("blind", "8002")]
    assert [(kind, other) for kind, *_, other in joined] == [("hold", False), ("attended", True)]
    legs = told(room, EPOCH + timedelta(hours=2))["legs"]
    assert [leg[2] for leg in legs] == [None, "8001", "8001", "8002"]


@pytest.mark.timeout(600)
def test_any_order_any_repetition_two_sources_one_call(database: Database, clock: HandClock) -> None:
    record = database.open(clock)
    clock.now = EPOCH - timedelta(hours=1)
    furnish(record)
    enrol(record, "张三", seat="8001")
    enrol(record, "王五", seat="8002")
    clock.now = EPOCH
    hours = itertools.count(1)

    @SLOW
    @given(
        name=st.sampled_from(sorted(TALES)),
        shuffle=st.randoms(use_true_random=False),
        behind=st.lists(st.integers(-40, 40), min_size=1, max_size=8),
        lost=st.integers(0, 3),
        together=st.booleans(),
    )
    def check(name: str, shuffle: random.Random, behind: list[int], lost: int, together: bool) -> None:
        first, second = (EPOCH + timedelta(hours=2 * next(hours)) for _ in range(2))
        places = range(len(tell(name)))
        jitter = [behind[place % len(behind)] / 1000 for place in places]
        gone = set(shuffle.sample(list(places), lost))

        def sources(start: datetime) -> list[Told]:
            durable = tell(name, start)
            live = [fact.later(jitter[place]) for place, fact in enumerate(durable) if place not in gone]
            return sorted(durable + live, key=lambda fact: fact.at)

        put_together(record, sources(first))
        there = told(record, first)
        facts = sources(second)
        mixed = shuffled(facts + shuffle.sample(facts, len(facts) // 3), shuffle)
        (put_together if together else put)(record, [*mixed, *ends(facts)])
        assert told(record, second) == there
        before = entered(record)
        put_together(record, shuffled(facts, shuffle))
        assert entered(record) == before
        assert told(record, second) == there

    check()
    with record.reading() as session:
        assert journal.walk(session).broken is None


def test_repeating_everything_leaves_no_trace(room: Record) -> None:
    for number, name in enumerate(TALES):
        put_together(room, tell(name, EPOCH + timedelta(hours=number)))
    before = entered(room)
    for number, name in enumerate(TALES):
        put_together(room, tell(name, EPOCH + timedelta(hours=number)))
    assert entered(room) == before


def test_the_same_hold_from_two_sources_is_one_and_a_later_one_another(room: Record) -> None:
    facts = tell("hold")
    put(room, facts + [fact.later(0.8) for fact in facts])
    assert len(told(room, EPOCH)["events"]) == 4
    put(room, [fact.later(2.5) for fact in facts if fact.action is calls.happened][:1])
    assert len(told(room, EPOCH)["events"]) == 5


def test_the_owner_is_who_sat_there_then_though_it_is_told_after_he_left(record: Record, clock: HandClock) -> None:
    furnish(record)
    clock.now = EPOCH
    enrol(record, "张三", seat="8001")
    clock.advance(3600)
    with record.reading() as session:
        sitting = session.scalars(select(SignIn.id)).one()
    with record.writing("officer:1") as uow:
        officers.sign_out(uow, sitting)
    clock.advance(60)
    enrol(record, "王五", seat="8001")
    clock.advance(3600)
    for start, owner in (
        (EPOCH - timedelta(minutes=1), None),
        (EPOCH + timedelta(minutes=1), "张三"),
        (EPOCH + timedelta(minutes=59, seconds=59), None),
        (EPOCH + timedelta(minutes=62), "王五"),
    ):
        put(record, answered_call(Tale(start=start)).facts)
        seen = told(record, start)
        assert (seen["who"][1], seen["entries"][0][4]) == (owner, owner)


def test_a_correction_moves_the_draft_until_an_officer_takes_it(room: Record) -> None:
    facts = tell("parallel")
    # The first desk's answer comes late, and was earlier.
    early = next(fact for fact in facts if fact.action is calls.channel_answered)
    desk = next(fact for fact in facts if dict(fact.more).get("name", "").startswith("PJSIP/8001"))
    more = {key: value for key, value in desk.more if key in ("channel", "name")}
    late = Told(calls.channel_answered, desk.call, early.at - timedelta(seconds=1), tuple(more.items()))
    put(room, facts)
    assert told(room, EPOCH)["entries"][0][4] == "王五"
    put(room, [late])
    assert told(room, EPOCH)["entries"][0][4] == "张三"

    start = EPOCH + timedelta(hours=1)
    put(room, tell("unmanned", start))
    with room.reading() as session:
        key = session.scalars(select(Entry.id).where(Entry.owner_id.is_(None))).one()
        wang = session.scalars(select(Officer.id).where(Officer.name == "王五")).one()
    with room.writing(f"officer:{wang}") as uow:
        entries.take(uow, key, wang)
    put(room, [fact.later(0.5) for fact in tell("unmanned", start)])
    assert told(room, start)["entries"][0][4] == "王五"


def test_a_call_whose_name_comes_late_is_not_taken_for_a_stranger(room: Record) -> None:
    facts = tell("outgoing")
    nameless = [
        Told(fact.action, fact.call, fact.at, tuple({**dict(fact.more), "name": ""}.items()))
        for fact in facts
        if fact.action is not calls.closed
    ]
    put(room, nameless)
    assert told(room, EPOCH)["call"][1] == "incoming"
    put(room, facts)
    assert told(room, EPOCH)["call"][1:3] == ("outgoing", "ended")


def test_the_caller_is_found_in_the_directory(room: Record) -> None:
    with room.writing("officer:1") as uow:
        unit = directory.add_unit(uow, "廉江市应急办")
        contact = directory.add_contact(uow, "李四", unit_id=unit.id)
        directory.add_number(uow, "+86 138-0013-8000", contact_id=contact.id)
    put(room, tell("answered_call"))
    seen = told(room, EPOCH)
    assert seen["who"][2:] == (unit.id, contact.id)
    assert seen["entries"][0][1] == "廉江市应急办 李四"


def test_a_better_name_wins_whichever_came_first(room: Record) -> None:
    names = [("channel_started", "\ufffd\ufffd\ufffd\ufffd"), ("channel_named", "李四海"), ("channel_started", "li")]
    for number, order in enumerate(itertools.permutations(names)):
        key = f"pbx-{int(EPOCH.timestamp())}.{900 + number}"
        for action, name in order:
            with room.writing("system:capture") as uow:
                getattr(calls, action)(uow, call=key, channel=key, name="PJSIP/trunk-1-01", at=EPOCH, caller_name=name)
        with room.reading() as session:
            assert session.scalars(select(Call.caller_name).where(Call.pbx_id == key)).one() == "李四海"


def test_cut_calls_say_so_once(room: Record) -> None:
    facts = [fact for fact in tell("answered_call") if fact.at < EPOCH + timedelta(seconds=30)]
    put(room, facts)
    with room.reading() as session:
        key = session.scalars(select(Call.id)).one()
    for _ in range(2):
        with room.writing("system:reconcile") as uow:
            calls.cut(uow, call_id=key, at=EPOCH + timedelta(seconds=33))
    seen = told(room, EPOCH)
    assert (seen["call"][2], seen["call"][4], seen["times"][2]) == ("ended", True, 33)
    with room.reading() as session:
        actions = session.scalars(select(JournalEntry.action)).all()
    assert actions.count("call.cut") == 1


def test_a_call_that_nobody_saw_end_ends_when_it_was_last_seen(room: Record) -> None:
    put(room, [fact for fact in tell("attended") if fact.at < EPOCH + timedelta(seconds=30)])
    with room.reading() as session:
        key = session.scalars(select(Call.id).where(Call.part_of_id.is_not(None))).one()
    for _ in range(2):
        before = entered(room)
        with room.writing("system:reconcile") as uow:
            calls.lost(uow, call_id=key, at=EPOCH + timedelta(seconds=21))
    assert entered(room) == before
    assert (told(room, EPOCH)["call"][2], told(room, EPOCH)["call"][4]) == ("ended", False)


def test_what_the_pbx_has_only_with_itself_is_no_incoming_call(room: Record) -> None:
    tale = Tale()
    inner = tale.channel("x")
    inner.name = "Local/s@somewhere-00000001;1"
    inner.started(0).ended(1)
    put(room, tale.facts)
    seen = told(room, EPOCH)
    assert (seen["call"][1:3], seen["entries"]) == (("internal", "missed"), [])


def test_an_end_of_nothing_known_is_not_a_call(room: Record) -> None:
    with room.writing("system:capture") as uow:
        assert calls.closed(uow, call="pbx-1.1", at=EPOCH) is None
    with room.reading() as session:
        assert session.scalars(select(Call)).all() == []


def test_a_recording_of_a_part_is_a_drill_like_its_whole(room: Record) -> None:
    tale = attended(Tale())
    facts = [
        Told(
            f.action,
            f.call,
            f.at,
            tuple((k, str(v).replace("trunk-1", "dutyline-practice") if k == "name" else v) for k, v in f.more),
        )
        for f in tale.facts
    ]
    put(room, facts)
    with room.reading() as session:
        rows = session.scalars(select(Call)).all()
    assert len(rows) == 2
    assert all(row.drill for row in rows)


def test_hostile_texts_of_the_pbx_are_kept_as_far_as_databases_can(room: Record) -> None:
    key, name = "p\x00b\ud800x-" + "1" * 300, "PJSIP/trunk-1-\x00"
    for _ in range(2):
        with room.writing("system:capture") as uow:
            calls.channel_started(
                uow,
                call=key,
                channel=key,
                name=name,
                at=EPOCH,
                number="1\x002" * 99,
                caller_name="[/x]\ud83d\x00'\"" * 60,
            )
            calls.channel_ended(uow, call=key, channel=key, name=name, at=EPOCH, dialstatus="\x00" * 99)
            calls.happened(uow, call=key, channel=key, name=name, at=EPOCH, kind="blind", detail="\udfff" * 300)
            recordings.started(uow, call=key, channel=key, at=EPOCH, stem="/x/\udc80")
    with room.reading() as session:
        row = session.scalars(select(Call)).one()
        assert row.caller_name.startswith("[/x]\ufffd\ufffd'\"")
        assert (len(row.pbx_id), len(row.caller_name), len(row.number)) == (200, 200, 64)
        assert journal.walk(session).broken is None
    assert missed(Tale(start=datetime(2026, 1, 1, tzinfo=UTC))).facts
