"""The daemon dead, stalled or killed at each stage: it rings, is recorded, and is in the log once."""

import time
from collections.abc import Iterator

import pytest
from pbx import start_pbx
from watch import Watch, share

from models.rules.calls import CallState
from models.tables.recordings import TranscriptState

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(300)]
CALLER, ONE = 1500, 700
LINE = "07593181234"


@pytest.fixture
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """A room of the test's own: everything in it may be killed."""
    found = Watch(start_pbx(tmp_path_factory.mktemp("kill")))
    found.start()
    yield found
    try:
        found.stop()
    finally:
        found.pbx.hang_up()
        found.pbx.instance.stop()
        found.record.close()


def heard_right(watch: Watch, number: str, seconds: float) -> None:
    """In the log once, sealed, both legs audible in their channel."""
    found = watch.only_call(number)
    assert found.call.state is CallState.ENDED
    left, right = watch.audio(found.call.id)
    assert share(left, CALLER) > 0.6
    assert share(right, ONE) > 0.6
    assert len(left) / 8000 == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("stage", ["before", "ringing", "talking", "ended"])
def test_killed(watch: Watch, stage: str) -> None:
    wang = watch.officer("王海", "6001")
    one, caller = watch.pbx.seat("6001", ONE), watch.pbx.carrier("13800000002", CALLER)
    if stage == "before":
        watch.kill()
    caller.call(watch.pbx.uri(LINE))
    one.wait("incoming")
    if stage == "ringing":
        watch.kill()
    one.do("answer")
    caller.connected()
    time.sleep(2)
    if stage == "talking":
        watch.kill()
    time.sleep(2)
    caller.do("hangup")
    one.ended()
    if stage == "ended":
        watch.kill()
    watch.start()
    heard_right(watch, "13800000002", 4)
    assert watch.only_call("13800000002").call.officer_id == wang


def test_stalled_rings_as_fast_and_loses_nothing(watch: Watch) -> None:
    watch.officer("王海", "6001")
    one = watch.pbx.seat("6001", ONE)
    times: dict[str, float] = {}
    for state, number in (("well", "13800000003"), ("stalled", "13800000004")):
        caller = watch.pbx.carrier(number, CALLER)
        if state == "stalled":
            watch.freeze()
        began = time.monotonic()
        caller.call(watch.pbx.uri(LINE))
        one.wait("incoming")
        times[state] = time.monotonic() - began
        one.do("answer")
        caller.connected()
        time.sleep(3)
        caller.do("hangup")
        one.ended()
    watch.thaw()
    heard_right(watch, "13800000003", 3)
    heard_right(watch, "13800000004", 3)
    # Ratios are measured in the bench; here only that nobody waited for an answer that never came.
    assert times["stalled"] < times["well"] + 2


def test_killed_while_sealing_and_transcribing(watch: Watch) -> None:
    """Killed again and again after the hang-up: whatever was half done is done once."""
    watch.officer("王海", "6001")
    one, caller = watch.pbx.seat("6001", ONE), watch.pbx.practice("13900000005", CALLER)
    caller.call(watch.pbx.uri("practice"))
    one.wait("incoming")
    one.do("answer")
    caller.connected()
    time.sleep(4)
    caller.do("hangup")
    one.ended()
    for pause in (0.3, 1.1, 1.6, 2.2):
        time.sleep(pause)
        watch.kill()
        watch.start()
    heard_right(watch, "13900000005", 4)
    found = watch.only_call("13900000005")
    assert found.call.drill
    watch.wait(
        lambda: all(one.transcript is TranscriptState.DONE for one in watch.entry(found).recordings),
        "the transcript to be done",
    )


def test_asterisk_killed_in_mid_call(watch: Watch) -> None:
    watch.officer("王海", "6001")
    one, caller = watch.pbx.seat("6001", ONE), watch.pbx.carrier("13800000006", CALLER)
    caller.call(watch.pbx.uri(LINE))
    one.wait("incoming")
    one.do("answer")
    caller.connected()
    time.sleep(6)
    watch.pbx.instance.kill()
    while watch.pbx.phones:
        watch.pbx.phones.pop().close()
    watch.pbx.instance.start()
    found = watch.only_call("13800000006")
    assert found.call.cut
    assert found.call.state is CallState.ENDED
    left, right = watch.audio(found.call.id)
    assert share(left, CALLER) > 0.6
    assert share(right, ONE) > 0.6
    # The recorder's last block, two seconds at most, was in Asterisk's memory.
    assert len(left) / 8000 >= 3.5
    assert watch.entry(found).recordings[0].repaired
