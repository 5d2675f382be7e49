"""Every kind of call through the real Asterisk: exactly one call, the right owner, both legs in their channel."""

import time

import pytest
from watch import Watch, running_watch, share, watch  # noqa: F401

from models.rules.calls import CallState, Direction

pytestmark = pytest.mark.asterisk
CALLER, ONE, TWO = 1500, 700, 1000
LINE = "07593181234"


def talk(seconds: float) -> None:
    """Let a call stand: its length is what is measured."""
    time.sleep(seconds)


class TestAnswered:
    def test_at_seat_1(self, watch: Watch) -> None:  # noqa: F811
        wang = watch.officer("王海", "6001")
        one = watch.pbx.seat("6001", ONE)
        caller = watch.pbx.carrier("13800000001", CALLER)
        caller.call(watch.pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer")
        caller.connected()
        talk(3)
        caller.do("hangup")
        one.ended()
        found = watch.only_call("13800000001")
        assert found.call.state is CallState.ENDED
        assert found.call.direction is Direction.INCOMING
        assert found.call.officer_id == wang
        assert found.call.seat == "6001"
        assert found.call.line == "trunk-1"
        assert not found.call.drill
        entry = watch.entry(found)
        assert entry.row.owner_id == wang
        left, right = watch.audio(found.call.id)
        assert share(left, CALLER) > 0.6
        assert share(right, ONE) > 0.6
        assert found.call.answered_at is not None and found.call.ended_at is not None
        assert (found.call.ended_at - found.call.answered_at).total_seconds() == pytest.approx(3, abs=1)
        assert len(left) / 8000 == pytest.approx(3, abs=1.5)
