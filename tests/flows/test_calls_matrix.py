"""Every kind of call through the real Asterisk: exactly one call, the right owner, both legs in their channel."""

import time
from dataclasses import dataclass

import numpy as np
import pytest
from phones import Phone
from sqlalchemy import select
from watch import Watch, running_watch, share, watch  # noqa: F401

from models.actions import entries, officers
from models.queries.calls import CallDetail
from models.rules.calls import CallState, Direction, EventKind
from models.tables import SignIn
from models.tables.entries import EntryState

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]
CALLER, ONE, TWO, FAR = 1500, 700, 1000, 1200
LINE = "07593181234"


def talk(seconds: float) -> None:
    """Let a call stand: its length is what is measured."""
    time.sleep(seconds)


def leave_all_seats(watch: Watch) -> None:  # noqa: F811
    """Nobody sits anywhere."""
    with watch.record.reading() as session:
        sitting = session.scalars(select(SignIn.id).where(SignIn.ended_at.is_(None))).all()
    with watch.record.writing("system:test") as uow:
        for row in sitting:
            officers.sign_out(uow, row)


@dataclass
class Ring:
    """A caller whose call rings at the manned seats, and the telephones there."""

    caller: Phone
    one: Phone
    two: Phone


@pytest.fixture
def manned(watch: Watch) -> dict[str, int]:  # noqa: F811
    """Officers at seats 1 and 2; seat 3 is free."""
    leave_all_seats(watch)
    return {"6001": watch.officer("王海", "6001"), "6002": watch.officer("陈静", "6002")}


def ring(watch: Watch, number: str) -> Ring:  # noqa: F811
    one, two = watch.pbx.seat("6001", ONE), watch.pbx.seat("6002", TWO)
    caller = watch.pbx.carrier(number, CALLER)
    caller.call(watch.pbx.uri(LINE))
    one.wait("incoming")
    two.wait("incoming")
    return Ring(caller, one, two)


def check_audio(watch: Watch, found: CallDetail, seconds: float, officer: float) -> None:  # noqa: F811
    left, right = watch.audio(found.call.id)
    assert share(left, CALLER) > 0.6, "the caller is not in the left channel"
    assert share(right, officer) > 0.6, "the officer is not in the right channel"
    assert share(left, officer) < 0.1
    assert share(right, CALLER) < 0.1
    assert len(left) / 8000 == pytest.approx(seconds, abs=1.5)
    assert found.call.answered_at and found.call.ended_at
    assert (found.call.ended_at - found.call.answered_at).total_seconds() == pytest.approx(seconds, abs=1)


def heard(samples: np.ndarray, hertz: float) -> bool:
    """Whether the tone stands out in some half second: a passing on has pauses of its own."""
    return any(share(samples[at : at + 4000], hertz) > 0.6 for at in range(0, len(samples) - 4000, 2000))


class TestAnswered:
    def test_at_seat_1(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        call = ring(watch, "13800000001")
        call.one.do("answer")
        call.caller.connected()
        talk(3)
        call.caller.do("hangup")
        call.one.ended()
        found = watch.only_call("13800000001")
        assert found.call.state is CallState.ENDED
        assert found.call.direction is Direction.INCOMING
        assert (found.call.seat, found.call.officer_id, found.call.line) == ("6001", manned["6001"], "trunk-1")
        assert not found.call.drill
        assert watch.entry(found).row.owner_id == manned["6001"]
        assert {leg.seat for leg in found.legs if leg.seat} == {"6001", "6002"}, "every ring is on record"
        check_audio(watch, found, 3, ONE)

    def test_at_seat_2_of_two_ringing(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        call = ring(watch, "13800000002")
        call.two.do("answer")
        call.caller.connected()
        talk(3)
        call.two.do("hangup")
        call.caller.ended()
        found = watch.only_call("13800000002")
        assert (found.call.seat, found.call.officer_id) == ("6002", manned["6002"])
        assert watch.entry(found).row.owner_id == manned["6002"]
        check_audio(watch, found, 3, TWO)

    def test_at_an_unmanned_seat_it_is_nobodys_until_taken(self, watch: Watch) -> None:  # noqa: F811
        leave_all_seats(watch)
        three, caller = watch.pbx.seat("6003", FAR), watch.pbx.carrier("13800000003", CALLER)

        def all_ring() -> bool:
            return "6003" in watch.pbx.instance.cli("database get dutyline ring")

        watch.wait(all_ring, "every seat to ring")
        caller.call(watch.pbx.uri(LINE))
        three.wait("incoming")
        three.do("answer")
        caller.connected()
        talk(2)
        caller.do("hangup")
        three.ended()
        found = watch.only_call("13800000003")
        assert (found.call.seat, found.call.officer_id) == ("6003", None)
        entry = watch.entry(found)
        assert entry.row.owner_id is None
        wang = watch.officer("王海", "6001")
        with watch.record.writing(f"officer:{wang}") as uow:
            entries.take(uow, entry.row.id, wang)
        assert watch.entry(found).row.owner_id == wang
        check_audio(watch, found, 2, FAR)

    def test_two_calls_at_once(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        first = ring(watch, "13800000004")
        first.one.do("answer")
        first.caller.connected()
        second = watch.pbx.carrier("13800000005", FAR)
        second.call(watch.pbx.uri(LINE))
        first.two.wait("incoming")
        first.two.do("answer", call=1)
        second.connected()
        talk(3)
        first.caller.do("hangup")
        second.do("hangup")
        first.two.ended()
        one, two = watch.only_call("13800000004"), watch.only_call("13800000005")
        assert (one.call.officer_id, two.call.officer_id) == (manned["6001"], manned["6002"])
        assert share(watch.audio(one.call.id)[0], CALLER) > 0.6
        assert share(watch.audio(two.call.id)[0], FAR) > 0.6
        assert share(watch.audio(one.call.id)[1], ONE) > 0.6
        assert share(watch.audio(two.call.id)[1], TWO) > 0.6


class TestWithinACall:
    def test_hold_and_return(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        call = ring(watch, "13800000006")
        call.one.do("answer")
        call.caller.connected()
        talk(2)
        call.one.do("hold")
        talk(2)
        call.one.do("resume")
        talk(2)
        call.caller.do("hangup")
        call.one.ended()
        found = watch.only_call("13800000006")
        assert [event.kind for event in found.events] == [EventKind.HOLD, EventKind.RESUME]
        check_audio(watch, found, 6, ONE)
        quiet = watch.audio(found.call.id)[1][8000 * 3 - 4000 : 8000 * 3 + 4000]
        assert np.abs(quiet).max() < 0.05, "the officer is not heard while the caller is on hold"

    def test_blind_transfer(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        call = ring(watch, "13800000007")
        call.one.do("answer")
        call.caller.connected()
        talk(2)
        call.one.do("transfer", to=watch.pbx.uri("6002"))
        call.two.wait("incoming")
        call.two.do("answer", call=1)
        call.two.connected()
        talk(2)
        call.caller.do("hangup")
        call.two.ended()
        found = watch.only_call("13800000007")
        assert EventKind.BLIND in [event.kind for event in found.events]
        assert found.call.officer_id == manned["6001"], "who answered first owns it, whoever spoke later"
        left, right = watch.audio(found.call.id)
        assert share(left, CALLER) > 0.6
        assert heard(right[: len(right) // 2], ONE)
        assert heard(right[len(right) // 2 :], TWO)

    def test_attended_transfer(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        call = ring(watch, "13800000008")
        call.one.do("answer", call=0)
        call.caller.connected()
        talk(2)
        call.one.do("hold", call=0)
        call.one.call(watch.pbx.uri("6002"))
        call.two.wait("incoming")
        call.two.do("answer", call=1)
        call.two.connected()
        talk(2)
        before = len(watch.calls())
        call.one.do("attended", call=0, **{"with": 1})
        call.one.ended()
        talk(2)
        call.caller.do("hangup")
        call.two.ended()
        found = watch.only_call("13800000008")
        assert EventKind.ATTENDED in [event.kind for event in found.events]
        assert found.call.officer_id == manned["6001"]
        assert len(watch.calls()) < before, "the consultation became part of the call"
        left, right = watch.audio(found.call.id)
        assert share(left, CALLER) > 0.6
        assert heard(right[: len(right) // 2], ONE)
        assert heard(right[len(right) // 2 :], TWO)
        assert len(watch.entry(found).recordings) == 2, "the consultation was recorded too"


def far_side(watch: Watch) -> Phone:  # noqa: F811
    """A telephone behind the carrier, when Asterisk has noticed that the trunk can be reached."""
    far = watch.pbx.carrier("93180000", CALLER, port=5060)
    watch.wait(lambda: "Avail" in watch.pbx.instance.cli("pjsip show contacts"), "the trunk to be reachable")
    return far


class TestOutgoing:
    def test_answered(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        far, one = far_side(watch), watch.pbx.seat("6001", ONE)
        one.call(watch.pbx.uri("93180009"))
        far.wait("incoming")
        far.do("answer")
        one.connected()
        talk(3)
        one.do("hangup")
        far.ended()
        found = watch.only_call("3180009")
        assert found.call.direction is Direction.OUTGOING
        assert found.call.state is CallState.ENDED
        assert (found.call.seat, found.call.officer_id) == ("6001", manned["6001"])
        assert watch.entry(found).row.owner_id == manned["6001"]
        check_audio(watch, found, 3, ONE)

    def test_not_answered(self, watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
        far, one = far_side(watch), watch.pbx.seat("6001", ONE)
        one.call(watch.pbx.uri("93180010"))
        far.wait("incoming")
        far.do("answer", code=486)
        one.ended()
        found = watch.only_call("3180010")
        assert (found.call.direction, found.call.state) == (Direction.OUTGOING, CallState.MISSED)


def test_abandoned_while_ringing(watch: Watch, manned: dict[str, int]) -> None:  # noqa: F811
    call = ring(watch, "13800000011")
    talk(1)
    call.caller.do("hangup")
    call.one.ended()
    found = watch.only_call("13800000011")
    assert found.call.state is CallState.ABANDONED
    entry = watch.entry(found)
    assert (entry.row.owner_id, entry.row.state) == (None, EntryState.DRAFT)
